#include "actors/errors.hpp"

#include <caf/actor_system_config.hpp>
#include <caf/message.hpp>

namespace alleycat {

std::string to_string(ec code) {
  switch (code) {
  case ec::none:
    return "none";
  case ec::unknown_class:
    return "unknown_class";
  case ec::unknown_race:
    return "unknown_race";
  case ec::not_ready:
    return "not_ready";
  case ec::store_failed:
    return "store_failed";
  case ec::not_stored:
    return "not_stored";
  case ec::not_owner:
    return "not_owner";
  case ec::journal_went_backwards:
    return "journal_went_backwards";
  }
  return "unknown";
}

void add_error_category(caf::actor_system_config& config) {
  config.add_error_category(caf::atom("alleycat"), [](std::uint8_t code, caf::atom_value, const caf::message& context) {
    auto text = to_string(static_cast<ec>(code));
    if (context.match_elements<std::string>())
      text += ": " + context.get_as<std::string>(0);
    return text;
  });
}

} // namespace alleycat
