/// The records of one node in an LMDB file. The tables and their layouts: persistence/README.md.
#pragma once

#include "racing/record_store.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>

namespace alleycat {

/// What was handed over does not fit this store (a ride longer than `ride_seconds`, rides not sorted, a foreign key).
/// Nothing was written, and a retry will not change that.
class store_refused_error : public store_error {
public:
  using store_error::store_error;
};

// Any other store_error may go away (disk full, map at its maximum): nothing was written, the call may be repeated.

struct lmdb_options {
  std::uint32_t ride_seconds = 300; ///< 1..900; fixed by the first open of a folder; 0 with `read_only`: whatever it is
  std::uint64_t initial_map_bytes = 256ULL << 20; ///< address space to begin with; an existing larger file enlarges it
  std::uint64_t max_map_bytes = 1ULL << 40;       ///< the map doubles up to this when it is full
  /// Reads beside a running node of *another* process (LMDB allows one environment per process and file). Takes no
  /// lock; every writing call throws store_refused_error.
  bool read_only = false;
};

/// `record_store` on LMDB. Durable: when a writing call returns, its transaction was fsynced.
class lmdb_store : public record_store {
public:
  /// From the next time on that the map is full. Below what it has grown to, it stays as it is. Any thread.
  virtual void limit_map(std::uint64_t max_bytes) = 0;

  /// Writes a compact, consistent and fsynced copy, while the store stays usable afterwards as before.
  /// @param target  a folder that is new or empty; the copy can be opened with `open_lmdb_store`
  /// @throws store_error where `target` has content or cannot be written; what was begun there is removed.
  virtual void backup(const std::filesystem::path& target) = 0;
};

/// Opens the store in a folder; creates both where missing.
/// @throws store_error in words for an operator: folder not writable, in use by another process, file damaged or of a
/// newer format (names `--rebuild` as the way out), or made for another `ride_seconds`.
std::unique_ptr<lmdb_store> open_lmdb_store(const std::filesystem::path& folder, const lmdb_options& options);

/// First step of `--rebuild`: moves the store's file aside, as `data.mdb.replaced` (an older one of that name is lost),
/// so that the next open begins empty. Without a file it does nothing.
/// @throws store_error where the folder is in use by another process or cannot be written.
void set_aside_lmdb_store(const std::filesystem::path& folder);

} // namespace alleycat
