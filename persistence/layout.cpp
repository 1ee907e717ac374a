#include "persistence/layout.hpp"
#include "persistence/seal.hpp"
#include "racing/check.hpp"

#include <tuple>
#include <utility>

namespace alleycat::layout {

namespace {

void write_row(byte_writer& out, const standing& row) {
  out.number(row.rank);
  out.number(row.here_now_rank);
  out.number(row.racer.value());
  out.number(row.second.value());
  out.number(row.seconds);
  out.number(row.output.value());
  out.number(row.total.value());
  out.number(static_cast<std::uint8_t>((row.finished ? 1 : 0) | (row.excluded ? 2 : 0)));
  out.number(row.all_time_rank);
  out.text(row.name);
}

standing read_row(byte_reader& in) {
  standing row;
  row.rank = in.number<rank_t>();
  row.here_now_rank = in.number<rank_t>();
  row.racer = racer_id{in.number<std::uint32_t>()};
  row.second = own_second{in.number<std::uint16_t>()};
  row.seconds = in.number<std::uint16_t>();
  row.output = score{in.number<std::uint32_t>()};
  row.total = score{in.number<std::uint32_t>()};
  const auto flags = in.number<std::uint8_t>();
  row.finished = (flags & 1U) != 0;
  row.excluded = (flags & 2U) != 0;
  row.all_time_rank = in.number<rank_t>();
  row.name = in.text();
  return row;
}

struct result_head {
  scoring rule;
  race_result result; ///< without rows
  std::uint32_t rows;
};

result_head read_result_head(race_key key, byte_reader& in) {
  result_head head{};
  head.rule = static_cast<scoring>(in.number<std::uint8_t>());
  head.result.key = key;
  head.result.owner_epoch = epoch{in.number<std::uint64_t>()};
  head.result.as_of = journal_position{in.number<std::uint64_t>()};
  head.result.closed = in.time();
  head.result.finished = in.number<std::uint32_t>();
  head.rows = in.number<std::uint32_t>();
  return head;
}

} // namespace

void check_seal(std::string_view value) {
  unsealed(value);
}

std::string history_key(racer_id racer, unix_ms closed, race_key key) {
  // The sign bit is turned so that negative times sort before positive ones; the rest so that later sorts first.
  const auto ascending = static_cast<std::uint64_t>(ms_of(closed)) ^ std::uint64_t{1} << 63;
  return key_of(racer.value(), ~ascending, static_cast<std::uint16_t>(~key.cls.value()), ~key.race.value());
}

std::string encode_bests(const std::vector<score>& at) {
  ALLEYCAT_CHECK(at.size() <= max_ride_seconds);
  return sealed([&](byte_writer& out) {
    for (const auto best : at)
      out.number(best.value());
  });
}

std::vector<score> decode_bests(std::string_view value) {
  auto in = unsealed(value);
  std::vector<score> at((value.size() - 1 - checksum_bytes) / sizeof(std::uint32_t));
  if (at.size() > max_ride_seconds)
    throw damaged_value{"a rider has more best seconds than there are"};
  for (auto& best : at)
    best = score{in.number<std::uint32_t>()};
  expect_end(in);
  return at;
}

std::string encode_record(const final_score& record) {
  return sealed([&](byte_writer& out) {
    out.number(record.best.value());
    out.number(record.race.value());
    out.time(record.at);
  });
}

final_score decode_record(std::string_view value) {
  auto in = unsealed(value);
  final_score record;
  record.best = score{in.number<std::uint32_t>()};
  record.race = race_id{in.number<std::uint32_t>()};
  record.at = in.time();
  expect_end(in);
  return record;
}

std::string encode_result(const race_result& result, scoring rule) {
  return sealed([&](byte_writer& out) {
    out.number(static_cast<std::uint8_t>(rule));
    out.number(result.owner_epoch.value());
    out.number(result.as_of.value());
    out.time(result.closed);
    out.number(result.finished);
    out.number(static_cast<std::uint32_t>(result.rows.size()));
    for (const auto& row : result.rows)
      write_row(out, row);
  });
}

race_result decode_result(race_key key, std::string_view value) {
  auto in = unsealed(value);
  auto head = read_result_head(key, in);
  auto& result = head.result;
  for (std::uint32_t i = 0; i != head.rows; ++i)
    result.rows.push_back(read_row(in));
  expect_end(in);
  return std::move(result);
}

scoring decode_rule(std::string_view value) {
  auto in = unsealed(value);
  return static_cast<scoring>(in.number<std::uint8_t>());
}

race_summary decode_summary(race_key key, std::string_view value) {
  auto in = unsealed(value);
  const auto head = read_result_head(key, in);
  race_summary summary;
  summary.key = key;
  summary.closed = head.result.closed;
  summary.racers = head.rows;
  summary.finished = head.result.finished;
  if (head.rows == 0)
    return summary;
  const auto first = read_row(in);
  if (!first.finished || first.excluded)
    return summary;
  summary.winner = first.racer;
  summary.winner_name = first.name;
  summary.winning_score = head.rule == scoring::total ? first.total : first.output;
  return summary;
}

std::string encode_history(const ride_summary& ride) {
  return sealed([&](byte_writer& out) {
    out.number(ride.rank);
    out.number(static_cast<std::uint8_t>(ride.finished));
    out.number(ride.furthest.value());
    out.number(ride.seconds);
    out.number(ride.total.value());
  });
}

ride_summary decode_history(std::string_view key, std::string_view value) {
  auto in = unsealed(value);
  ride_summary ride;
  ride.racer = racer_id{key_part<std::uint32_t>(key, 0)};
  ride.closed = at_ms(static_cast<std::int64_t>(~key_part<std::uint64_t>(key, 4) ^ std::uint64_t{1} << 63));
  ride.key.cls = class_id{static_cast<std::uint16_t>(~key_part<std::uint16_t>(key, 12))};
  ride.key.race = race_id{~key_part<std::uint32_t>(key, 14)};
  ride.rank = in.number<rank_t>();
  ride.finished = in.number<std::uint8_t>() != 0;
  ride.furthest = own_second{in.number<std::uint16_t>()};
  ride.seconds = in.number<std::uint16_t>();
  ride.total = score{in.number<std::uint32_t>()};
  expect_end(in);
  return ride;
}

bool stored_name::later_than(const stored_name& other) const {
  return std::tie(closed, race, cls) > std::tie(other.closed, other.race, other.cls);
}

std::string encode_name(const stored_name& name) {
  return sealed([&](byte_writer& out) {
    out.time(name.closed);
    out.number(name.race.value());
    out.number(name.cls.value());
    out.text(name.name);
  });
}

stored_name decode_name(std::string_view value) {
  auto in = unsealed(value);
  stored_name name;
  name.closed = in.time();
  name.race = race_id{in.number<std::uint32_t>()};
  name.cls = class_id{in.number<std::uint16_t>()};
  name.name = in.text();
  expect_end(in);
  return name;
}

std::string encode_applied(const applied_race& race) {
  return sealed([&](byte_writer& out) {
    out.number(static_cast<std::uint8_t>(race.emptied));
    out.number(race.stamp.position.value());
    out.time(race.stamp.stored);
    out.number(race.stamp.checksum);
    out.time(race.closed);
  });
}

applied_race decode_applied(std::string_view value) {
  auto in = unsealed(value);
  applied_race race;
  race.emptied = in.number<std::uint8_t>() != 0;
  race.stamp.position = journal_position{in.number<std::uint64_t>()};
  race.stamp.stored = in.time();
  race.stamp.checksum = in.number<std::uint64_t>();
  race.closed = in.time();
  expect_end(in);
  return race;
}

std::string edit_key(const edit& e) {
  return key_of(e.sequence);
}

std::string encode_edit(const edit& e) {
  return sealed([&](byte_writer& out) {
    out.number(static_cast<std::uint8_t>(e.kind));
    out.number(e.racer.value());
    out.number(e.ride.cls.value());
    out.number(e.ride.race.value());
    out.time(e.at);
    out.text(e.name);
    out.text(e.by);
  });
}

edit decode_edit(std::string_view key, std::string_view value) {
  auto in = unsealed(value);
  edit e;
  e.sequence = key_part<std::uint64_t>(key, 0);
  e.kind = static_cast<edit_kind>(in.number<std::uint8_t>());
  e.racer = racer_id{in.number<std::uint32_t>()};
  e.ride.cls = class_id{in.number<std::uint16_t>()};
  e.ride.race = race_id{in.number<std::uint32_t>()};
  e.at = in.time();
  e.name = in.text();
  e.by = in.text();
  expect_end(in);
  return e;
}

std::string encode_cursor(const stream_cursor& cursor) {
  return sealed([&](byte_writer& out) {
    out.number(cursor.sequence);
    out.time(cursor.stored);
    out.number(cursor.checksum);
  });
}

stream_cursor decode_cursor(std::string_view value) {
  auto in = unsealed(value);
  stream_cursor cursor;
  cursor.sequence = in.number<std::uint64_t>();
  cursor.stored = in.time();
  cursor.checksum = in.number<std::uint64_t>();
  expect_end(in);
  return cursor;
}

std::string encode_count(std::uint64_t count) {
  return sealed([&](byte_writer& out) { out.number(count); });
}

std::uint64_t decode_count(std::string_view value) {
  auto in = unsealed(value);
  const auto count = in.number<std::uint64_t>();
  expect_end(in);
  return count;
}

} // namespace alleycat::layout
