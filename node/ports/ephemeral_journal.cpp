#include "node/ports/ephemeral_journal.hpp"

#include "messages/journal_codec.hpp"
#include "messages/subjects.hpp"

#include <chrono>
#include <thread>
#include <utility>

namespace alleycat {

namespace {

using namespace std::chrono_literals;

/// Batches of a class that wait for the library's thread: a race is held up rather than a batch dropped.
constexpr int no_pending_limit = -1;

} // namespace

/// What arrived of a race, and who reads it.
struct ephemeral_journal::race_feed {
  std::mutex mutex;                            ///< guards what follows
  std::shared_ptr<handoff<journal_item>> into; ///< none before the race is opened
  std::function<void()> wake;
  std::vector<journal_item> early; ///< what came before that
  std::uint64_t position = 0;
  bool ended = false;

  /// Something came, and nobody has opened it.
  bool unread() {
    const std::lock_guard lock{mutex};
    return !into && !early.empty();
  }

  /// @pre mutex is locked
  void deliver(journal_item&& item, std::unique_lock<std::mutex>& lock) {
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
};

class ephemeral_journal::writer : public journal_writer {
public:
  writer(nats_connection& connection, std::function<void(journal_ack)> acks)
      : connection_{connection}, acks_{std::move(acks)} {}

  void append(race_key key, const journal_batch& batch, std::uint64_t token) override {
    encode(batch, buffer_);
    if (connection_.publish(journal_subject(key).c_str(), buffer_))
      acks_({token, journal_ack::outcome::stored, journal_position{++sent_}});
  }

private:
  nats_connection& connection_;
  std::function<void(journal_ack)> acks_;
  std::string buffer_;
  std::uint64_t sent_ = 0;
};

class ephemeral_journal::reader : public journal_reader {
public:
  explicit reader(std::shared_ptr<race_feed> feed) : feed_{std::move(feed)} {}
  ~reader() override {
    const std::lock_guard lock{feed_->mutex};
    feed_->ended = true;
  }

private:
  std::shared_ptr<race_feed> feed_;
};

ephemeral_journal::ephemeral_journal(const std::vector<std::string>& urls, const std::string& node_name,
                                     const std::vector<class_rules>& classes, const clock_port& clock)
    : clock_{clock}, connection_{urls, node_name + " journal off"} {
  for (const auto& course : classes)
    subscriptions_.push_back(connection_.subscribe(
        journal_wildcard(course.id).c_str(), nullptr, [this](natsMsg* m) { take(m); }, no_pending_limit));
  connection_.flush(2s);
}

std::shared_ptr<ephemeral_journal::race_feed> ephemeral_journal::feed_of(race_key key) {
  const std::lock_guard lock{mutex_};
  auto& feed = feeds_[key];
  if (!feed)
    feed = std::make_shared<race_feed>();
  return feed;
}

void ephemeral_journal::take(natsMsg* message) {
  const auto key = parse_journal_subject(subject_of(message));
  if (!key)
    return;
  const auto feed = feed_of(*key);
  auto content = decode_journal(payload_of(message));
  std::unique_lock lock{feed->mutex};
  if (feed->ended)
    return;
  journal_item item{journal_position{++feed->position}, clock_.now(), 0, std::move(content)};
  if (feed->into)
    feed->deliver(std::move(item), lock);
  else
    feed->early.push_back(std::move(item));
}

std::unique_ptr<journal_writer> ephemeral_journal::open_writer(std::function<void(journal_ack)> acks) {
  return std::make_unique<writer>(connection_, std::move(acks));
}

std::unique_ptr<journal_reader>
ephemeral_journal::open_reader(race_key key, std::shared_ptr<handoff<journal_item>> into, std::function<void()> wake) {
  const auto feed = feed_of(key);
  std::unique_lock lock{feed->mutex};
  feed->into = std::move(into);
  feed->wake = std::move(wake);
  for (auto& item : std::exchange(feed->early, {}))
    feed->deliver(std::move(item), lock);
  return std::make_unique<reader>(feed);
}

void ephemeral_journal::mark(race_key key, const close_mark& mark, std::function<void(bool)> acked) {
  acked(connection_.publish(journal_subject(key).c_str(), encode(mark)));
}

void ephemeral_journal::list(class_id cls, std::function<void(journal_listing)> found) {
  journal_listing listing{cls, 0, {}, 0, 0};
  {
    const std::lock_guard lock{mutex_};
    for (const auto& [key, feed] : feeds_)
      if (key.cls == cls && feed->unread())
        listing.subjects.emplace_back(key, 0);
  }
  found(std::move(listing));
}

} // namespace alleycat
