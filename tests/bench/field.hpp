/// Who rides in a benchmark: the same races and riders for every contender.
#pragma once

#include "racing/ids.hpp"
#include "racing/update.hpp"

#include <cstdint>

namespace alleycat::bench {

inline constexpr std::uint64_t history_seed = 1;
inline constexpr std::uint64_t live_seed = 2;

/// Races of `race_size` riders each, spread over the classes: race r is of class 1 + r % classes. The riders of a class are
/// numbered from 1 on, so they have a history where there is one.
struct field {
  std::uint32_t riders = 6'000;
  std::uint32_t race_size = 1'000;
  std::uint16_t classes = 6;
  std::uint32_t first_race = 5'400'000;

  std::uint32_t races() const { return (riders + race_size - 1) / race_size; }
  std::uint32_t size_of(std::uint32_t race) const {
    return race + 1 == races() ? riders - race * race_size : race_size;
  }
  race_key key(std::uint32_t race) const {
    return {class_id{static_cast<std::uint16_t>(1 + race % classes)}, race_id{first_race + race / classes}};
  }
  /// @returns races() for a race that is not of this field
  std::uint32_t race_of(race_key key) const {
    const auto of_class = key.race.value() - first_race;
    const auto race = of_class * classes + key.cls.value() - 1U;
    return key.race.value() < first_race || key.cls.value() > classes || race >= races() ? races() : race;
  }
  racer_id racer(std::uint32_t race, std::uint32_t i) const { return racer_id{1 + race / classes * race_size + i}; }
  /// The inverse of `racer`. @pre the racer rides in this race
  std::uint32_t place_of(std::uint32_t race, racer_id racer) const {
    return racer.value() - 1 - race / classes * race_size;
  }
};

} // namespace alleycat::bench
