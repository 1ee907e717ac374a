#include "messages/ride_codec.hpp"

#include "messages/ride.pb.h"
#include "racing/check.hpp"
#include "racing/rules.hpp"

#include <algorithm>

namespace alleycat {

namespace {

/// Writes a column as differences; leaves it empty when all values are 0.
/// @param values  [begin, end) of integers
template <class Column, class Values>
void put_column(Column& column, const Values& values) {
  if (std::all_of(values.begin(), values.end(), [](auto value) { return value == 0; }))
    return;
  column.Reserve(static_cast<int>(values.size()));
  std::int64_t before = 0;
  for (const std::int64_t value : values) {
    column.Add(static_cast<typename Column::value_type>(value - before));
    before = value;
  }
}

/// Reads a column of differences; an empty one stands for zeros.
/// @returns whether it has `count` values in 0..most.
template <class Column>
bool get_column(const Column& column, std::size_t count, std::int64_t most, std::vector<std::int64_t>& out) {
  out.assign(count, 0);
  if (column.empty())
    return true;
  if (static_cast<std::size_t>(column.size()) != count)
    return false;
  std::uint64_t value = 0; // unsigned: a hostile delta must not overflow
  for (std::size_t i = 0; i < count; ++i) {
    value += static_cast<std::uint64_t>(std::int64_t{column.Get(static_cast<int>(i))});
    if (value > static_cast<std::uint64_t>(most))
      return false;
    out[i] = static_cast<std::int64_t>(value);
  }
  return true;
}

template <class Pick>
std::vector<std::int64_t> all_seconds(const ride_record& ride, Pick pick) {
  std::vector<std::int64_t> values;
  values.reserve(ride.seconds.size());
  for (const auto& second : ride.seconds)
    values.push_back(pick(second));
  return values;
}

template <class Pick>
std::vector<std::int64_t> present_seconds(const ride_record& ride, Pick pick) {
  std::vector<std::int64_t> values;
  values.reserve(ride.seconds.size());
  for (const auto& second : ride.seconds)
    if (second.present)
      values.push_back(pick(second.measured));
  return values;
}

bool read_presence(const v1::Ride& in, ride_record& out) {
  const auto n = out.seconds.size();
  if (in.present().empty()) {
    for (auto& second : out.seconds)
      second.present = true;
    return true;
  }
  if (in.present().size() != (n + 7) / 8)
    return false;
  for (std::size_t i = 0; i < n; ++i)
    out.seconds[i].present = (static_cast<unsigned char>(in.present()[i / 8]) >> (i % 8) & 1U) != 0;
  return true;
}

bool read_measured(const v1::Ride& in, ride_record& out) {
  const auto present = static_cast<std::size_t>(
      std::count_if(out.seconds.begin(), out.seconds.end(), [](const ride_second& s) { return s.present; }));
  std::vector<std::int64_t> cadence;
  std::vector<std::int64_t> resistance;
  std::vector<std::int64_t> power;
  std::vector<std::int64_t> heart_rate;
  if (!get_column(in.cadence(), present, max_cadence, cadence) ||
      !get_column(in.resistance(), present, max_resistance, resistance) ||
      !get_column(in.power(), present, 65'535, power) || !get_column(in.heart_rate(), present, 255, heart_rate))
    return false;
  std::size_t i = 0;
  for (auto& second : out.seconds) {
    if (!second.present)
      continue;
    second.measured = {static_cast<std::uint16_t>(cadence[i]), static_cast<std::uint16_t>(resistance[i]),
                       static_cast<std::uint16_t>(power[i]), static_cast<std::uint8_t>(heart_rate[i])};
    ++i;
  }
  return true;
}

bool read_ranks(const v1::Ride& in, ride_record& out) {
  constexpr std::int64_t most = 0xffff'ffff;
  std::vector<std::int64_t> here_now;
  std::vector<std::int64_t> all_time;
  if (!get_column(in.here_now_rank(), out.seconds.size(), most, here_now) ||
      !get_column(in.all_time_rank(), out.seconds.size(), most, all_time))
    return false;
  for (std::size_t i = 0; i < out.seconds.size(); ++i) {
    out.seconds[i].here_now_rank = static_cast<rank_t>(here_now[i]);
    out.seconds[i].all_time_rank = static_cast<rank_t>(all_time[i]);
  }
  return true;
}

} // namespace

std::string encode(const ride_record& ride) {
  ALLEYCAT_CHECK(!ride.seconds.empty() && ride.seconds.size() <= max_ride_seconds);
  ALLEYCAT_CHECK(std::all_of(ride.seconds.begin(), ride.seconds.end(),
                             [](const ride_second& s) { return s.present || s.measured == measurement{}; }));
  thread_local v1::Ride out;
  out.Clear();
  out.set_class_id(ride.key.cls.value());
  out.set_race_id(ride.key.race.value());
  out.set_racer_id(ride.racer.value());
  out.set_name(ride.name);
  out.set_anchor(ms_of(ride.anchor));
  out.set_closed(ms_of(ride.closed));
  out.set_rank(ride.rank);
  out.set_finished(ride.finished);
  out.set_flags(ride.flags);
  out.set_furthest(static_cast<std::uint32_t>(ride.seconds.size()));
  if (!std::all_of(ride.seconds.begin(), ride.seconds.end(), [](const ride_second& s) { return s.present; })) {
    auto& present = *out.mutable_present();
    present.assign((ride.seconds.size() + 7) / 8, '\0');
    for (std::size_t i = 0; i < ride.seconds.size(); ++i)
      if (ride.seconds[i].present)
        present[i / 8] |= static_cast<char>(1U << (i % 8));
  }
  put_column(*out.mutable_cadence(), present_seconds(ride, [](const measurement& m) { return m.cadence; }));
  put_column(*out.mutable_resistance(), present_seconds(ride, [](const measurement& m) { return m.resistance; }));
  put_column(*out.mutable_power(), present_seconds(ride, [](const measurement& m) { return m.power; }));
  put_column(*out.mutable_heart_rate(), present_seconds(ride, [](const measurement& m) { return m.heart_rate; }));
  put_column(*out.mutable_here_now_rank(), all_seconds(ride, [](const ride_second& s) { return s.here_now_rank; }));
  put_column(*out.mutable_all_time_rank(), all_seconds(ride, [](const ride_second& s) { return s.all_time_rank; }));
  return out.SerializeAsString();
}

std::optional<ride_record> decode_ride(std::string_view bytes) {
  thread_local v1::Ride in;
  if (!in.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    return std::nullopt;
  if (in.class_id() < 1 || in.class_id() > 65'535 || in.furthest() < 1 || in.furthest() > max_ride_seconds ||
      in.flags() > 255 || (!in.name().empty() && !valid_name(in.name())))
    return std::nullopt;
  ride_record out;
  out.key = {class_id{static_cast<std::uint16_t>(in.class_id())}, race_id{in.race_id()}};
  out.racer = racer_id{in.racer_id()};
  out.name = in.name();
  out.anchor = at_ms(in.anchor());
  out.closed = at_ms(in.closed());
  out.rank = in.rank();
  out.finished = in.finished();
  out.flags = static_cast<std::uint8_t>(in.flags());
  out.seconds.resize(in.furthest());
  if (!read_presence(in, out) || !read_measured(in, out) || !read_ranks(in, out))
    return std::nullopt;
  return out;
}

} // namespace alleycat
