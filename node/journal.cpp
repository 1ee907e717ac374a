#include "node/journal.hpp"

#include "messages/journal_codec.hpp"
#include "messages/subjects.hpp"
#include "node/log.hpp"

#include <charconv>
#include <chrono>
#include <utility>

namespace alleycat {

namespace {

using namespace std::chrono_literals;

constexpr auto list_interval = 1s;
constexpr auto retry_interval = 200ms;

/// `{"stream":"…","seq":12}` or `{"error":{…},…}`: all a writer has to know.
/// @returns nothing when it is neither
std::optional<journal_ack> parse_ack(std::string_view json, std::uint64_t token) {
  if (json.find("\"error\"") != std::string_view::npos)
    return journal_ack{token, false, {}};
  constexpr std::string_view key = "\"seq\":";
  const auto at = json.find(key);
  if (at == std::string_view::npos)
    return std::nullopt;
  auto digits = json.substr(at + key.size());
  digits.remove_prefix(std::min(digits.find_first_not_of(' '), digits.size()));
  std::uint64_t position = 0;
  if (std::from_chars(digits.data(), digits.data() + digits.size(), position).ec != std::errc{} || position == 0)
    return std::nullopt;
  return journal_ack{token, true, journal_position{position}};
}

/// The numbers after the inbox: "<writer>.<token>".
std::optional<std::pair<std::uint32_t, std::uint64_t>> parse_address(std::string_view text) {
  const auto dot = text.find('.');
  if (dot == std::string_view::npos)
    return std::nullopt;
  std::uint32_t writer = 0;
  std::uint64_t token = 0;
  if (std::from_chars(text.data(), text.data() + dot, writer).ec != std::errc{} ||
      std::from_chars(text.data() + dot + 1, text.data() + text.size(), token).ec != std::errc{})
    return std::nullopt;
  return std::pair{writer, token};
}

} // namespace

// -- reading -----------------------------------------------------------------------------------------------------------

/// What stays the same while subscriptions come and go: how far a race was read, and into what.
struct jetstream_journal::race_feed {
  std::uint64_t id = 0;
  race_key key;
  std::shared_ptr<handoff<journal_item>> into;
  std::function<void()> wake;

  std::mutex mutex; ///< one delivery at a time; guards what follows
  std::uint64_t last_read = 0;
  bool ended = false;
  natsSubscription* subscription = nullptr; ///< only the worker thread changes it

  /// @pre mutex is locked
  void deliver(natsMsg* message, std::unique_lock<std::mutex>& lock) {
    jsMsgMetaData* meta = nullptr;
    if (natsMsg_GetMetaData(&meta, message) != NATS_OK)
      return;
    const auto sequence = meta->Sequence.Stream;
    const auto stored_ms = meta->Timestamp / 1'000'000;
    const auto behind = meta->NumPending;
    jsMsgMetaData_Destroy(meta);
    if (ended || sequence <= last_read)
      return;
    last_read = sequence;
    journal_item item{journal_position{sequence}, stored_ms, behind, decode_journal(payload_of(message))};
    // The race is far behind: hold the subscription, so that the server holds the stream.
    for (;;) {
      const auto outcome = into->push(item);
      if (outcome == handoff<journal_item>::outcome::wake)
        wake();
      if (outcome != handoff<journal_item>::outcome::full)
        return;
      lock.unlock();
      std::this_thread::sleep_for(1ms);
      lock.lock();
      if (ended)
        return;
    }
  }

  static void on_message(natsConnection*, natsSubscription*, natsMsg* message, void* closure) {
    const nats_message owned{message};
    auto& feed = **static_cast<std::shared_ptr<race_feed>*>(closure);
    std::unique_lock lock{feed.mutex};
    feed.deliver(message, lock);
  }
  static void on_complete(void* closure) { delete static_cast<std::shared_ptr<race_feed>*>(closure); }

  void drop_subscription() {
    if (auto* old = std::exchange(subscription, nullptr)) {
      natsSubscription_Unsubscribe(old);
      natsSubscription_Destroy(old);
    }
  }
};

class jetstream_journal::reader : public journal_reader {
public:
  reader(jetstream_journal& journal, std::shared_ptr<race_feed> feed) : journal_{journal}, feed_{std::move(feed)} {}
  ~reader() override {
    {
      const std::lock_guard lock{feed_->mutex};
      feed_->ended = true;
    }
    journal_.later([feed = feed_] { feed->drop_subscription(); });
  }

private:
  jetstream_journal& journal_;
  std::shared_ptr<race_feed> feed_;
};

std::unique_ptr<journal_reader>
jetstream_journal::open_reader(race_key key, std::shared_ptr<handoff<journal_item>> into, std::function<void()> wake) {
  auto feed = std::make_shared<race_feed>();
  feed->key = key;
  feed->into = std::move(into);
  feed->wake = std::move(wake);
  {
    const std::lock_guard lock{mutex_};
    feed->id = next_feed_++;
    feeds_.emplace(feed->id, feed);
  }
  later([this, feed] { subscribe(feed); });
  return std::make_unique<reader>(*this, std::move(feed));
}

void jetstream_journal::subscribe(const std::shared_ptr<race_feed>& feed) {
  std::uint64_t from = 0;
  {
    const std::lock_guard lock{feed->mutex};
    if (feed->ended)
      return;
    from = feed->last_read + 1;
  }
  feed->drop_subscription();
  const auto stream = journal_stream(feed->key.cls);
  const auto subject = journal_subject(feed->key);
  jsSubOptions options;
  jsSubOptions_Init(&options);
  options.Stream = stream.c_str();
  options.Ordered = true;
  options.Config.DeliverPolicy = js_DeliverByStartSequence;
  options.Config.OptStartSeq = from;
  auto closure = std::make_unique<std::shared_ptr<race_feed>>(feed);
  natsSubscription* subscription = nullptr;
  const auto status = js_Subscribe(&subscription, js_.get(), subject.c_str(), race_feed::on_message, closure.get(),
                                   nullptr, &options, nullptr);
  if (status != NATS_OK) {
    log_event(log_level::warn, "journal.read_delayed",
              {{"class", feed->key.cls}, {"race", feed->key.race}, {"error", natsStatus_GetText(status)}});
    std::this_thread::sleep_for(retry_interval);
    later([this, feed] { subscribe(feed); });
    return;
  }
  natsSubscription_SetPendingLimits(subscription, -1, -1);
  natsSubscription_SetOnCompleteCB(subscription, race_feed::on_complete, closure.release());
  feed->subscription = subscription;
}

void jetstream_journal::resubscribe_all() {
  std::vector<std::shared_ptr<race_feed>> feeds;
  {
    const std::lock_guard lock{mutex_};
    std::erase_if(feeds_, [](const auto& entry) { return entry.second.expired(); });
    for (const auto& [id, feed] : feeds_)
      if (auto alive = feed.lock())
        feeds.push_back(std::move(alive));
  }
  for (const auto& feed : feeds)
    subscribe(feed);
}

// -- writing -----------------------------------------------------------------------------------------------------------

class jetstream_journal::writer : public journal_writer {
public:
  writer(jetstream_journal& journal, std::uint32_t id)
      : journal_{journal}, id_{id}, reply_prefix_{journal.inbox_ + "." + std::to_string(id) + "."} {}
  ~writer() override {
    const std::lock_guard lock{journal_.mutex_};
    journal_.writers_.erase(id_);
  }

