#include "node/nats/cluster_bucket.hpp"

#include "messages/subjects.hpp"
#include "node/telemetry/log.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <utility>

namespace alleycat {

namespace {

using namespace std::chrono_literals;

/// How often it is looked what time brings: while something is awaited, and else.
constexpr auto look_each = 100ms;
constexpr auto look_seldom = 1s;
constexpr auto retry_pause = 200ms;
/// A leader that was just elected may not yet show all that is stored: so long it has to answer that it has less.
constexpr auto behind_patience = 5s;
constexpr auto reading_patience = 5s;
/// A replica that is a little behind tells less than there is, and the rest in a moment.
constexpr auto quiet_patience = 300ms;
constexpr std::int64_t look_deadline_ms = 1'000;
/// Names the bucket; written once, by whoever finds it without, and told to nobody.
constexpr std::string_view identity_key = "identity";
/// Markers cleared away in one go: each is a request.
constexpr std::size_t most_cleaned = 100;

std::uint64_t number_of(std::string_view text) {
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::string_view header(natsMsg* message, const char* name) {
  const char* value = nullptr;
  return natsMsgHeader_Get(message, name, &value) == NATS_OK ? std::string_view{value} : std::string_view{};
}

/// What leaves a marker, by NATS' KV.
bool is_deletion(natsMsg* message) {
  const auto operation = header(message, "KV-Operation");
  return operation == "DEL" || operation == "PURGE";
}

struct stored {
  std::uint64_t sequence = 0; ///< 0: not stored
  int error = 0;
};

/// A JetStream PubAck: `{"stream":"…","seq":12}` or `{"error":{"err_code":10071,…},…}`.
stored parse_stored(std::string_view json) {
  const auto parsed = nlohmann::json::parse(json, nullptr, false);
  if (!parsed.is_object())
    return {};
  if (const auto error = parsed.find("error"); error != parsed.end())
    return {0, error->is_object() ? error->value("err_code", 0) : 0};
  return {parsed.value("seq", std::uint64_t{0}), 0};
}

} // namespace

// -- from other threads ------------------------------------------------------------------------------------------------

void jetstream_bucket::jobs::push(job what) {
  const std::lock_guard lock{mutex};
  waiting.push_back(std::move(what));
  changed.notify_all();
}

void jetstream_bucket::on_watched(natsConnection*, natsSubscription*, natsMsg* message, void* closure) {
  const auto& to = *static_cast<watch_closure*>(closure);
  to.into->push(watched{to.watch, nats_message{message}});
}

void jetstream_bucket::on_watch_over(void* closure) {
  delete static_cast<watch_closure*>(closure);
}

void jetstream_bucket::put(const std::string& key, const std::string& value) {
  jobs_->push(asked{call::put, key, value});
}

void jetstream_bucket::create(const std::string& key, const std::string& value) {
  jobs_->push(asked{call::create, key, value});
}

void jetstream_bucket::read(const std::string& key) {
  jobs_->push(asked{call::read, key, {}});
}

void jetstream_bucket::erase(const std::string& key) {
  jobs_->push(asked{call::erase, key, {}});
}

void jetstream_bucket::read_all(std::uint64_t token) {
  jobs_->push(read_all_asked{token});
}

// -- life --------------------------------------------------------------------------------------------------------------

jetstream_bucket::jetstream_bucket(const std::vector<std::string>& urls, const std::string& node_name,
                                   std::function<void(const bucket_event&)> tell, bucket_settings settings)
    : tell_{std::move(tell)}, settings_{settings}, clean_at_{clock::now() + settings.clean_each},
      connection_{urls, node_name + " cluster", [into = jobs_] { into->push(reconnected{}); }},
      js_{jetstream_of(connection_)}, inbox_{new_inbox()} {
  answers_ = connection_.subscribe((inbox_ + ".*").c_str(), nullptr,
                                   [this](natsMsg* message) {
                                     const auto id = number_of(subject_of(message).substr(inbox_.size() + 1));
                                     jobs_->push(answered{id, std::string{header(message, "Status")},
                                                          std::string{payload_of(message)}, is_deletion(message)});
                                   },
                                   -1);
  read_soon(0ms);
  blocking_ = std::make_unique<worker>();
  thread_ = std::thread{[this] { work(); }};
}

jetstream_bucket::~jetstream_bucket() {
  {
    const std::lock_guard lock{jobs_->mutex};
    jobs_->stopping = true;
    jobs_->changed.notify_all();
  }
  thread_.join();
  connection_.flush(1'000);
  stopping_ = true;
  end_watch();
  blocking_.reset();
  const std::lock_guard lock{jobs_->mutex};
  for (auto& rest : jobs_->waiting)
    if (auto* late = std::get_if<subscribed>(&rest))
      close_watch(late->subscription);
}

void jetstream_bucket::work() {
  for (;;) {
    std::optional<job> next;
    {
      const bool waits = !pending_.empty() || awaited_ != 0 || reading_ || read_at_;
      std::unique_lock lock{jobs_->mutex};
      jobs_->changed.wait_for(lock, waits ? std::chrono::milliseconds{look_each} : look_seldom,
                              [this] { return jobs_->stopping || !jobs_->waiting.empty(); });
      if (jobs_->waiting.empty() && jobs_->stopping)
        return;
      if (!jobs_->waiting.empty()) {
        next = std::move(jobs_->waiting.front());
        jobs_->waiting.pop_front();
      }
    }
    if (next)
      std::visit([this](auto& x) { handle(x); }, *next);
    look_around(clock::now());
  }
}

/// Everything that time brings.
void jetstream_bucket::look_around(clock::time_point now) {
  std::vector<pending> late;
  std::erase_if(pending_, [&](const auto& entry) {
    if (now < entry.second.deadline)
      return false;
    late.push_back(entry.second);
    return true;
  });
  for (const auto& what : late)
    give_up(what);
  if (awaited_ != 0 && now - awaited_since_ >= settings_.watch_deadline) {
    log_event(log_level::warn, "cluster.watch_dead", {{"sequence", awaited_}});
    awaited_ = 0;
    read_soon(0ms);
  }
  if (reading_ && quiet_since_ && now - *quiet_since_ >= quiet_patience)
    all_told();
  if (reading_ && now - reading_since_ >= reading_patience)
    read_soon(0ms);
  if (read_at_ && now >= *read_at_ && !looking_ && connection_.connected())
    begin_reading();
  if (now >= clean_at_) {
    clean_at_ = now + settings_.clean_each;
    clean();
  }
}

// -- requests and answers ----------------------------------------------------------------------------------------------

void jetstream_bucket::handle(asked& x) {
  const auto id = ++last_id_;
  pending wait{x.what, x.key, clock::now() + settings_.call_deadline};
  // What would wait in the library's buffer for a connection might come when nobody wants it any more.
  if (!connection_.connected()) {
    give_up(wait);
    return;
  }
  const auto subject = bucket_subject(x.key);
  const auto reply_to = inbox_ + "." + std::to_string(id);
  const auto get = nlohmann::json{{"last_by_subj", subject}}.dump();
  natsMsg* raw = nullptr;
  const auto& text = x.what == call::read ? get : x.value;
  if (natsMsg_Create(&raw, x.what == call::read ? direct_get_subject(cluster_stream).c_str() : subject.c_str(),
                     reply_to.c_str(), text.data(), static_cast<int>(text.size())) != NATS_OK) {
    give_up(wait);
    return;
  }
  const nats_message message{raw};
  if (x.what == call::create)
    natsMsgHeader_Set(raw, "Nats-Expected-Last-Subject-Sequence", "0");
  if (x.what == call::erase)
    natsMsgHeader_Set(raw, "KV-Operation", "DEL");
  if (natsConnection_PublishMsg(connection_.get(), raw) != NATS_OK) {
    give_up(wait);
    return;
  }
  pending_.emplace(id, std::move(wait));
}

void jetstream_bucket::give_up(const pending& what) {
  if (what.what == call::create)
    tell_(create_outcome{what.key, creation::unknown});
  else if (what.what == call::read)
    tell_(read_outcome{{what.key, {}}, finding::failed});
}

void jetstream_bucket::handle(answered& x) {
  const auto found = pending_.find(x.id);
  if (found == pending_.end())
    return; // given up
  const auto wait = std::move(found->second);
  pending_.erase(found);
  if (x.status == "503") {
    // No stream of that name, or nobody leads it.
    give_up(wait);
    read_soon(retry_pause);
  } else if (wait.what == call::read) {
    answer_read(wait, x);
  } else {
    const auto ack = parse_stored(x.payload);
    if (ack.sequence != 0 && !in_order(x.id, ack.sequence)) {
      give_up(wait);
      read_soon(0ms);
    } else if (wait.what == call::create) {
      const bool taken = ack.error == JSStreamWrongLastSequenceErr;
      if (ack.sequence == 0 && !taken)
        give_up(wait);
      else
        tell_(create_outcome{wait.key, taken ? creation::taken : creation::created});
    }
  }
}

bool jetstream_bucket::in_order(std::uint64_t id, std::uint64_t sequence) {
  if (id < stored_id_ ? sequence >= stored_sequence_ : sequence <= stored_sequence_)
    return false;
  if (id > stored_id_) {
    stored_id_ = id;
    stored_sequence_ = sequence;
  }
  highest_ = std::max(highest_, sequence);
  if (awaited_ == 0 && sequence > watched_to_ && !reading_ && !read_at_) {
    awaited_ = sequence;
    awaited_since_ = clock::now();
  }
  return true;
}

void jetstream_bucket::answer_read(const pending& to, const answered& x) {
  if (x.status == "404")
    tell_(read_outcome{{to.key, {}}, finding::absent});
  else if (!x.status.empty())
    give_up(to);
  else
    tell_(read_outcome{{to.key, x.deleted ? "" : x.payload, x.deleted}, finding::found});
}

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
      jobs_->push(look());
  });
}

