/// Updates from bikes and gateways: NATS messages in, decoded arrivals out.
#pragma once

#include "actors/ingest_messages.hpp"
#include "actors/meters.hpp"
#include "messages/update_json.hpp"
#include "node/nats/nats_connection.hpp"
#include "node/ports/answers.hpp"
#include "node/ports/dead_letters.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace alleycat {

/// One subscription of the queue group each for updates and batches. Each has its own thread and its own decoder. Ingest is woken
/// when all that waited is decoded, not at the first of it: a burst would cost a turn of the actor for every few updates.
class update_listener {
public:
  /// @param inbox  of an ingest actor
  /// @param wake   called soon after the inbox has stopped being empty
  update_listener(const nats_connection& connection, std::uint32_t ride_seconds,
                  std::shared_ptr<handoff<arrival>> inbox, std::function<void()> wake, answer_desk& answers,
                  meters& counts, dead_letters& letters);

  /// What the library holds for the callbacks: of single updates, and of gateways' batches.
  nats_subscription::backlog waiting_updates() const { return subscriptions_.at(0).waiting(); }
  nats_subscription::backlog waiting_batches() const { return subscriptions_.at(1).waiting(); }

private:
  /// What the thread of a subscription has.
  struct stream {
    update_decoder decoder;
    bool owes_wake = false; ///< it found the inbox empty
  };

  void take_update(natsMsg* message, stream& from);
  void take_batch(natsMsg* message, stream& from);
  void push(arrival&& a, stream& from);

  std::shared_ptr<handoff<arrival>> inbox_;
  std::function<void()> wake_;
  answer_desk& answers_;
  meters& counts_;
  dead_letters& letters_;
  std::vector<nats_subscription> subscriptions_; // last: their callbacks use the rest
};

} // namespace alleycat
