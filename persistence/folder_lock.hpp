/// One process at a time in a data folder.
#pragma once

#include <filesystem>
#include <string>

namespace alleycat {

/// Holds an exclusive flock on `alleycat.lock` in a folder; the system gives it back when the
/// process ends, however it ends.
class folder_lock {
public:
  /// @throws store_error where another process (or another store of this one) holds it, or the folder is not writable.
  explicit folder_lock(const std::filesystem::path& folder);
  folder_lock(const folder_lock&) = delete;
  folder_lock& operator=(const folder_lock&) = delete;
  ~folder_lock();

private:
  int file_ = -1;
};

/// Makes what was created or renamed in a folder durable. @throws store_error
void sync_folder(const std::filesystem::path& folder);

/// Words for an errno.
std::string words_for(int error);

} // namespace alleycat
