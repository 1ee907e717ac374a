#include "persistence/layout.hpp"
#include "persistence/seal.hpp"
#include "racing/check.hpp"

#include <algorithm>
#include <limits>

namespace alleycat::layout {

namespace {

std::uint64_t zigzag(std::int64_t value) {
  return static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63);
}

std::int64_t unzigzag(std::uint64_t value) {
  return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
}

/// Numbers that change little from one second to the next: each as its difference from the one before.
class column_writer {
public:
  explicit column_writer(byte_writer& out) : out_{out} {}
  void add(std::uint32_t value) {
    out_.varint(zigzag(std::int64_t{value} - before_));
    before_ = value;
  }

private:
  byte_writer& out_;
  std::int64_t before_ = 0;
};

template <class Number>
class column_reader {
public:
  explicit column_reader(byte_reader& in) : in_{in} {}
  Number next() {
    before_ += static_cast<std::uint64_t>(unzigzag(in_.varint()));
    if (before_ > std::numeric_limits<Number>::max())
      throw damaged_value{"a number does not fit its column"};
    return static_cast<Number>(before_);
  }

private:
  byte_reader& in_;
  std::uint64_t before_ = 0;
};

enum column_bit : std::uint8_t { has_power = 1, has_heart_rate = 2 };

} // namespace

std::string encode_ride(const ride_record& ride, scoring rule) {
  ALLEYCAT_CHECK(ride.seconds.size() <= max_ride_seconds);
  ALLEYCAT_CHECK(std::all_of(ride.seconds.begin(), ride.seconds.end(),
                             [](const ride_second& s) { return s.present || s.measured == measurement{}; }));
  std::string content;
  byte_writer out{content};
  const auto any = [&](auto field) {
    return std::any_of(ride.seconds.begin(), ride.seconds.end(),
                       [&](const auto& second) { return second.present && second.measured.*field != 0; });
  };
  const bool power = any(&measurement::power);
  const bool heart_rate = any(&measurement::heart_rate);
  out.number(static_cast<std::uint8_t>(rule));
  out.number(static_cast<std::uint8_t>((power ? has_power : 0) | (heart_rate ? has_heart_rate : 0)));
  out.number(ride.flags);
  out.number(static_cast<std::uint8_t>(ride.finished));
  out.time(ride.anchor);
  out.time(ride.closed);
  out.number(ride.rank);
  out.text(ride.name);
  out.number(static_cast<std::uint16_t>(ride.seconds.size()));
  for (std::size_t at = 0; at < ride.seconds.size(); at += 8) {
    unsigned bits = 0;
    for (std::size_t i = at; i != std::min(at + 8, ride.seconds.size()); ++i)
      bits |= static_cast<unsigned>(ride.seconds[i].present) << (i - at);
    out.number(static_cast<std::uint8_t>(bits));
  }
  const auto measured = [&](auto field) {
    column_writer column{out};
    for (const auto& second : ride.seconds)
      if (second.present)
        column.add(second.measured.*field);
  };
  const auto ranks = [&](auto field) {
    column_writer column{out};
    for (const auto& second : ride.seconds)
      column.add(second.*field);
  };
  measured(&measurement::cadence);
  measured(&measurement::resistance);
  if (power)
    measured(&measurement::power);
  if (heart_rate)
    measured(&measurement::heart_rate);
  ranks(&ride_second::here_now_rank);
  ranks(&ride_second::all_time_rank);
  return content;
}

std::uint8_t flags_of_ride(std::string_view content) {
  byte_reader in{content};
  in.number<std::uint8_t>(); // the rule
  in.number<std::uint8_t>(); // the columns
  return in.number<std::uint8_t>();
}

stored_ride decode_ride(race_key key, racer_id racer, std::string_view content) {
  byte_reader in{content};
  stored_ride stored{};
  stored.rule = static_cast<scoring>(in.number<std::uint8_t>());
  const auto columns = in.number<std::uint8_t>();
  auto& ride = stored.ride;
  ride.key = key;
  ride.racer = racer;
  ride.flags = in.number<std::uint8_t>();
  ride.finished = in.number<std::uint8_t>() != 0;
  ride.anchor = in.time();
  ride.closed = in.time();
  ride.rank = in.number<rank_t>();
  ride.name = in.text();
  const auto seconds = in.number<std::uint16_t>();
  if (seconds > max_ride_seconds)
    throw damaged_value{"a ride has more seconds than there are"};
  ride.seconds.resize(seconds);
  for (std::size_t at = 0; at < ride.seconds.size(); at += 8) {
    const auto bits = in.number<std::uint8_t>();
    for (std::size_t i = at; i != std::min(at + 8, ride.seconds.size()); ++i)
      ride.seconds[i].present = (bits >> (i - at) & 1U) != 0;
  }
  const auto measured = [&]<class Number>(Number measurement::*field) {
    column_reader<Number> column{in};
    for (auto& second : ride.seconds)
      if (second.present)
        second.measured.*field = column.next();
  };
  const auto ranks = [&](rank_t ride_second::*field) {
    column_reader<rank_t> column{in};
    for (auto& second : ride.seconds)
      second.*field = column.next();
  };
  measured(&measurement::cadence);
  measured(&measurement::resistance);
  if ((columns & has_power) != 0)
    measured(&measurement::power);
  if ((columns & has_heart_rate) != 0)
    measured(&measurement::heart_rate);
  ranks(&ride_second::here_now_rank);
  ranks(&ride_second::all_time_rank);
  expect_end(in);
  return stored;
}

std::vector<block_ride<std::string>> encode_blocks(const std::vector<block_ride<std::string>>& rides) {
  const auto not_before = [](const auto& a, const auto& b) { return a.racer >= b.racer; };
  ALLEYCAT_CHECK(std::adjacent_find(rides.begin(), rides.end(), not_before) == rides.end());
  std::vector<block_ride<std::string>> blocks;
  for (auto first = rides.begin(); first != rides.end();) {
    std::size_t bytes = 1 + checksum_bytes;
    auto end = first;
    // The longest head of a ride in a block: racer and length.
    const auto needed = [](const auto& ride) { return sizeof(std::uint32_t) + 3 + ride.content.size(); };
    do {
      bytes += needed(*end);
      ++end;
    } while (end != rides.end() && bytes + needed(*end) <= block_bytes);
    blocks.push_back({first->racer, sealed([&](byte_writer& out) {
                        for (; first != end; ++first) {
                          out.number(first->racer.value());
                          out.text(first->content);
                        }
                      })});
  }
  return blocks;
}

std::vector<block_ride<std::string_view>> decode_block(std::string_view value) {
  auto in = unsealed(value);
  std::vector<block_ride<std::string_view>> rides;
  while (!in.at_end()) {
    const racer_id racer{in.number<std::uint32_t>()};
    if (!rides.empty() && rides.back().racer >= racer)
      throw damaged_value{"rides are not in the order of their racers"};
    rides.push_back({racer, in.text()});
  }
  return rides;
}

} // namespace alleycat::layout
