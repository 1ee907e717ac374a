#include "persistence/folder_lock.hpp"

#include "racing/record_store.hpp"

#include <cerrno>
#include <fcntl.h>
#include <string>
#include <sys/file.h>
#include <system_error>
#include <unistd.h>

namespace alleycat {

namespace {

/// The process id the holder wrote into the file, as " (process 123)".
std::string holder_of(int file) {
  char text[32] = {};
  const auto count = ::pread(file, text, sizeof text - 1, 0);
  return count > 0 ? " (process " + std::string{text, static_cast<std::size_t>(count)} + ")" : std::string{};
}

} // namespace

std::string words_for(int error) {
  return std::generic_category().message(error);
}

folder_lock::folder_lock(const std::filesystem::path& folder) {
  const auto path = folder / "alleycat.lock";
  file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
  if (file_ < 0)
    throw store_error{"data folder " + folder.string() + " is not writable: " + words_for(errno)};
  if (::flock(file_, LOCK_EX | LOCK_NB) != 0) {
    const int error = errno;
    const auto holder = holder_of(file_);
    ::close(file_);
    if (error == EWOULDBLOCK)
      throw store_error{"data folder " + folder.string() + " is in use by another process" + holder +
                        ": two nodes cannot share a folder; give each its own --data"};
    throw store_error{"data folder " + folder.string() + " cannot be locked: " + words_for(error)};
  }
  // For people only: the lock is the flock, so a process id that could not be written changes nothing.
  const auto self = std::to_string(::getpid());
  if (::ftruncate(file_, 0) == 0)
    (void)!::pwrite(file_, self.data(), self.size(), 0);
}

folder_lock::~folder_lock() {
  ::close(file_);
}

void sync_folder(const std::filesystem::path& folder) {
  const int file = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const int error = file < 0 || ::fsync(file) != 0 ? errno : 0;
  if (file >= 0)
    ::close(file);
  if (error != 0)
    throw store_error{"folder " + folder.string() + " cannot be synced: " + words_for(error)};
}

} // namespace alleycat
