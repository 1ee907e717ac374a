#include "messages/subjects.hpp"
#include "node/nats/cluster_bucket.hpp"
#include "node/telemetry/log.hpp"

#include <algorithm>
#include <utility>

namespace alleycat {

namespace {

using namespace std::chrono_literals;

constexpr auto retry_pause = 200ms;
/// A leader that was just elected may not yet show all that is stored: so long it has to answer that it has less.
constexpr auto behind_patience = 5s;
/// Markers cleared away in one go: each is a request.
constexpr std::size_t most_cleaned = 100;

} // namespace

// -- reading and watching ----------------------------------------------------------------------------------------------

void jetstream_bucket::handle(read_all_asked& x) {
  token_ = x.token;
  read_soon(0ms);
}

void jetstream_bucket::handle(reconnected&) {
  read_soon(0ms);
}

void jetstream_bucket::read_soon(std::chrono::milliseconds pause) {
  const auto at = clock::now() + pause;
  if (!read_at_ || at < *read_at_)
    read_at_ = at;
}

void jetstream_bucket::begin_reading() {
  read_at_.reset();
  reading_ = false;
  awaited_ = 0;
  end_watch();
  looking_ = true;
  blocking_->later([this] {
    if (!stopping_)
      jobs_->push(look_at_bucket(js_.get()));
  });
}

void jetstream_bucket::handle(bucket_look& x) {
  looking_ = false;
  if (!x.failure.empty()) {
    log_event(log_level::warn, "cluster.read_delayed", {{"error", x.failure}});
    if (x.silent)
      behind_since_.reset(); // silence is no answer
    read_soon(retry_pause);
    return;
  }
  if (read_at_ && *read_at_ <= clock::now())
    return; // asked for once more meanwhile
  const bool made_anew = !identity_.empty() && x.identity != identity_;
  const bool behind = x.last_sequence < highest_;
  if (behind && !made_anew) {
    const auto now = clock::now();
    if (!behind_since_)
      behind_since_ = now;
    if (now - *behind_since_ < behind_patience) {
      read_soon(retry_pause);
      return;
    }
  }
  behind_since_.reset();
  if (made_anew || behind) {
    log_event(log_level::error, "cluster.bucket_lost",
              {{"made_anew", made_anew}, {"sequence", x.last_sequence}, {"had", highest_}});
    lose();
  }
  identity_ = x.identity;
  if (made_anew) { // maybe just now: what it holds was asked before
    read_soon(0ms);
    return;
  }
  highest_ = std::max(highest_, x.last_sequence);
  reading_ = true;
  reading_since_ = clock::now();
  quiet_since_.reset();
  reading_token_ = token_;
  reading_to_ = x.last_sequence;
  watched_to_ = 0;
  watch();
}

/// What was asked of the old bucket gets no answer any more.
void jetstream_bucket::lose() {
  losses_.fetch_add(1);
  pending_.clear();
  markers_.clear();
  stored_id_ = last_id_;
  stored_sequence_ = highest_ = 0;
  newest_ = {};
  tell_(bucket_lost{});
}

void jetstream_bucket::watch() {
  tell_(entries_begin{});
  blocking_->later([this, number = ++watch_] {
    if (stopping_)
      return;
    auto take = [into = jobs_, number](nats_message message) { into->push(watched{number, std::move(message)}); };
    jobs_->push(subscribed{number, open_bucket_watch(js_.get(), std::move(take))});
  });
}

void jetstream_bucket::handle(subscribed& x) {
  if (x.watch != watch_) {
    blocking_->later([old = x.to.subscription] { close_bucket_watch(old); });
  } else if (x.to.subscription == nullptr) {
    log_event(log_level::warn, "cluster.watch_delayed", {{"error", x.to.failure}});
    reading_ = false;
    read_soon(retry_pause);
  } else {
    subscription_ = x.to.subscription;
  }
}

void jetstream_bucket::end_watch() {
  ++watch_; // what it still tells is not heard
  if (auto* old = std::exchange(subscription_, nullptr))
    blocking_->later([old] { close_bucket_watch(old); });
}

void jetstream_bucket::handle(watched& x) {
  if (x.watch != watch_)
    return;
  jsMsgMetaData* meta = nullptr;
  if (natsMsg_GetMetaData(&meta, x.message.get()) != NATS_OK)
    return;
  const auto sequence = meta->Sequence.Stream;
  const auto time = nats_time{std::chrono::nanoseconds{meta->Timestamp}};
  const auto more = meta->NumPending;
  jsMsgMetaData_Destroy(meta);
  if (sequence <= watched_to_) {
    read_soon(0ms);
    return;
  }
  watched_to_ = sequence;
  highest_ = std::max(highest_, sequence);
  newest_ = std::max(newest_, time);
  if (awaited_ != 0 && sequence >= awaited_)
    awaited_ = 0;
  if (const auto key = bucket_key_of(subject_of(x.message.get())); key && key != bucket_identity_key) {
    const bool deleted = is_deletion(x.message.get());
    if (deleted)
      markers_[*key] = {sequence, time};
    else
      markers_.erase(*key);
    tell_(bucket_entry{*key, deleted ? "" : std::string{payload_of(x.message.get())}, deleted,
                       std::chrono::floor<milliseconds>(time)});
  }
  quiet_since_.reset();
  if (reading_ && sequence >= reading_to_)
    all_told();
  else if (reading_ && more == 0)
    quiet_since_ = clock::now();
}

void jetstream_bucket::all_told() {
  reading_ = false;
  readings_.fetch_add(1);
  tell_(entries_read{reading_token_});
}

// -- markers -----------------------------------------------------------------------------------------------------------

/// Removes markers that are old enough.
void jetstream_bucket::clean() {
  if (reading_ || looking_ || read_at_ || cleaning_ || !connection_.connected())
    return;
  keys_and_sequences old;
  for (const auto& [key, each] : markers_)
    if (newest_ - each.time >= settings_.markers_stay && old.size() < most_cleaned)
      old.emplace_back(key, each.sequence);
  if (old.empty())
    return;
  cleaning_ = true;
  blocking_->later([this, old = std::move(old)] {
    if (!stopping_)
      jobs_->push(cleaned{purge_markers(js_.get(), old, [this] { return !stopping_.load(); })});
  });
}

void jetstream_bucket::handle(cleaned& x) {
  cleaning_ = false;
  for (const auto& [key, sequence] : x.markers)
    if (const auto found = markers_.find(key); found != markers_.end() && found->second.sequence == sequence)
      markers_.erase(found);
}

} // namespace alleycat
