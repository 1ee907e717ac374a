// A disk that fails or hangs: preloaded into a node (LD_PRELOAD), it stands before the C library's calls that sync LMDB's file.
//
// FAULTY_DISK names a file that says how things stand, read at each call:
//   not there  all is well
//   eio        syncs fail, as on a broken disk
//   hang       syncs take until it says something else

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <string>
#include <string_view>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

/// What the control file says; empty without one.
std::string state() {
  const char* const path = std::getenv("FAULTY_DISK");
  const int file = path == nullptr ? -1 : ::open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return {};
  char text[16] = {};
  const auto count = ::read(file, text, sizeof text);
  ::close(file);
  return {text, count < 0 ? 0 : static_cast<std::size_t>(count)};
}

bool is_lmdb(int file) {
  char path[4096];
  const auto link = "/proc/self/fd/" + std::to_string(file);
  const auto length = ::readlink(link.c_str(), path, sizeof path);
  return length > 0 && std::string_view{path, static_cast<std::size_t>(length)}.ends_with("/data.mdb");
}

/// @returns whether the call fails.
bool fails(int file) {
  if (!is_lmdb(file))
    return false;
  while (state() == "hang")
    ::usleep(10'000);
  return state() == "eio";
}

int sync(int file, long call) {
  if (fails(file)) {
    errno = EIO;
    return -1;
  }
  return static_cast<int>(::syscall(call, file));
}

} // namespace

extern "C" int fdatasync(int file) {
  return sync(file, SYS_fdatasync);
}

extern "C" int fsync(int file) {
  return sync(file, SYS_fsync);
}
