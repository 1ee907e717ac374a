#include "persistence/store.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace alleycat {

namespace {

bool may_go_away(int code) {
  return code == ENOSPC || code == EDQUOT || code == EFBIG || code == ENOMEM || code == MDB_MAP_FULL ||
         code == MDB_TXN_FULL || code == MDB_READERS_FULL;
}

bool means_damage(int code) {
  return code == MDB_CORRUPTED || code == MDB_PAGE_NOTFOUND || code == MDB_INVALID || code == MDB_BAD_VALSIZE;
}

/// A file that is written and synced under another name, and takes its own only when complete.
class copy_in_progress {
public:
  explicit copy_in_progress(const std::filesystem::path& folder)
      : final_{folder / data_file}, partial_{folder / "data.mdb.partial"},
        file_{::open(partial_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640)} {
    if (file_ < 0)
      throw store_error{"backup: " + partial_.string() + " cannot be written: " + words_for(errno)};
  }
  copy_in_progress(const copy_in_progress&) = delete;
  copy_in_progress& operator=(const copy_in_progress&) = delete;
  ~copy_in_progress() {
    if (file_ < 0)
      return;
    ::close(file_);
    ::unlink(partial_.c_str());
  }

  int file() const { return file_; }

  void finish() {
    if (::fsync(file_) != 0 || ::rename(partial_.c_str(), final_.c_str()) != 0)
      throw store_error{"backup: " + partial_.string() + " cannot be completed: " + words_for(errno)};
    ::close(std::exchange(file_, -1));
  }

private:
  std::filesystem::path final_;
  std::filesystem::path partial_;
  int file_;
};

} // namespace

store_on_lmdb::store_on_lmdb(std::filesystem::path folder, const lmdb_options& options)
    : folder_{std::move(folder)}, options_{options} {
  open_environment();
  open_tables();
}

void store_on_lmdb::raise(const lmdb::error& error, const std::string& doing) {
  const auto file = (folder_ / data_file).string();
  const auto what = doing + ": " + error.what() + " (" + file + ")";
  if (error.code() == MDB_MAP_FULL)
    throw store_error{what + ": the map is at its maximum of " + std::to_string(max_map_bytes_) +
                      " bytes; raise history.max_bytes, or lower history.keep_days"};
  if (may_go_away(error.code()))
    throw store_error{what + ": nothing was written"};
  failed_ = true;
  if (means_damage(error.code()))
    throw store_failed_error{what + ": the file is damaged; " + way_out};
  throw store_failed_error{what + ": what is on disk is not known any more; the process must end and start again"};
}

void store_on_lmdb::raise(const damaged_value& error, const std::string& doing) {
  failed_ = true;
  throw store_failed_error{doing + ": " + error.what() + " (" + (folder_ / data_file).string() +
                           "): the file is damaged; " + way_out};
}

void store_on_lmdb::refuse_writing() const {
  if (options_.read_only)
    throw store_refused_error{"the store in " + folder_.string() + " was opened for reading only"};
  if (failed_)
    throw store_failed_error{"the store in " + folder_.string() +
                             " failed before; the process must end and start again"};
}

void store_on_lmdb::refuse_without_map() const {
  if (!env_)
    throw store_failed_error{"the store in " + folder_.string() +
                             " failed before; the process must end and start again"};
}

bool store_on_lmdb::grow() {
  const auto now = env_->map_bytes();
  const auto larger = std::min(now * 2, max_map_bytes_.load());
  if (larger <= now)
    return false;
  const std::unique_lock alone{map_mutex_};
  try {
    env_->resize(larger);
  } catch (const lmdb::error& error) {
    failed_ = true;
    env_.reset();
    throw store_failed_error{"the map of " + (folder_ / data_file).string() + " cannot grow to " +
                             std::to_string(larger) + " bytes: " + error.what() +
                             "; the process must end and start again"};
  }
  return true;
}

std::uint64_t store_on_lmdb::count_start(std::uint64_t at_least) {
  return write("counting a start", [&](lmdb::txn& in) {
    const auto before = in.get(tables_.meta, "starts");
    const auto count = std::max((before ? layout::decode_count(*before) : 0) + 1, at_least);
    in.put(tables_.meta, "starts", layout::encode_count(count));
    return count;
  });
}

record_store::usage store_on_lmdb::map_usage() {
  return read("measuring the file", [&](const lmdb::txn& in) {
    // Each entry of the table of freed pages is a list that begins with its length.
    std::uint64_t freed = 0;
    lmdb::cursor at{in, lmdb::free_pages};
    for (auto entry = at.first(); entry; entry = at.next())
      freed += byte_reader{entry->value}.number<std::uint64_t>();
    return usage{env_->extent_bytes() - freed * env_->page_bytes(), env_->map_bytes()};
  });
}

void store_on_lmdb::backup(const std::filesystem::path& target) {
  const std::unique_lock alone{map_mutex_};
  refuse_without_map();
  std::error_code trouble;
  std::filesystem::create_directories(target, trouble);
  if (trouble)
    throw store_error{"backup: folder " + target.string() + " cannot be created: " + trouble.message()};
  const bool empty = std::filesystem::is_empty(target, trouble);
  if (trouble)
    throw store_error{"backup: folder " + target.string() + " cannot be read: " + trouble.message()};
  if (!empty)
    throw store_error{"backup: folder " + target.string() + " is not empty"};
  try {
    copy_in_progress copy{target};
    int code = mdb_env_copyfd2(env_->handle(), copy.file(), MDB_CP_COMPACT);
    if (code == MDB_MAP_RESIZED) { // only beside another process, which has the map's size to itself
      env_->resize(0);
      code = mdb_env_copyfd2(env_->handle(), copy.file(), MDB_CP_COMPACT);
    }
    lmdb::check(code, "mdb_env_copyfd2");
    copy.finish();
  } catch (const lmdb::error& error) {
    throw store_error{"backup to " + target.string() + ": " + error.what()};
  }
  sync_folder(target);
  sync_folder(std::filesystem::absolute(target / "..").lexically_normal());
}

} // namespace alleycat
