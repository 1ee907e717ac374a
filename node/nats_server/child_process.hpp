/// A child program that does not outlive us.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <sys/types.h>
#include <utility>
#include <variant>
#include <vector>

namespace alleycat {

/// A file descriptor with one owner.
class owned_fd {
public:
  owned_fd() = default;
  explicit owned_fd(int fd) : fd_{fd} {}
  owned_fd(owned_fd&& other) noexcept : fd_{std::exchange(other.fd_, -1)} {}
  owned_fd& operator=(owned_fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~owned_fd();

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

private:
  int fd_ = -1;
};

/// A process held by its pidfd, so that a signal never reaches another one that got its number.
class held_process {
public:
  held_process() = default;
  held_process(pid_t pid, owned_fd fd) : pid_{pid}, fd_{std::move(fd)} {}

  /// @returns a process that is not there for a number nobody has.
  static held_process of(pid_t pid);

  bool there() const { return static_cast<bool>(fd_); }
  pid_t pid() const { return pid_; }
  int fd() const { return fd_.get(); } ///< readable once it has ended
  void signal(int number) const;
  /// @returns true if it has ended.
  bool wait(std::chrono::milliseconds at_most) const;
  /// SIGTERM, and SIGKILL when that does not help in time. Returns when it has ended.
  /// @returns true if SIGTERM was enough.
  bool end(std::chrono::milliseconds patience) const;

private:
  pid_t pid_ = 0;
  owned_fd fd_;
};

/// Starts `program` in a process group of its own (Ctrl-C reaches us, and we decide when it ends), with no file of
/// ours open, its output and errors in `output`. It gets SIGTERM when the *thread* that called this ends, however it
/// ends: call from a thread that stays as long as the child shall.
/// @returns the child, or in words why there is none.
std::variant<held_process, std::string> start_child(const std::filesystem::path& program,
                                                    const std::vector<std::string>& arguments,
                                                    const std::filesystem::path& output);

/// Of a child that has ended: "exit code 1", "signal 9". Must be called once for each, or it stays a zombie.
std::string reap(const held_process& child);

} // namespace alleycat
