#include "node/queries/cursor.hpp"

#include <charconv>
#include <fmt/format.h>

namespace alleycat {

namespace {

/// Takes numbers off the front of a text, each ended by a dash or the end.
class parts {
public:
  explicit parts(std::string_view text) : rest_{text} {}

  template <class Number>
  Number number(int base = 10) {
    Number value{};
    const auto* end = rest_.data() + rest_.size();
    const auto [stop, error] = std::from_chars(rest_.data(), end, value, base);
    good_ = good_ && error == std::errc{} && (stop == end || *stop == '-');
    rest_.remove_prefix(good_ ? static_cast<std::size_t>(stop - rest_.data()) : rest_.size());
    more_ = !rest_.empty();
    if (more_)
      rest_.remove_prefix(1);
    return value;
  }

  /// Whatever is left; there has to have been a dash.
  std::string text() {
    good_ = good_ && more_;
    more_ = false;
    return std::string{rest_};
  }

  /// Whether all parts were numbers, and nothing is left.
  bool whole() const { return good_ && !more_; }

private:
  std::string_view rest_;
  bool good_ = true;
  bool more_ = true;
};

template <class Place>
std::optional<Place> if_whole(const parts& from, Place place) {
  return from.whole() ? std::optional{std::move(place)} : std::nullopt;
}

} // namespace

std::string cursor_text(const table_place& place) {
  return fmt::format("{}-{}", place.value.value(), place.racer.value());
}

std::string cursor_text(const history_place& place) {
  return fmt::format("{}-{}-{}", ms_of(place.closed), place.key.cls.value(), place.key.race.value());
}

std::string cursor_text(const name_book::hit_place& place) {
  return fmt::format("{}-{}-{}", place.other ? 1 : 0, place.racer.value(), place.folded);
}

std::string cursor_text(const race_place& place) {
  return fmt::format("{}-{:x}", place.row, place.table);
}

std::string cursor_text(std::uint64_t number) {
  return std::to_string(number);
}

std::optional<table_place> read_table_place(std::string_view text) {
  parts from{text};
  const score value{from.number<std::uint32_t>()};
  return if_whole(from, table_place{value, racer_id{from.number<std::uint32_t>()}});
}

std::optional<history_place> read_history_place(std::string_view text) {
  parts from{text};
  history_place place;
  place.closed = at_ms(static_cast<std::int64_t>(from.number<std::uint64_t>()));
  place.key.cls = class_id{from.number<std::uint16_t>()};
  place.key.race = race_id{from.number<std::uint32_t>()};
  return if_whole(from, place);
}

std::optional<name_book::hit_place> read_hit_place(std::string_view text) {
  parts from{text};
  name_book::hit_place place;
  const auto other = from.number<std::uint8_t>();
  place.other = other == 1;
  place.racer = racer_id{from.number<std::uint32_t>()};
  place.folded = from.text();
  return other > 1 ? std::nullopt : if_whole(from, std::move(place));
}

std::optional<race_place> read_race_place(std::string_view text) {
  parts from{text};
  race_place place;
  place.row = from.number<std::uint32_t>();
  place.table = from.number<std::uint64_t>(16);
  return if_whole(from, place);
}

std::optional<std::uint64_t> read_number(std::string_view text, std::uint64_t highest) {
  parts from{text};
  const auto number = from.number<std::uint64_t>();
  return number <= highest ? if_whole(from, number) : std::nullopt;
}

} // namespace alleycat
