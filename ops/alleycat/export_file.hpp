/// A file that an export writes race by race, and goes on with after it was interrupted.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace alleycat::cli {

enum class export_format { csv, ndjson, tcx };
struct export_kind {
  export_format format = export_format::csv;
  bool zstd = false;
};
/// By the name's end. @throws command_failed for another one
export_kind kind_of_export(std::string_view file);

struct export_race {
  std::uint16_t cls = 0;
  std::uint32_t race = 0;

  friend bool operator==(const export_race&, const export_race&) = default;
};

/// Beside FILE stand, while it is written:
///
///     FILE.partial   what is written so far
///     FILE.progress  {"asked":…,"corrections":N,"races":[[class,race],…]}   what it is an export of
///                    BYTES                                                  of FILE.partial, up to the end of the head
///                    BYTES                                                  up to the end of the first race, and so on
///
/// Both are gone when FILE is there. What FILE.progress tells of is on the disk; what FILE.partial has behind it is cut off when
/// the export goes on. Each part of a compressed file is a zstd frame of its own: frames one after the other are a zstd file.
class export_file {
public:
  /// @param asked  one line; an unfinished export of something else is refused
  /// @throws command_failed, as every member
  export_file(std::string path, bool zstd, std::string asked);
  ~export_file();
  export_file(const export_file&) = delete;
  export_file& operator=(const export_file&) = delete;

  /// An interrupted export goes on.
  bool continued() const { return continued_; }
  /// Throws away what is written.
  /// @param corrections  how many corrections there were when it began
  /// @param head         what stands first
  void begin(std::vector<export_race> races, std::uint64_t corrections, std::string_view head);

  std::uint64_t corrections() const { return corrections_; }
  std::size_t done() const { return done_; }
  std::size_t of() const { return races_.size(); }
  /// The next race; null at the end. Valid until `begin`.
  const export_race* next() const { return done_ < races_.size() ? &races_[done_] : nullptr; }
  /// A part of what the file gets of it.
  void append(std::string_view text);
  /// It has everything of it.
  void race_done();
  void finish();

private:
  void resume();
  bool read_progress(std::int64_t& bytes, std::int64_t& noted);
  void note();

  std::string path_;
  bool zstd_;
  std::string asked_;
  bool continued_ = false;
  bool begun_ = false;
  std::uint64_t corrections_ = 0;
  std::vector<export_race> races_;
  std::size_t done_ = 0;
  int partial_ = -1;
  int progress_ = -1;
};

/// Writes a file at once: it has its name only when it is complete.
void write_whole(const std::string& path, bool zstd, std::string_view text);

} // namespace alleycat::cli
