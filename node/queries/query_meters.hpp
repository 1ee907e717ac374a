/// How long questions take, by verb.
#pragma once

#include "actors/meters.hpp"

#include <array>
#include <string_view>

namespace alleycat {

/// Thread safe.
class query_meters {
public:
  /// The last one stands for what is no verb: names that strangers send become no labels.
  static constexpr std::array<std::string_view, 20> verbs{
      "now",     "classes", "leaderboard", "alltime", "races",  "race",    "racer", "ride",  "ghost",        "search",
      "cluster", "drain",   "rename",      "hide",    "forget", "exclude", "clear", "audit", "choose_ghost", "unknown"};
  struct of_verb {
    histogram took{buckets::work};
    counter errors;
  };

  /// @param verb  any text
  of_verb& of(std::string_view verb) {
    std::size_t i = 0;
    while (i + 1 < verbs.size() && verbs[i] != verb)
      ++i;
    return all_[i];
  }
  const std::array<of_verb, verbs.size()>& all() const { return all_; }

private:
  std::array<of_verb, verbs.size()> all_;
};

} // namespace alleycat
