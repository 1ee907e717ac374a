/// Ids and quantities as types: a racer id cannot be passed where a race id is meant.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace alleycat {

/// A number with a name. Compares like the number, converts only on demand.
template <class Tag, class Number>
class named_number {
public:
  using number_type = Number;

  constexpr named_number() = default;
  constexpr explicit named_number(Number value) : value_{value} {}

  constexpr Number value() const { return value_; }

  friend constexpr auto operator<=>(named_number, named_number) = default;

  /// For CAF's serialisation; no CAF header needed here.
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, named_number& x) {
    return f(x.value_);
  }

private:
  Number value_{};
};

/// A course: 1..65535.
using class_id = named_number<struct class_id_tag, std::uint16_t>;
/// `floor(start seconds / window)`: 0..2^32-1. Names a race only together with its class.
using race_id = named_number<struct race_id_tag, std::uint32_t>;
/// A rider: 0..2^32-1.
using racer_id = named_number<struct racer_id_tag, std::uint32_t>;
/// A second of a ride by the rider's own race clock: 1..ride_seconds.
using own_second = named_number<struct own_second_tag, std::uint16_t>;
/// Output or total in units of 0.0001 (the exact granularity of the formula, see update.hpp).
using score = named_number<struct score_tag, std::uint32_t>;
/// Fencing token of an owner: a higher epoch overrules a lower one, for ever.
using epoch = named_number<struct epoch_tag, std::uint64_t>;
/// Sequence of a message in the journal stream of its class; 0 = nothing read yet.
using journal_position = named_number<struct journal_position_tag, std::uint64_t>;

/// 1 = first; equal scores share a rank (1, 2, 2, 4).
using rank_t = std::uint32_t;

/// What names a race. Two classes have races of the same id in the same window.
struct race_key {
  class_id cls;
  race_id race;

  friend constexpr auto operator<=>(const race_key&, const race_key&) = default;

  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, race_key& x) {
    return f(x.cls, x.race);
  }
};

} // namespace alleycat

template <class Tag, class Number>
struct std::hash<alleycat::named_number<Tag, Number>> {
  std::size_t operator()(alleycat::named_number<Tag, Number> x) const noexcept {
    return std::hash<Number>{}(x.value());
  }
};

template <>
struct std::hash<alleycat::race_key> {
  std::size_t operator()(const alleycat::race_key& x) const noexcept {
    return std::hash<std::uint64_t>{}(std::uint64_t{x.cls.value()} << 32 | x.race.value());
  }
};
