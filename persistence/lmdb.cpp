#include "persistence/lmdb.hpp"

#include "racing/check.hpp"

namespace alleycat::lmdb {

namespace {

MDB_val to_val(std::string_view bytes) {
  // LMDB does not write through the pointers of keys and values that it is given.
  return {bytes.size(), const_cast<char*>(bytes.data())};
}

std::string_view to_view(const MDB_val& value) {
  return {static_cast<const char*>(value.mv_data), value.mv_size};
}

/// LMDB wants the map in whole pages of the system.
std::uint64_t whole_pages(std::uint64_t bytes) {
  constexpr std::uint64_t largest_page = 65'536;
  return (bytes + largest_page - 1) / largest_page * largest_page;
}

constexpr unsigned most_tables = 32;
constexpr mdb_mode_t file_mode = 0640;

} // namespace

error::error(int code, const std::string& call) : std::runtime_error{call + ": " + mdb_strerror(code)}, code_{code} {}

void check(int code, const char* call) {
  if (code != MDB_SUCCESS)
    throw error{code, call};
}

env::env(const std::filesystem::path& folder, std::uint64_t map_bytes, unsigned flags) {
  check(mdb_env_create(&env_), "mdb_env_create");
  try {
    check(mdb_env_set_maxdbs(env_, most_tables), "mdb_env_set_maxdbs");
    check(mdb_env_set_mapsize(env_, whole_pages(map_bytes)), "mdb_env_set_mapsize");
    check(mdb_env_open(env_, folder.c_str(), flags | MDB_NOTLS, file_mode), "mdb_env_open");
  } catch (...) {
    mdb_env_close(env_);
    throw;
  }
}

env::~env() {
  ALLEYCAT_CHECK(open_ == 0);
  mdb_env_close(env_);
}

void env::resize(std::uint64_t map_bytes) {
  ALLEYCAT_CHECK(open_ == 0);
  check(mdb_env_set_mapsize(env_, whole_pages(map_bytes)), "mdb_env_set_mapsize");
}

void env::forget_dead_readers() {
  int dead = 0;
  check(mdb_reader_check(env_, &dead), "mdb_reader_check");
}

std::uint64_t env::map_bytes() const {
  MDB_envinfo info{};
  check(mdb_env_info(env_, &info), "mdb_env_info");
  return info.me_mapsize;
}

std::uint64_t env::page_bytes() const {
  MDB_stat stat{};
  check(mdb_env_stat(env_, &stat), "mdb_env_stat");
  return stat.ms_psize;
}

std::uint64_t env::extent_bytes() const {
  MDB_envinfo info{};
  check(mdb_env_info(env_, &info), "mdb_env_info");
  return (info.me_last_pgno + 1) * page_bytes();
}

txn::txn(const env& in, access how) : in_{in} {
  check(mdb_txn_begin(in.handle(), nullptr, how == access::read ? MDB_RDONLY : 0U, &txn_), "mdb_txn_begin");
  ++in_.open_;
}

txn::~txn() {
  if (txn_ == nullptr)
    return;
  ALLEYCAT_CHECK(cursors_ == 0);
  mdb_txn_abort(txn_);
  --in_.open_;
}

void txn::commit() {
  ALLEYCAT_CHECK(cursors_ == 0);
  // Frees the transaction whether it succeeds or not.
  const int code = mdb_txn_commit(handle());
  txn_ = nullptr;
  --in_.open_;
  check(code, "mdb_txn_commit");
}

MDB_txn* txn::handle() const {
  ALLEYCAT_CHECK(txn_ != nullptr);
  return txn_;
}

std::optional<dbi> txn::open(const char* name, bool create) {
  dbi table = 0;
  const int code = mdb_dbi_open(handle(), name, create ? unsigned{MDB_CREATE} : 0U, &table);
  if (code == MDB_NOTFOUND && !create)
    return std::nullopt;
  check(code, "mdb_dbi_open");
  return table;
}

std::optional<std::string_view> txn::get(dbi table, std::string_view key) const {
  auto k = to_val(key);
  MDB_val value{};
  const int code = mdb_get(handle(), table, &k, &value);
  if (code == MDB_NOTFOUND)
    return std::nullopt;
  check(code, "mdb_get");
  return to_view(value);
}

void txn::put(dbi table, std::string_view key, std::string_view value) {
  auto k = to_val(key);
  auto v = to_val(value);
  check(mdb_put(handle(), table, &k, &v, 0), "mdb_put");
}

bool txn::remove(dbi table, std::string_view key) {
  auto k = to_val(key);
  const int code = mdb_del(handle(), table, &k, nullptr);
  if (code == MDB_NOTFOUND)
    return false;
  check(code, "mdb_del");
  return true;
}

std::size_t txn::entries(dbi table) const {
  MDB_stat stat{};
  check(mdb_stat(handle(), table, &stat), "mdb_stat");
  return stat.ms_entries;
}

cursor::cursor(const txn& in, dbi table) : in_{in} {
  check(mdb_cursor_open(in.handle(), table, &cursor_), "mdb_cursor_open");
  ++in_.cursors_;
}

cursor::~cursor() {
  mdb_cursor_close(cursor_);
  --in_.cursors_;
}

std::optional<entry> cursor::move(std::string_view key, MDB_cursor_op op) {
  auto k = to_val(key);
  MDB_val value{};
  const int code = mdb_cursor_get(cursor_, &k, &value, op);
  if (code == MDB_NOTFOUND)
    return std::nullopt;
  check(code, "mdb_cursor_get");
  return entry{to_view(k), to_view(value)};
}

} // namespace alleycat::lmdb
