#include "ops/alleycat/export_file.hpp"

#include "ops/alleycat/commands.hpp"

#include <cerrno>
#include <charconv>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>
#include <zstd.h>

namespace alleycat::cli {

namespace {

constexpr int zstd_level = 6;

std::string words() {
  return std::strerror(errno); // NOLINT(concurrency-mt-unsafe)
}

void write_to(int file, std::string_view text, const std::string& path) {
  while (!text.empty()) {
    const auto written = ::write(file, text.data(), text.size());
    if (written < 0 && errno != EINTR)
      throw command_failed{fmt::format("{} cannot be written: {}", path, words())};
    text.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
  }
}

int open_for_writing(const std::string& path, int flags) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0644);
  if (file < 0)
    throw command_failed{fmt::format("{} cannot be written: {}", path, words())};
  return file;
}

void refuse_existing(const std::string& path) {
  if (std::filesystem::exists(path))
    throw command_failed{fmt::format("{} is there already", path)};
}

std::string frame_of(std::string_view text) {
  std::string frame(ZSTD_compressBound(text.size()), '\0');
  const auto size = ZSTD_compress(frame.data(), frame.size(), text.data(), text.size(), zstd_level);
  if (ZSTD_isError(size) != 0)
    throw command_failed{fmt::format("zstd: {}", ZSTD_getErrorName(size))};
  frame.resize(size);
  return frame;
}

} // namespace

export_kind kind_of_export(std::string_view file) {
  export_kind kind;
  if (file.ends_with(".zst")) {
    kind.zstd = true;
    file.remove_suffix(4);
  }
  if (file.ends_with(".csv"))
    kind.format = export_format::csv;
  else if (file.ends_with(".ndjson"))
    kind.format = export_format::ndjson;
  else if (file.ends_with(".tcx") && !kind.zstd)
    kind.format = export_format::tcx;
  else
    throw command_failed{"the file's name must end in .csv, .ndjson, .csv.zst, .ndjson.zst or .tcx"};
  return kind;
}

export_file::export_file(std::string path, bool zstd, std::string asked)
    : path_{std::move(path)}, zstd_{zstd}, asked_{std::move(asked)} {
  refuse_existing(path_);
  progress_ = open_for_writing(path_ + ".progress", O_APPEND);
  if (::flock(progress_, LOCK_EX | LOCK_NB) != 0)
    throw command_failed{fmt::format("another export is writing {}", path_)};
  refuse_existing(path_); // the other one may have ended in between
  partial_ = open_for_writing(path_ + ".partial", 0);
  resume();
}

export_file::~export_file() {
  // Nothing to go on with.
  if (partial_ >= 0 && !continued_ && !begun_) {
    ::unlink((path_ + ".partial").c_str());
    ::unlink((path_ + ".progress").c_str());
  }
  if (partial_ >= 0)
    ::close(partial_);
  if (progress_ >= 0)
    ::close(progress_);
}

/// @param bytes  of the other file, up to the last place that is noted
/// @param noted  of this file, up to the end of that line
/// @returns whether there is anything to go on with
bool export_file::read_progress(std::int64_t& bytes, std::int64_t& noted) {
  std::ifstream in{path_ + ".progress"};
  std::string line;
  // A line without its end was being written.
  const auto whole_line = [&] { return std::getline(in, line) && !in.eof(); };
  const auto refuse = [&] {
    throw command_failed{fmt::format("{}.progress is of no export; remove it to begin anew", path_)};
  };
  if (!whole_line())
    return false;
  try {
    const auto head = nlohmann::json::parse(line);
    if (head.at("asked") != asked_)
      throw command_failed{fmt::format(
          "{0}.partial is of an export of something else; remove it and {0}.progress, or take another name", path_)};
    corrections_ = head.at("corrections").get<std::uint64_t>();
    for (const auto& race : head.at("races"))
      races_.push_back({race.at(0).get<std::uint16_t>(), race.at(1).get<std::uint32_t>()});
  } catch (const nlohmann::json::exception&) {
    refuse();
  }
  noted = static_cast<std::int64_t>(line.size()) + 1;
  std::size_t lines = 0;
  for (; whole_line(); ++lines) {
    const auto* end = line.data() + line.size();
    if (const auto [to, error] = std::from_chars(line.data(), end, bytes); error != std::errc{} || to != end)
      refuse();
    noted += static_cast<std::int64_t>(line.size()) + 1;
  }
  if (lines > races_.size() + 1)
    refuse();
  done_ = lines == 0 ? 0 : lines - 1; // the first is of what stands before the races
  return lines != 0;
}

void export_file::resume() {
  std::int64_t bytes = 0;
  std::int64_t noted = 0;
  if (!read_progress(bytes, noted))
    return;
  continued_ = true;
  struct stat there {};
  if (::fstat(partial_, &there) != 0 || there.st_size < bytes)
    throw command_failed{
        fmt::format("{0}.partial is shorter than {0}.progress says; remove both to begin anew", path_)};
  if (::ftruncate(progress_, noted) != 0 || ::ftruncate(partial_, bytes) != 0 || ::lseek(partial_, 0, SEEK_END) < 0)
    throw command_failed{fmt::format("{}.partial cannot be gone on with: {}", path_, words())};
}

void export_file::begin(std::vector<export_race> races, std::uint64_t corrections, std::string_view head) {
  continued_ = false;
  races_ = std::move(races);
  corrections_ = corrections;
  done_ = 0;
  if (::ftruncate(progress_, 0) != 0 || ::ftruncate(partial_, 0) != 0 || ::lseek(partial_, 0, SEEK_SET) < 0)
    throw command_failed{fmt::format("{}.partial cannot be begun: {}", path_, words())};
  auto listed = nlohmann::json::array();
  for (const auto& race : races_)
    listed.push_back({race.cls, race.race});
  const nlohmann::json first{{"asked", asked_}, {"corrections", corrections_}, {"races", std::move(listed)}};
  write_to(progress_, first.dump() + "\n", path_ + ".progress");
  // Also where it is empty: a compressed file without a frame is none.
  write_to(partial_, zstd_ ? frame_of(head) : std::string{head}, path_ + ".partial");
  begun_ = true;
  note();
}

void export_file::append(std::string_view text) {
  if (!text.empty())
    write_to(partial_, zstd_ ? frame_of(text) : std::string{text}, path_ + ".partial");
}

void export_file::race_done() {
  ++done_;
  note();
}

/// What is noted is on the disk.
void export_file::note() {
  if (::fdatasync(partial_) != 0)
    throw command_failed{fmt::format("{}.partial cannot be written: {}", path_, words())};
  write_to(progress_, fmt::format("{}\n", ::lseek(partial_, 0, SEEK_CUR)), path_ + ".progress");
}

void export_file::finish() {
  if (::fsync(partial_) != 0 || ::rename((path_ + ".partial").c_str(), path_.c_str()) != 0)
    throw command_failed{fmt::format("{} cannot be completed: {}", path_, words())};
  ::unlink((path_ + ".progress").c_str());
}

void write_whole(const std::string& path, bool zstd, std::string_view text) {
  refuse_existing(path);
  const auto partial = path + ".partial";
  const int file = open_for_writing(partial, O_TRUNC);
  write_to(file, zstd ? frame_of(text) : std::string{text}, partial);
  const bool kept = ::fsync(file) == 0;
  ::close(file);
  if (!kept || ::rename(partial.c_str(), path.c_str()) != 0)
    throw command_failed{fmt::format("{} cannot be completed: {}", path, words())};
}

} // namespace alleycat::cli
