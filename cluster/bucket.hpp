/// The bucket as membership and ownership see it: a few operations, and what is told back. Implemented in node/ on NATS, by
/// a simulation in tests/cluster.
#pragma once

#include "racing/time.hpp"

#include <cstdint>
#include <string>
#include <variant>

namespace alleycat {

/// An entry as it is in the bucket. The watch tells every entry that is there, and each new one, at least once; order and
/// repetition do not matter to its readers, but an entry that stays is told at last.
struct bucket_entry {
  std::string key;
  std::string value;
  bool deleted = false; ///< a marker stands where the key was
  unix_ms stored_at{};  ///< by the server's clock; 0: unknown

  /// Of what is stored, whenever that was.
  friend bool operator==(const bucket_entry& a, const bucket_entry& b) {
    return a.key == b.key && a.value == b.value && a.deleted == b.deleted;
  }
};

enum class creation : std::uint8_t {
  created, ///< it was not there; now it is, with our value
  taken,   ///< it was there already, or was there and is deleted: nothing was written
  unknown, ///< no answer in time: it may be there, not be there, or come later
};

struct create_outcome {
  std::string key;
  creation outcome = creation::unknown;
};

enum class finding : std::uint8_t {
  found,
  absent, ///< where the answer came from it is not there (yet)
  failed, ///< no answer in time
};

struct read_outcome {
  bucket_entry entry; ///< the key; the rest when found
  finding outcome = finding::failed;
};

/// All entries are told from here on; what is not among them until `entries_read` is not in the bucket.
struct entries_begin {};

/// Everything that was in the bucket when this was asked for has been told since `entries_begin`.
struct entries_read {
  std::uint64_t token = 0; ///< of the latest `read_all` that this answers; 0: of the first reading
};

/// The bucket is another one than before: deleted and made anew, or set back to an earlier state. Comes before anything the
/// new one tells; all its entries follow, then `entries_read`. What was asked before gets no answer any more.
struct bucket_lost {};

using bucket_event = std::variant<bucket_entry, create_outcome, read_outcome, entries_begin, entries_read, bucket_lost>;

/// No call blocks; outcomes come as `bucket_event`. Exactly one outcome follows each `create` and each `read` (but see
/// `bucket_lost`); of `put` and `erase` the watch tells.
class bucket_port {
public:
  virtual ~bucket_port() = default;
  /// The last one wins. May get lost.
  virtual void put(const std::string& key, const std::string& value) = 0;
  /// Never replaces anything, not even a deletion marker.
  virtual void create(const std::string& key, const std::string& value) = 0;
  virtual void read(const std::string& key) = 0;
  /// Leaves a marker. May get lost.
  virtual void erase(const std::string& key) = 0;
  /// All entries are told once more, between `entries_begin` and `entries_read{token}`; likewise after each reconnection.
  /// @param token  grows from call to call
  virtual void read_all(std::uint64_t token) = 0;
};

} // namespace alleycat
