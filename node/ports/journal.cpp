#include "node/ports/journal.hpp"

#include "messages/journal_codec.hpp"
#include "messages/subjects.hpp"
#include "node/telemetry/log.hpp"

#include <charconv>
#include <chrono>
#include <utility>

namespace alleycat {

namespace {

using namespace std::chrono_literals;

constexpr auto list_interval = 1s;

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

class jetstream_journal::reader : public journal_reader {
public:
  explicit reader(std::shared_ptr<stream_feed> feed) : feed_{std::move(feed)} {}
  ~reader() override { feed_->end(); }

private:
  std::shared_ptr<stream_feed> feed_;
};

std::unique_ptr<journal_reader>
jetstream_journal::open_reader(race_key key, std::shared_ptr<handoff<journal_item>> into, std::function<void()> wake) {
  auto feed = std::make_shared<stream_feed>(
      js_.get(), worker_, stream_feed::settings{journal_stream(key.cls), journal_subject(key), {}},
      [into, wake](const fed_message& m, const std::function<bool()>& alive) {
        push_when_room(
            *into, {journal_position{m.sequence}, m.stored(), m.behind, decode_journal(payload_of(m.message)), false},
            wake, alive);
      },
      [into, wake] {
        push_when_room(*into, {{}, 0, 1, std::nullopt, true}, wake, [] { return true; });
      });
  {
    const std::lock_guard lock{mutex_};
    feeds_.push_back(feed);
  }
  feed->subscribe();
  return std::make_unique<reader>(std::move(feed));
}

void jetstream_journal::resubscribe_all() {
  const std::lock_guard lock{mutex_};
  if (stopping_)
    return;
  std::erase_if(feeds_, [](const auto& feed) { return feed.expired(); });
  for (const auto& each : feeds_)
    if (const auto feed = each.lock())
      feed->subscribe();
}

void jetstream_journal::check(race_key key, const journal_stamp& stamp, std::function<void(bool)> found) {
  worker_.later([this, key, stamp, found = std::move(found)] {
    natsMsg* message = nullptr;
    auto code = static_cast<jsErrCode>(0);
    const auto status =
        js_GetMsg(&message, js_.get(), journal_stream(key.cls).c_str(), stamp.position.value(), nullptr, &code);
    const nats_message owned{message};
    if (status == NATS_NOT_FOUND || code == JSNoMessageFoundErr)
      found(false);
    else if (status == NATS_OK)
      found(subject_of(message) == journal_subject(key) && natsMsg_GetTime(message) / 1'000'000 == stamp.stored);
  });
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
  worker_.later([this, key] {
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
    : connection_{urls, node_name + " journal", [this] { resubscribe_all(); }}, js_{jetstream_of(connection_)},
      classes_{std::move(classes)}, inbox_{new_inbox()}, worker_{list_interval, [this] { list_subjects(); }} {
  acks_ = connection_.subscribe((inbox_ + ".>").c_str(), nullptr, [this](natsMsg* m) { take_ack(m); }, -1);
}

jetstream_journal::~jetstream_journal() {
  const std::lock_guard lock{mutex_};
  stopping_ = true;
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

} // namespace alleycat
