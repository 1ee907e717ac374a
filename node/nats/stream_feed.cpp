#include "node/nats/stream_feed.hpp"

#include "node/telemetry/log.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace alleycat {

namespace {

using namespace std::chrono_literals;

constexpr auto retry_interval = 200ms;

/// A server may place a consumer on a peer that has just died, and then nobody answers: asking again soon helps, and a
/// worker that serves many feeds does not wait for one. A server that is only slow is given more time from try to try.
constexpr std::chrono::milliseconds first_deadline = 250ms;
constexpr std::chrono::milliseconds last_deadline = 2s;
/// How long a look at the end may take; it is repeated anyway.
constexpr std::chrono::milliseconds look_deadline = 500ms;

jsOptions within(std::chrono::milliseconds deadline) {
  jsOptions options;
  jsOptions_Init(&options);
  options.Wait = static_cast<std::int64_t>(deadline.count());
  return options;
}

} // namespace

/// What belongs to a subscription.
struct stream_feed::subscriber {
  std::shared_ptr<stream_feed> feed;
  std::uint64_t generation = 0;
  spent_messages spent;
};

std::uint64_t checksum_of(std::string_view payload) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : payload)
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return hash;
}

stream_feed::stream_feed(jsCtx* js, worker& thread, settings what, taker take, std::function<void()> backwards)
    : js_{js}, thread_{thread}, what_{std::move(what)}, take_{std::move(take)},
      backwards_{std::move(backwards)}, deadline_{first_deadline}, last_{what_.after} {}

void stream_feed::subscribe() {
  thread_.later([self = shared_from_this()] { self->subscribe_now(); });
}

void stream_feed::end() {
  ended_ = true;
  thread_.later([self = shared_from_this()] { self->drop_subscription(); });
}

bool stream_feed::is_current(std::uint64_t generation) {
  const std::lock_guard lock{mutex_};
  return generation == generation_;
}

void stream_feed::drop_subscription() {
  if (auto* old = std::exchange(subscription_, nullptr)) {
    natsSubscription_Unsubscribe(old);
    natsSubscription_Destroy(old);
  }
}

stream_feed::check stream_feed::look_up_last(const stream_cursor& last, nats_time last_time) {
  natsMsg* found = nullptr;
  auto options = within(deadline_);
  jsErrCode code = static_cast<jsErrCode>(0);
  const auto status = js_GetMsg(&found, js_, what_.stream.c_str(), last.sequence, &options, &code);
  const nats_message owned{found};
  if (status == NATS_NOT_FOUND || code == JSNoMessageFoundErr)
    return check::different;
  if (status != NATS_OK)
    return check::unknown;
  const auto stored = time_of(found);
  // Whoever read the message itself knows its time exactly; a mark from a store has milliseconds and a checksum.
  if (last_time != nats_time{})
    return stored == last_time ? check::same : check::different;
  return std::chrono::floor<milliseconds>(stored) == last.stored && checksum_of(payload_of(found)) == last.checksum
             ? check::same
             : check::different;
}

void stream_feed::subscribe_now() {
  if (ended_)
    return;
  drop_subscription();
  stream_cursor last;
  nats_time last_time;
  std::uint64_t generation = 0;
  {
    const std::lock_guard lock{mutex_};
    last = last_;
    last_time = last_time_;
    generation = ++generation_;
    last_delivery_ = 0;
  }
  const auto again = [&](const char* error) {
    log_event(log_level::warn, "stream.read_delayed",
              {{"stream", what_.stream}, {"filter", what_.filter}, {"error", error}});
    deadline_ = std::min(deadline_ * 2, last_deadline);
    // Not where the feed was made again meanwhile, which has retries of its own.
    thread_.later(retry_interval, [self = shared_from_this(), generation] {
      if (self->is_current(generation))
        self->subscribe_now();
    });
  };
  if (last.sequence != 0) {
    const auto found = look_up_last(last, last_time);
    if (found == check::unknown)
      return again("the message read last cannot be looked up");
    if (found == check::different) {
      log_event(log_level::warn, "stream.went_backwards",
                {{"stream", what_.stream}, {"filter", what_.filter}, {"sequence", last.sequence}});
      const std::lock_guard order{delivering_};
      {
        const std::lock_guard lock{mutex_};
        last_ = last = {};
        last_time_ = {};
      }
      backwards_();
    }
  }
  jsSubOptions options;
  jsSubOptions_Init(&options);
  options.Stream = what_.stream.c_str();
  options.Ordered = true;
  options.Config.DeliverPolicy = js_DeliverByStartSequence;
  options.Config.OptStartSeq = last.sequence + 1;
  auto closure = std::make_unique<subscriber>(subscriber{shared_from_this(), generation, {}});
  natsSubscription* subscription = nullptr;
  auto wait = within(deadline_);
  const auto status =
      js_Subscribe(&subscription, js_, what_.filter.c_str(), on_message, closure.get(), &wait, &options, nullptr);
  if (status != NATS_OK)
    return again(natsStatus_GetText(status));
  deadline_ = first_deadline;
  natsSubscription_SetPendingLimits(subscription, -1, -1);
  natsSubscription_SetOnCompleteCB(subscription, on_complete, closure.release());
  subscription_ = subscription;
}

void stream_feed::find_end(std::function<void(feed_end)> found) {
  thread_.later([self = shared_from_this(), found = std::move(found)] {
    if (self->ended_ || self->subscription_ == nullptr)
      return;
    auto end = self->look_at_consumer();
    if (!end) {
      // It may have been on a server that died: nats.c notices that after many seconds.
      self->subscribe_now();
      end = self->look_at_consumer();
    }
    if (end)
      found(*end);
  });
}

std::optional<feed_end> stream_feed::look_at_consumer() {
  if (subscription_ == nullptr)
    return std::nullopt;
  jsConsumerInfo* info = nullptr;
  auto options = within(look_deadline);
  if (natsSubscription_GetConsumerInfo(&info, subscription_, &options, nullptr) != NATS_OK)
    return std::nullopt;
  feed_end end{info->Delivered.Stream, info->NumPending};
  {
    // The server's sequence also passes what was deleted: where all it sent has come, the last that came is the end.
    const std::lock_guard lock{mutex_};
    if (info->Delivered.Consumer <= last_delivery_)
      end.delivered = last_.sequence;
  }
  jsConsumerInfo_Destroy(info);
  return end;
}

void stream_feed::deliver(natsMsg* message, std::uint64_t generation) {
  jsMsgMetaData* meta = nullptr;
  if (natsMsg_GetMetaData(&meta, message) != NATS_OK)
    return;
  const fed_message item{meta->Sequence.Stream, nats_time{std::chrono::nanoseconds{meta->Timestamp}}, meta->NumPending,
                         message};
  const auto delivery = meta->Sequence.Consumer;
  jsMsgMetaData_Destroy(meta);
  const std::lock_guard order{delivering_};
  if (ended_)
    return;
  {
    const std::lock_guard lock{mutex_};
    if (generation != generation_)
      return;
    last_delivery_ = delivery;
    if (item.sequence <= last_.sequence)
      return;
    last_.sequence = item.sequence;
    last_time_ = item.stored_exactly;
  }
  take_(item, [this] { return !ended_; });
}

void stream_feed::on_message(natsConnection*, natsSubscription*, natsMsg* message, void* closure) {
  auto& [feed, generation, spent] = *static_cast<subscriber*>(closure);
  feed->deliver(message, generation);
  spent.add(message);
}

void stream_feed::on_complete(void* closure) {
  delete static_cast<subscriber*>(closure);
}

} // namespace alleycat
