/// What is said on the way from a bike into the journal, and the wake-ups that every actor has.
#pragma once

#include "actors/ports.hpp"
#include "racing/update.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <cstdint>
#include <string>

namespace alleycat {

/// The inbox beside the mailbox has something.
struct arrived {};

/// The linger time of pending updates is over. One that was overtaken by an earlier one does not count.
struct linger_over {
  unix_ms due{};
};

/// Time to look at the clock.
struct look_at_clock {};

/// Standings that wait may be due.
struct standings_due {};

/// The all-time ranks of a table that waits for them may be due.
struct ranks_due {};

/// Go on with work that is done a few milliseconds at a time.
struct work_on {};

/// One update as it came from NATS, decoded.
struct arrival {
  update content;
  refusal reason = refusal::none; ///< what the decoder found wrong
  std::string why;                ///< the same in words
  std::string reply_to;           ///< empty: no answer is wanted
};

/// Write what is pending and answer when nothing is unstored any more, or the deadline is near.
struct flush_pending {};

struct flushed {
  std::uint64_t unstored = 0; ///< updates given up
};

/// Ingest has an update for this race: somebody should own it.
struct race_hint {
  race_key key;
};

} // namespace alleycat

// Messages that stay within a node.
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::arrived)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::linger_over)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::look_at_clock)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::standings_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::ranks_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::work_on)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::journal_ack)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::flush_pending)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::flushed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(alleycat::race_hint)
