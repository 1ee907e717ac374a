/// What can go wrong between actors. Turned into text, HTTP or NATS replies only in node/.
#pragma once

#include <caf/error.hpp>
#include <caf/fwd.hpp>
#include <caf/make_message.hpp>

#include <cstdint>
#include <string>

namespace alleycat {

enum class ec : std::uint8_t {
  none = 0,
  unknown_class,          ///< no such class is configured
  unknown_race,           ///< the race is neither open nor kept
  not_ready,              ///< the class is still being loaded; ask again
  store_failed,           ///< LMDB refused; the message says why
  not_stored,             ///< the results stream did not confirm; try again
  not_owner,              ///< another node owns the class
  journal_went_backwards, ///< the race has to be read again from the start
};

std::string to_string(ec code);

/// Makes `ec` errors printable by the actor system.
void add_error_category(caf::actor_system_config& config);

} // namespace alleycat

CAF_ERROR_CODE_ENUM(alleycat::ec, "alleycat")
