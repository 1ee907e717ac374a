/// The part of Garmin's FIT that says how hard somebody pedalled.
///
/// A file is a header, records, and a CRC over both; several of them may stand one behind the other. The header:
///
///     0       size of the header, 12 or 14      4..7   bytes of the records, little endian
///     1       protocol version                  8..11  ".FIT"
///     2..3    profile version                   12..13 CRC of bytes 0..11, or 0 (size 14)
///
/// A record begins with a byte: 1TTSSSSS is data of local type TT with the low five bits S of its time; 01D0TTTT defines local type
/// TTTT, with developer fields if D; 00.0TTTT is data of it. A definition: a reserved byte, 1 if big endian, the number of the message
/// (20: a record of the ride), and for each field its number, its bytes and its type; data are just the fields. A field whose
/// bits are all set has no value. Times are seconds since 1989-12-31T00:00:00Z.
#include "ops/alleycat/commands.hpp"
#include "ops/alleycat/recording.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace alleycat::cli {

namespace {

/// What FIT counts seconds from.
constexpr unix_ms fit_epoch = std::chrono::sys_days{std::chrono::year{1989} / 12 / 31};
constexpr std::uint32_t record_message = 20;
constexpr std::size_t crc_bytes = 2;

enum class fit_number : std::uint8_t {
  heart_rate = 3,
  cadence = 4,
  power = 7,
  fractional_cadence = 53,
  timestamp = 253
};
enum class fit_type : std::uint8_t { uint8 = 0x02, uint16 = 0x84, uint32 = 0x86 };

struct fit_field {
  fit_number number{};
  std::uint8_t size = 0;
  fit_type type{};
};
struct fit_definition {
  bool known = false;
  bool big_endian = false;
  std::uint32_t message = 0;
  std::vector<fit_field> fields;
  std::size_t developer_bytes = 0;
};

/// CRC-16/ARC, as FIT wants it.
std::uint16_t crc_of(std::string_view bytes) {
  std::uint32_t crc = 0;
  for (const char byte : bytes) {
    crc ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit)
      crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0xA001U : 0U);
  }
  return static_cast<std::uint16_t>(crc);
}

/// Bytes from the front; nothing is read behind the end.
class byte_reader {
public:
  explicit byte_reader(std::string_view bytes) : bytes_{bytes} {}

  bool at_end() const { return bytes_.empty(); }
  std::string_view take(std::size_t count) {
    if (count > bytes_.size())
      throw command_failed{"it is cut off, or no FIT file: a record reaches over its end"};
    const auto taken = bytes_.substr(0, count);
    bytes_.remove_prefix(count);
    return taken;
  }
  std::uint8_t byte() { return static_cast<std::uint8_t>(take(1).front()); }
  std::uint32_t number(std::size_t size, bool big_endian = false) { return number_of(take(size), big_endian); }

  static std::uint32_t number_of(std::string_view bytes, bool big_endian) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i)
      value = value << 8U | static_cast<unsigned char>(bytes[big_endian ? i : bytes.size() - 1 - i]);
    return value;
  }

private:
  std::string_view bytes_;
};

/// Reads the records of one file.
class records_reader {
public:
  records_reader(std::string_view records, std::vector<recorded_sample>& samples) : in_{records}, samples_{samples} {}

  void read_all() {
    while (!in_.at_end()) {
      const auto head = in_.byte();
      if ((head & 0x80U) != 0)
        read_data(head >> 5U & 0x3U, head & 0x1FU);
      else if ((head & 0x40U) != 0)
        read_definition(head & 0xFU, (head & 0x20U) != 0);
      else
        read_data(head & 0xFU, std::nullopt);
    }
  }

private:
  void read_definition(std::size_t local, bool has_developer_fields) {
    fit_definition d;
    d.known = true;
    in_.byte();
    d.big_endian = in_.byte() != 0;
    d.message = in_.number(2, d.big_endian);
    d.fields.resize(in_.byte());
    for (auto& f : d.fields)
      f = {fit_number{in_.byte()}, in_.byte(), fit_type{in_.byte()}};
    if (has_developer_fields)
      for (auto count = in_.byte(); count != 0; --count)
        d.developer_bytes += static_cast<unsigned char>(in_.take(3)[1]);
    types_.at(local) = std::move(d);
  }

