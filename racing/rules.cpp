#include "racing/rules.hpp"

#include <algorithm>

namespace alleycat {

namespace {

std::optional<std::string> outside(std::string_view what, std::uint32_t value, std::uint32_t low, std::uint32_t high) {
  if (value >= low && value <= high)
    return std::nullopt;
  return std::string{what} + " " + std::to_string(value) + " is outside " + std::to_string(low) + ".." +
         std::to_string(high);
}

} // namespace

const class_rules* rule_set::find(class_id id) const {
  const auto found = std::find_if(classes.begin(), classes.end(), [id](const auto& c) { return c.id == id; });
  return found == classes.end() ? nullptr : &*found;
}

std::vector<class_rules> shipped_classes() {
  return {
      {class_id{1}, "Harbour Flat", 1, scoring::total},   {class_id{2}, "River Rollers", 2, scoring::total},
      {class_id{3}, "Old Town Twist", 3, scoring::total}, {class_id{4}, "Quarry Ramp", 4, scoring::total},
      {class_id{5}, "Ridge Traverse", 5, scoring::total}, {class_id{6}, "Summit Hairpins", 6, scoring::total},
  };
}

std::optional<std::string> first_fault(const rule_set& rules) {
  const auto& race = rules.race;
  for (const auto& fault :
       {outside("race.window_seconds", race.window_seconds, 1, max_window_seconds),
        outside("race.ride_seconds", race.ride_seconds, 1, max_ride_seconds),
        outside("race.grace_seconds", race.grace_seconds, 0, 3600),
        outside("race.capacity", race.capacity, 1, max_capacity), outside("race.min_percent", race.min_percent, 1, 100),
        outside("race.idle_close_seconds", race.idle_close_seconds, 1, 3600)})
    if (fault)
      return fault;
  if (rules.classes.empty())
    return "there is no class";
  for (std::size_t i = 0; i < rules.classes.size(); ++i) {
    if (rules.classes[i].id.value() == 0)
      return "class id 0 is outside 1..65535";
    if (i > 0 && rules.classes[i - 1].id >= rules.classes[i].id)
      return "class " + std::to_string(rules.classes[i].id.value()) + " is there twice, or out of order";
  }
  return std::nullopt;
}

} // namespace alleycat
