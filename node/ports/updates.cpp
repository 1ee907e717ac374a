#include "node/ports/updates.hpp"

#include "messages/subjects.hpp"

#include <utility>

namespace alleycat {

namespace {

/// Messages of a subscription that wait for its thread, before the library drops some (and counts it).
constexpr int pending_limit = 500'000;

/// The reply subject when it may be answered, else nothing.
std::string answerable(natsMsg* message) {
  const auto reply = reply_of(message);
  return may_answer(reply) ? std::string{reply} : std::string{};
}

} // namespace

update_listener::update_listener(const nats_connection& connection, std::uint32_t ride_seconds,
                                 std::shared_ptr<handoff<arrival>> inbox, std::function<void()> wake,
                                 answer_desk& answers, meters& counts, dead_letters& letters)
    : inbox_{std::move(inbox)}, wake_{std::move(wake)}, answers_{answers}, counts_{counts}, letters_{letters} {
  const auto listen = [&](std::string_view subject, void (update_listener::*take)(natsMsg*, stream&)) {
    const auto from = std::make_shared<stream>(stream{update_decoder{ride_seconds}});
    subscriptions_.push_back(connection.subscribe(
        std::string{subject}.c_str(), std::string{ingest_queue}.c_str(),
        [this, from, take](natsMsg* message) { (this->*take)(message, *from); }, pending_limit,
        [this, from] {
          if (std::exchange(from->owes_wake, false))
            wake_();
        }));
  };
  listen(all_updates, &update_listener::take_update);
  listen(all_batches, &update_listener::take_batch);
}

void update_listener::take_update(natsMsg* message, stream& from) {
  arrival a;
  const auto address = parse_update_subject(subject_of(message));
  a.reason = from.decoder.decode_any(payload_of(message), a.content, a.why);
  if (!address) {
    a.reason = refusal::bad_subject;
    a.why = "the subject is not alleycat.update.<class>.<racer>";
  } else if (a.reason == refusal::none && (address->cls != a.content.cls || address->racer != a.content.racer)) {
    a.reason = refusal::identity_mismatch;
    a.why = "the subject is of class " + std::to_string(address->cls.value()) + ", racer " +
            std::to_string(address->racer.value()) + ", the message is not";
  }
  if (a.reason != refusal::none)
    letters_.add(address ? address->cls : class_id{}, subject_of(message), a.reason, payload_of(message));
  a.reply_to = answerable(message);
  push(std::move(a), from);
}

void update_listener::take_batch(natsMsg* message, stream& from) {
  std::vector<batch_item> items;
  arrival whole;
  whole.reason = from.decoder.decode_batch(payload_of(message), items, whole.why);
  if (whole.reason != refusal::none || items.empty()) {
    if (whole.reason == refusal::none) {
      whole.reason = refusal::missing_field;
      whole.why = "the batch has no updates";
    }
    letters_.add(class_id{}, subject_of(message), whole.reason, payload_of(message));
    whole.reply_to = answerable(message);
    return push(std::move(whole), from);
  }
  auto addresses = answers_.expect_batch(answerable(message), items.size());
  for (std::size_t i = 0; i < items.size(); ++i)
    push({std::move(items[i].content), items[i].verdict, std::move(items[i].why), std::move(addresses[i])}, from);
}

void update_listener::push(arrival&& a, stream& from) {
  switch (inbox_->push(a)) {
  case handoff<arrival>::outcome::wake:
    from.owes_wake = true;
    break;
  case handoff<arrival>::outcome::more:
    break;
  case handoff<arrival>::outcome::full:
    counts_.updates_received.add();
    counts_.updates_refused[static_cast<std::size_t>(refusal::busy)].add();
    if (!a.reply_to.empty())
      answers_.refused(a.reply_to, refusal::busy, "this node does not keep up");
    break;
  }
}

} // namespace alleycat
