#include "node/nats_server/child_process.hpp"

#include <cerrno>
#include <climits>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
// Debian 12's header is for C only.
extern "C" {
#include <sys/pidfd.h>
}

namespace alleycat {

namespace {

/// Between fork and exec: system calls only, other threads may have held any lock.
[[noreturn]] void become(const char* program, char* const* arguments, int output, pid_t parent) {
  // The parent may have ended before the request: then its place is taken already.
  if (prctl(PR_SET_PDEATHSIG, SIGTERM) != 0 || getppid() != parent)
    _exit(127);
  setpgid(0, 0);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  signal(SIGPIPE, SIG_DFL);
  signal(SIGINT, SIG_DFL);
  signal(SIGTERM, SIG_DFL);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  close_range(3, UINT_MAX, 0);
  execv(program, arguments);
  _exit(127);
}

} // namespace

owned_fd::~owned_fd() {
  if (fd_ >= 0)
    close(fd_);
}

held_process held_process::of(pid_t pid) {
  const int fd = pid > 0 ? pidfd_open(pid, 0) : -1;
  return fd < 0 ? held_process{} : held_process{pid, owned_fd{fd}};
}

void held_process::signal(int number) const {
  if (there())
    pidfd_send_signal(fd_.get(), number, nullptr, 0);
}

bool held_process::wait(std::chrono::milliseconds at_most) const {
  if (!there())
    return true;
  const auto deadline = std::chrono::steady_clock::now() + at_most;
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd entry{fd_.get(), POLLIN, 0};
    const int ready = poll(&entry, 1, left.count() > 0 ? static_cast<int>(left.count()) : 0);
    if (ready > 0)
      return true;
    if (ready == 0 || errno != EINTR)
      return false;
  }
}

bool held_process::end(std::chrono::milliseconds patience) const {
  signal(SIGTERM);
  if (wait(patience))
    return true;
  signal(SIGKILL);
  while (!wait(std::chrono::seconds{1})) {
  }
  return false;
}

std::variant<held_process, std::string> start_child(const std::filesystem::path& program,
                                                    const std::vector<std::string>& arguments,
                                                    const std::filesystem::path& output) {
  const owned_fd in{open("/dev/null", O_RDONLY | O_CLOEXEC)};
  const owned_fd out{open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640)};
  if (!in || !out)
    return fmt::format("cannot write {}: {}", output.string(), std::strerror(errno));
  auto words = arguments;
  words.insert(words.begin(), program.string());
  std::vector<char*> argv;
  for (auto& word : words)
    argv.push_back(word.data());
  argv.push_back(nullptr);
  const auto parent = getpid();
  const auto pid = fork();
  if (pid < 0)
    return fmt::format("cannot start {}: {}", program.string(), std::strerror(errno));
  if (pid == 0) {
    dup2(in.get(), STDIN_FILENO);
    become(program.c_str(), argv.data(), out.get(), parent);
  }
  auto child = held_process::of(pid);
  if (!child.there()) {
    // Without a pidfd it could not be looked after.
    const auto why = std::string{std::strerror(errno)};
    kill(pid, SIGKILL);
    waitpid(pid, nullptr, 0);
    return fmt::format("cannot watch {}: {}", program.string(), why);
  }
  return child;
}

std::string reap(const held_process& child) {
  int status = 0;
  while (waitpid(child.pid(), &status, 0) < 0)
    if (errno != EINTR)
      return "unknown";
  return WIFSIGNALED(status) ? fmt::format("signal {}", WTERMSIG(status))
                             : fmt::format("exit code {}", WEXITSTATUS(status));
}

} // namespace alleycat
