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
constexpr auto unled_pause = 200ms;
constexpr auto reading_patience = 5s;
/// A replica that is a little behind tells less than there is, and the rest in a moment.
constexpr auto quiet_patience = 300ms;

std::uint64_t number_of(std::string_view text) {
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
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
                                     jobs_->push(answered{id, std::string{header_of(message, "Status")},
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
  connection_.flush(1s);
  stopping_ = true;
  end_watch();
  blocking_.reset();
  const std::lock_guard lock{jobs_->mutex};
  for (auto& rest : jobs_->waiting)
    if (auto* late = std::get_if<subscribed>(&rest))
      close_bucket_watch(late->to.subscription);
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
    read_soon(unled_pause);
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

} // namespace alleycat