  void read_data(std::size_t local, std::optional<std::uint32_t> time_offset) {
    const auto& d = types_.at(local);
    if (!d.known)
      throw command_failed{fmt::format("it is damaged: data of type {}, which is not defined", local)};
    std::optional<std::uint32_t> watts, rpm, rpm_128ths, beats, at;
    for (const auto& f : d.fields) {
      const auto bytes = in_.take(f.size);
      const auto read = [&](fit_type type, std::size_t size, std::optional<std::uint32_t>& into) {
        if (f.type == type && f.size == size && bytes.find_first_not_of('\xFF') != std::string_view::npos)
          into = byte_reader::number_of(bytes, d.big_endian);
      };
      switch (f.number) {
      case fit_number::timestamp:
        read(fit_type::uint32, 4, at);
        break;
      case fit_number::power:
        read(fit_type::uint16, 2, watts);
        break;
      case fit_number::cadence:
        read(fit_type::uint8, 1, rpm);
        break;
      case fit_number::fractional_cadence:
        read(fit_type::uint8, 1, rpm_128ths);
        break;
      case fit_number::heart_rate:
        read(fit_type::uint8, 1, beats);
        break;
      }
    }
    in_.take(d.developer_bytes);
    if (time_offset) {
      if (!last_)
        throw command_failed{"it is damaged: a compressed time before the first whole one"};
      at = *last_ + ((*time_offset - *last_) & 0x1FU);
    }
    if (at)
      last_ = at;
    if (d.message != record_message || !at || !watts)
      return;
    auto tenths = rpm ? std::optional{(*rpm * 128 + rpm_128ths.value_or(0)) * 10 / 128} : std::nullopt;
    if (tenths)
      tenths = std::min<std::uint32_t>(*tenths, max_cadence);
    auto m = measured_by_power(*watts, tenths ? std::optional{static_cast<std::uint16_t>(*tenths)} : std::nullopt);
    m.power = static_cast<std::uint16_t>(*watts);
    m.heart_rate = static_cast<std::uint8_t>(beats.value_or(0));
    samples_.push_back({fit_epoch + std::chrono::seconds{*at}, m});
  }

  byte_reader in_;
  std::vector<recorded_sample>& samples_;
  std::array<fit_definition, 16> types_;
  std::optional<std::uint32_t> last_;
};

/// One file from the front of `bytes`. @returns its length
std::size_t read_one(std::string_view bytes, std::vector<recorded_sample>& samples) {
  constexpr std::size_t short_header = 12;
  constexpr std::size_t long_header = 14;
  byte_reader head{bytes.substr(0, std::min(bytes.size(), long_header))};
  const std::size_t header = head.byte();
  if ((header != short_header && header != long_header) || bytes.size() < header || bytes.substr(8, 4) != ".FIT")
    throw command_failed{"it is no FIT file"};
  head.take(3);
  const std::size_t records = head.number(4);
  head.take(4);
  if (header == long_header)
    if (const auto crc = head.number(2); crc != 0 && crc != crc_of(bytes.substr(0, short_header)))
      throw command_failed{"it is damaged: the checksum of its header is wrong"};
  const auto whole = header + records + crc_bytes;
  if (records == 0 || bytes.size() < whole)
    throw command_failed{"it is cut off: it was perhaps not finished by the device"};
  if (crc_of(bytes.substr(0, header + records)) !=
      byte_reader::number_of(bytes.substr(header + records, crc_bytes), false))
    throw command_failed{"it is damaged: its checksum is wrong"};
  records_reader{bytes.substr(header, records), samples}.read_all();
  return whole;
}

} // namespace

recording read_fit(std::string_view bytes) {
  std::vector<recorded_sample> samples;
  if (bytes.empty())
    throw command_failed{"it is no FIT file"};
  while (!bytes.empty())
    bytes.remove_prefix(read_one(bytes, samples));
  return seconds_of(samples, std::nullopt);
}

} // namespace alleycat::cli
