/// Thin RAII over LMDB; internal to persistence/. A key or value is a `std::string_view`: what a transaction hands out
/// is valid until it ends, or until its next write.
#pragma once

#include <lmdb.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace alleycat::lmdb {

/// A call of LMDB that failed.
class error : public std::runtime_error {
public:
  error(int code, const std::string& call);
  /// An MDB_ code (negative) or an errno.
  int code() const { return code_; }

private:
  int code_;
};

/// @throws error unless `code` is 0.
void check(int code, const char* call);

class env {
public:
  /// @param flags  of mdb_env_open, besides MDB_NOTLS
  env(const std::filesystem::path& folder, std::uint64_t map_bytes, unsigned flags);
  env(const env&) = delete;
  env& operator=(const env&) = delete;
  ~env();

  MDB_env* handle() const { return env_; }
  /// Size of the map in bytes; 0 takes over the size another process has set. @pre no transaction is open: LMDB would pull the map
  /// from under those that read, and say nothing
  void resize(std::uint64_t map_bytes);
  /// Other processes that read and were killed keep the pages they saw: gives those pages back.
  void forget_dead_readers();
  std::uint64_t map_bytes() const;
  std::uint64_t page_bytes() const;
  /// Up to the last page that was ever in use.
  std::uint64_t extent_bytes() const;

private:
  friend class txn;
  MDB_env* env_ = nullptr;
  mutable std::atomic<std::size_t> open_{0}; ///< transactions
};

/// A table.
using dbi = MDB_dbi;
/// LMDB's own table of freed pages; for reading only.
inline constexpr dbi free_pages = 0;

enum class access { read, write };

struct entry {
  std::string_view key;
  std::string_view value;
};

/// Ends without effect unless committed. @pre it ends before its environment, and nothing is asked of it once it is committed
class txn {
public:
  txn(const env& in, access how);
  txn(const txn&) = delete;
  txn& operator=(const txn&) = delete;
  ~txn();

  void commit();

  /// @param name  null for the unnamed table that lists the others
  /// @returns none where the table is missing and `create` is not set.
  std::optional<dbi> open(const char* name, bool create);
  std::optional<std::string_view> get(dbi table, std::string_view key) const;
  void put(dbi table, std::string_view key, std::string_view value);
  /// @returns whether there was one.
  bool remove(dbi table, std::string_view key);
  std::size_t entries(dbi table) const;

  MDB_txn* handle() const;

private:
  friend class cursor;

  const env& in_;
  MDB_txn* txn_ = nullptr;
  mutable std::size_t cursors_ = 0;
};

/// Walks a table in the order of its keys. @pre it ends before its transaction, which frees it for a second time else
class cursor {
public:
  cursor(const txn& in, dbi table);
  cursor(const cursor&) = delete;
  cursor& operator=(const cursor&) = delete;
  ~cursor();

  std::optional<entry> first() { return move({}, MDB_FIRST); }
  std::optional<entry> last() { return move({}, MDB_LAST); }
  std::optional<entry> next() { return move({}, MDB_NEXT); }
  std::optional<entry> previous() { return move({}, MDB_PREV); }
  /// The first entry with a key not below `key`.
  std::optional<entry> at_or_after(std::string_view key) { return move(key, MDB_SET_RANGE); }
  /// The last entry with a key below `key`.
  std::optional<entry> before(std::string_view key) { return at_or_after(key) ? previous() : last(); }

private:
  std::optional<entry> move(std::string_view key, MDB_cursor_op op);

  const txn& in_;
  MDB_cursor* cursor_ = nullptr;
};

} // namespace alleycat::lmdb