jetstream_bucket::looked jetstream_bucket::look() {
  const std::string stream{cluster_stream};
  jsOptions options;
  jsOptions_Init(&options);
  options.Wait = look_deadline_ms;
  jsStreamInfo* found = nullptr;
  auto code = static_cast<jsErrCode>(0);
  auto status = js_GetStreamInfo(&found, js_.get(), stream.c_str(), &options, &code);
  if (status != NATS_OK && code == JSStreamNotFoundErr) {
    try {
      ensure_bucket(js_.get());
    } catch (const std::runtime_error& e) {
      return {e.what(), false, "", 0};
    }
    status = js_GetStreamInfo(&found, js_.get(), stream.c_str(), &options, &code);
  }
  if (status != NATS_OK)
    return {natsStatus_GetText(status), true, "", 0};
  const std::unique_ptr<jsStreamInfo, decltype(&jsStreamInfo_Destroy)> info{found, jsStreamInfo_Destroy};
  const auto name = identity();
  if (!name)
    return {"nobody names the bucket", false, "", 0};
  return {"", false, *name, info->State.LastSeq};
}

void jetstream_bucket::handle(looked& x) {
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

/// The time at which a stream was made can not name it: two nodes that make it at once leave different times with its
/// replicas (nats-server 2.9.10).
/// @returns nothing when there was no answer
std::optional<std::string> jetstream_bucket::identity() {
  const auto subject = bucket_subject(identity_key);
  jsOptions options;
  jsOptions_Init(&options);
  options.Wait = look_deadline_ms;
  const auto look = [&](jsErrCode& code) -> std::optional<std::string> {
    natsMsg* raw = nullptr;
    if (js_GetLastMsg(&raw, js_.get(), std::string{cluster_stream}.c_str(), subject.c_str(), &options, &code) !=
        NATS_OK)
      return std::nullopt;
    const nats_message message{raw};
    return std::string{payload_of(raw)};
  };
  auto code = static_cast<jsErrCode>(0);
  if (auto name = look(code); name || code != JSNoMessageFoundErr)
    return name;
  jsPubOptions once;
  jsPubOptions_Init(&once);
  once.MaxWait = look_deadline_ms;
  once.ExpectNoMessage = true;
  const auto name = new_inbox();
  // Another node may have been first: what stands there counts.
  js_Publish(nullptr, js_.get(), subject.c_str(), name.data(), static_cast<int>(name.size()), &once, nullptr);
  return look(code);
}

/// What was asked of the old bucket gets no answer any more.
void jetstream_bucket::lose() {
  losses_.fetch_add(1);
  pending_.clear();
  markers_.clear();
  stored_id_ = last_id_;
  stored_sequence_ = highest_ = 0;
  newest_ns_ = 0;
  tell_(bucket_lost{});
}

void jetstream_bucket::watch() {
  tell_(entries_begin{});
  blocking_->later([this, number = ++watch_] {
    if (!stopping_)
      jobs_->push(open_watch(number));
  });
}

jetstream_bucket::subscribed jetstream_bucket::open_watch(std::uint64_t number) {
  jsSubOptions options;
  jsSubOptions_Init(&options);
  const std::string stream{cluster_stream};
  options.Stream = stream.c_str();
  options.Ordered = true;
  options.Config.DeliverPolicy = js_DeliverLastPerSubject;
  auto closure = std::make_unique<watch_closure>(watch_closure{jobs_, number});
  natsSubscription* subscription = nullptr;
  const auto status = js_Subscribe(&subscription, js_.get(), bucket_subject(">").c_str(), on_watched, closure.get(),
                                   nullptr, &options, nullptr);
  if (status != NATS_OK)
    return {number, nullptr, natsStatus_GetText(status)};
  natsSubscription_SetPendingLimits(subscription, -1, -1);
  natsSubscription_SetOnCompleteCB(subscription, on_watch_over, closure.release());
  return {number, subscription, ""};
}

void jetstream_bucket::handle(subscribed& x) {
  if (x.watch != watch_) {
    blocking_->later([this, old = x.subscription] { close_watch(old); });
  } else if (x.subscription == nullptr) {
    log_event(log_level::warn, "cluster.watch_delayed", {{"error", x.failure}});
    reading_ = false;
    read_soon(retry_pause);
  } else {
    subscription_ = x.subscription;
  }
}

void jetstream_bucket::end_watch() {
  ++watch_; // what it still tells is not heard
  if (auto* old = std::exchange(subscription_, nullptr))
    blocking_->later([this, old] { close_watch(old); });
}

/// Tells the server too, and waits for its answer.
void jetstream_bucket::close_watch(natsSubscription* old) {
  if (old == nullptr)
    return;
  natsSubscription_Unsubscribe(old);
  natsSubscription_Destroy(old);
}

void jetstream_bucket::handle(watched& x) {
  if (x.watch != watch_)
    return;
  jsMsgMetaData* meta = nullptr;
  if (natsMsg_GetMetaData(&meta, x.message.get()) != NATS_OK)
    return;
  const auto sequence = meta->Sequence.Stream;
  const auto time_ns = meta->Timestamp;
  const auto more = meta->NumPending;
  jsMsgMetaData_Destroy(meta);
  if (sequence <= watched_to_) {
    read_soon(0ms);
    return;
  }
  watched_to_ = sequence;
  highest_ = std::max(highest_, sequence);
  newest_ns_ = std::max(newest_ns_, time_ns);
  if (awaited_ != 0 && sequence >= awaited_)
    awaited_ = 0;
  if (const auto key = bucket_key_of(subject_of(x.message.get())); key && key != identity_key) {
    const bool deleted = is_deletion(x.message.get());
    if (deleted)
      markers_[*key] = {sequence, time_ns};
    else
      markers_.erase(*key);
    tell_(bucket_entry{*key, deleted ? "" : std::string{payload_of(x.message.get())}, deleted, time_ns / 1'000'000});
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

/// Removes markers that are old enough, up to just them: what was written later to the same key stays.
void jetstream_bucket::clean() {
  if (reading_ || looking_ || read_at_ || cleaning_ || !connection_.connected())
    return;
  const auto stay = std::chrono::duration_cast<std::chrono::nanoseconds>(settings_.markers_stay).count();
  keys_and_sequences old;
  for (const auto& [key, each] : markers_)
    if (newest_ns_ - each.time_ns >= stay && old.size() < most_cleaned)
      old.emplace_back(key, each.sequence);
  if (old.empty())
    return;
  cleaning_ = true;
  blocking_->later([this, old = std::move(old)] {
    if (!stopping_)
      jobs_->push(purge(old));
  });
}

jetstream_bucket::cleaned jetstream_bucket::purge(const keys_and_sequences& old) {
  cleaned done;
  for (const auto& [key, sequence] : old) {
    const auto subject = bucket_subject(key);
    jsOptions options;
    jsOptions_Init(&options);
    options.Wait = look_deadline_ms;
    options.Stream.Purge.Subject = subject.c_str();
    options.Stream.Purge.Sequence = sequence + 1;
    if (stopping_ || js_PurgeStream(js_.get(), std::string{cluster_stream}.c_str(), &options, nullptr) != NATS_OK)
      break;
    done.markers.emplace_back(key, sequence);
  }
  return done;
}

void jetstream_bucket::handle(cleaned& x) {
  cleaning_ = false;
  for (const auto& [key, sequence] : x.markers)
    if (const auto found = markers_.find(key); found != markers_.end() && found->second.sequence == sequence)
      markers_.erase(found);
}

} // namespace alleycat
