#include "messages/journal_codec.hpp"

#include "messages/journal.pb.h"
#include "messages/update_json.hpp"
#include "racing/check.hpp"

#include <algorithm>

namespace alleycat {

namespace {

constexpr std::size_t measured_bytes = 3;
constexpr unsigned cadence_bits = 12;
static_assert(max_cadence < 1U << cadence_bits && max_resistance < 1U << (8 * measured_bytes - cadence_bits));

/// Difference modulo 2^32, as sint32 columns hold it.
std::int32_t wrapped_delta(std::uint32_t value, std::uint32_t before) {
  return static_cast<std::int32_t>(value - before);
}

void put_measured(const measurement& m, char* at) {
  const auto bits = m.cadence | std::uint32_t{m.resistance} << cadence_bits;
  for (std::size_t i = 0; i < measured_bytes; ++i)
    at[i] = static_cast<char>(bits >> (8 * i) & 0xffU);
}

measurement get_measured(const char* at) {
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < measured_bytes; ++i)
    bits |= std::uint32_t{static_cast<unsigned char>(at[i])} << (8 * i);
  measurement m;
  m.cadence = static_cast<std::uint16_t>(bits & ((1U << cadence_bits) - 1));
  m.resistance = static_cast<std::uint16_t>(bits >> cadence_bits);
  return m;
}

bool bit_of(const std::string& bits, std::size_t i) {
  return (static_cast<unsigned char>(bits[i / 8]) >> (i % 8) & 1U) != 0;
}

void fill(v1::Batch& out, const journal_batch& batch) {
  const auto n = static_cast<int>(batch.size());
  out.mutable_racers()->Reserve(n);
  out.mutable_seconds()->Reserve(n);
  out.mutable_device_timestamps()->Reserve(n);
  auto& measured = *out.mutable_measured();
  measured.resize(batch.size() * measured_bytes);
  std::uint32_t racer = 0;
  std::int32_t second = 0;
  std::int64_t timestamp = 0;
  bool any_power = false;
  bool any_heart_rate = false;
  bool any_view = false;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const auto& u = batch[i];
    // What no reader would take would be lost, with the whole batch.
    ALLEYCAT_CHECK(u.second.value() >= 1 && u.measured.cadence <= max_cadence &&
                   u.measured.resistance <= max_resistance && u.device_timestamp >= unix_ms{} &&
                   u.device_timestamp <= max_device_timestamp && u.name.size() <= max_name_bytes);
    out.add_racers(wrapped_delta(u.racer.value(), racer));
    out.add_seconds(u.second.value() - second);
    out.add_device_timestamps(ms_of(u.device_timestamp) - timestamp);
    put_measured(u.measured, measured.data() + i * measured_bytes);
    racer = u.racer.value();
    second = u.second.value();
    timestamp = ms_of(u.device_timestamp);
    any_power |= u.measured.power != 0;
    any_heart_rate |= u.measured.heart_rate != 0;
    any_view |= u.wants_view;
    if (!u.name.empty()) {
      out.add_name_at(static_cast<std::uint32_t>(i));
      out.add_names(u.name);
    }
  }
  if (any_power)
    for (const auto& u : batch)
      out.add_power(u.measured.power);
  if (any_heart_rate)
    for (const auto& u : batch)
      *out.mutable_heart_rate() += static_cast<char>(u.measured.heart_rate);
  if (any_view) {
    out.mutable_views()->assign((batch.size() + 7) / 8, '\0');
    for (std::size_t i = 0; i < batch.size(); ++i)
      if (batch[i].wants_view)
        (*out.mutable_views())[i / 8] |= static_cast<char>(1U << (i % 8));
  }
}

/// Whether every column has the length that the number of racers asks for.
bool fits(const v1::Batch& in) {
  const auto n = in.racers_size();
  const auto bytes = static_cast<std::size_t>(n);
  return in.seconds_size() == n && in.device_timestamps_size() == n && in.measured().size() == bytes * measured_bytes &&
         (in.power_size() == 0 || in.power_size() == n) &&
         (in.heart_rate().empty() || in.heart_rate().size() == bytes) &&
         (in.views().empty() || in.views().size() == (bytes + 7) / 8) && in.name_at_size() == in.names_size();
}

bool read_names(const v1::Batch& in, journal_batch& out) {
  for (int i = 0; i < in.names_size(); ++i) {
    if (in.name_at(i) >= out.size() || (i > 0 && in.name_at(i) <= in.name_at(i - 1)) || !valid_name(in.names(i)))
      return false;
    out[in.name_at(i)].name = in.names(i);
  }
  return true;
}

std::optional<journal_content> read(const v1::Batch& in) {
  if (!fits(in))
    return std::nullopt;
  journal_batch out(static_cast<std::size_t>(in.racers_size()));
  std::uint32_t racer = 0;
  std::int64_t second = 0;
  std::uint64_t timestamp = 0; // unsigned: a hostile delta must not overflow
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto at = static_cast<int>(i);
    auto& u = out[i];
    racer += static_cast<std::uint32_t>(in.racers(at));
    second += in.seconds(at);
    timestamp += static_cast<std::uint64_t>(in.device_timestamps(at));
    u.racer = racer_id{racer};
    u.measured = get_measured(in.measured().data() + i * measured_bytes);
    if (second < 1 || second > 65'535 || timestamp > static_cast<std::uint64_t>(ms_of(max_device_timestamp)) ||
        u.measured.cadence > max_cadence || u.measured.resistance > max_resistance)
      return std::nullopt;
    u.second = own_second{static_cast<std::uint16_t>(second)};
    u.device_timestamp = at_ms(static_cast<std::int64_t>(timestamp));
    if (in.power_size() != 0) {
      if (in.power(at) > 65'535)
        return std::nullopt;
      u.measured.power = static_cast<std::uint16_t>(in.power(at));
    }
    if (!in.heart_rate().empty())
      u.measured.heart_rate = static_cast<std::uint8_t>(in.heart_rate()[i]);
    u.wants_view = !in.views().empty() && bit_of(in.views(), i);
  }
  if (!read_names(in, out))
    return std::nullopt;
  return out;
}

} // namespace

void encode(const journal_batch& batch, std::string& out) {
  thread_local v1::JournalEntry entry;
  auto& columns = *entry.mutable_batch();
  columns.Clear();
  fill(columns, batch);
  out.clear();
  entry.AppendToString(&out);
}

std::string encode(const journal_batch& batch) {
  std::string out;
  encode(batch, out);
  return out;
}

std::string encode(const close_mark& mark) {
  v1::JournalEntry entry;
  entry.mutable_close()->set_epoch(mark.owner_epoch.value());
  entry.mutable_close()->set_written(ms_of(mark.written));
  return entry.SerializeAsString();
}

std::optional<journal_content> decode_journal(std::string_view bytes) {
  thread_local v1::JournalEntry entry;
  if (!entry.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    return std::nullopt;
  switch (entry.kind_case()) {
  case v1::JournalEntry::kBatch:
    return read(entry.batch());
  case v1::JournalEntry::kClose:
    return close_mark{epoch{entry.close().epoch()}, at_ms(entry.close().written())};
  case v1::JournalEntry::KIND_NOT_SET:
    break;
  }
  return std::nullopt;
}

} // namespace alleycat
