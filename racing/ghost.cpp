#include "racing/ghost.hpp"

#include <charconv>

namespace alleycat {

namespace {

/// Canonical decimal, or nothing.
std::optional<std::uint32_t> number_in(std::string_view text) {
  std::uint32_t value = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  if (read.ec != std::errc{} || read.ptr != end || (text.size() > 1 && text.front() == '0'))
    return std::nullopt;
  return value;
}

constexpr std::string_view rank_prefix = "rank-";

} // namespace

std::optional<ghost_choice> parse_ghost(std::string_view text) {
  if (text == "leader")
    return ghost_choice{ghost_kind::leader, 0};
  if (text == "median")
    return ghost_choice{ghost_kind::median, 0};
  if (text.starts_with(rank_prefix)) {
    const auto place = number_in(text.substr(rank_prefix.size()));
    return place && *place != 0 ? std::optional{ghost_choice{ghost_kind::rank, *place}} : std::nullopt;
  }
  const auto racer = number_in(text);
  return racer ? std::optional{ghost_choice{ghost_kind::racer, *racer}} : std::nullopt;
}

std::string kind_text(const ghost_choice& choice) {
  switch (choice.kind) {
  case ghost_kind::leader:
    return "leader";
  case ghost_kind::median:
    return "median";
  case ghost_kind::rank:
    return std::string{rank_prefix} + std::to_string(choice.number);
  case ghost_kind::racer:
    break;
  }
  return "racer";
}

} // namespace alleycat