  void append(race_key key, const journal_batch& batch, std::uint64_t token) override {
    encode(batch, buffer_);
    const auto subject = journal_subject(key);
    const auto reply_to = reply_prefix_ + std::to_string(token);
    // A full buffer is like a lost message: no PubAck comes, and the batch is sent again.
    journal_.connection_.publish(subject.c_str(), reply_to.c_str(), buffer_);
  }

private:
  jetstream_journal& journal_;
  std::uint32_t id_;
  std::string reply_prefix_;
  std::string buffer_;
};

std::unique_ptr<journal_writer> jetstream_journal::open_writer(std::function<void(journal_ack)> acks) {
  std::uint32_t id = 0;
  {
    const std::lock_guard lock{mutex_};
    id = next_writer_++;
    writers_.emplace(id, std::move(acks));
  }
  return std::make_unique<writer>(*this, id);
}

void jetstream_journal::take_ack(natsMsg* message) {
  if (natsMsg_IsNoResponders(message))
    return; // no stream at the moment: as if nothing had come
  const auto address = parse_address(subject_of(message).substr(inbox_.size() + 1));
  if (!address)
    return;
  const auto ack = parse_ack(payload_of(message), address->second);
  if (!ack)
    return;
  const std::lock_guard lock{mutex_};
  if (const auto found = writers_.find(address->first); found != writers_.end())
    found->second(*ack);
}

void jetstream_journal::mark(race_key key, const close_mark& mark) {
  connection_.publish(journal_subject(key).c_str(), encode(mark));
}

void jetstream_journal::purge(race_key key) {
  later([this, key] {
    const auto subject = journal_subject(key);
    jsOptions options;
    jsOptions_Init(&options);
    options.Stream.Purge.Subject = subject.c_str();
    js_PurgeStream(js_.get(), journal_stream(key.cls).c_str(), &options, nullptr);
  });
}

// -- the worker --------------------------------------------------------------------------------------------------------

jetstream_journal::jetstream_journal(const std::vector<std::string>& urls, const std::string& node_name,
                                     std::vector<class_rules> classes)
    : connection_{urls, node_name + " journal", [this] { later([this] { resubscribe_all(); }); }},
      js_{jetstream_of(connection_)}, classes_{std::move(classes)}, inbox_{new_inbox()} {
  acks_ = connection_.subscribe((inbox_ + ".>").c_str(), nullptr, [this](natsMsg* m) { take_ack(m); }, -1);
  worker_ = std::thread{[this] { work(); }};
}

jetstream_journal::~jetstream_journal() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
    changed_.notify_all();
  }
  worker_.join();
}

void jetstream_journal::later(std::function<void()> job) {
  const std::lock_guard lock{mutex_};
  jobs_.push_back(std::move(job));
  changed_.notify_all();
}

void jetstream_journal::list_to(std::function<void(std::vector<race_key>)> listed) {
  const std::lock_guard lock{mutex_};
  listed_ = std::move(listed);
}

void jetstream_journal::list_subjects() {
  std::function<void(std::vector<race_key>)> listed;
  {
    const std::lock_guard lock{mutex_};
    listed = listed_;
  }
  if (!listed || !connection_.connected())
    return;
  if (auto keys = journal_subjects_of(js_.get(), classes_))
    listed(std::move(*keys));
}

void jetstream_journal::work() {
  auto next_list = std::chrono::steady_clock::now();
  for (;;) {
    std::function<void()> job;
    {
      std::unique_lock lock{mutex_};
      changed_.wait_until(lock, next_list, [this] { return stopping_ || !jobs_.empty(); });
      if (jobs_.empty() && stopping_)
        return;
      if (!jobs_.empty()) {
        job = std::move(jobs_.front());
        jobs_.pop_front();
      }
    }
    if (job)
      job();
    if (std::chrono::steady_clock::now() >= next_list) {
      list_subjects();
      next_list = std::chrono::steady_clock::now() + list_interval;
    }
  }
}

} // namespace alleycat
