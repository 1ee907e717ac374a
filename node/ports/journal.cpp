#include "node/ports/journal.hpp"

#include "messages/journal_codec.hpp"
#include "messages/subjects.hpp"
#include "node/telemetry/log.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <limits>
#include <utility>

namespace alleycat {

namespace {

using namespace std::chrono_literals;

constexpr auto fill_interval = 1s;
/// Long before anything is refused.
constexpr std::uint32_t fill_warning_percent = 60;
/// Marks that wait for their PubAck; an older one is forgotten, it is repeated anyway.
constexpr std::size_t marks_awaited = 1'000;
/// The writer's number in the address of a mark's PubAck.
constexpr std::uint32_t mark_writer = 0;
/// ... and in that of an answer to a listing.
constexpr std::uint32_t lister = std::numeric_limits<std::uint32_t>::max();
constexpr std::uint64_t store_failed = 10077; // "maximum bytes exceeded", "maximum messages exceeded"
constexpr std::uint64_t insufficient_resources = 10023;
constexpr std::uint64_t storage_exceeded = 10047; // of the account

/// The number after `"name":`. @returns nothing where there is none
std::optional<std::uint64_t> number_in(std::string_view json, std::string_view name) {
  const auto at = json.find(name);
  if (at == std::string_view::npos)
    return std::nullopt;
  auto digits = json.substr(at + name.size());
  digits.remove_prefix(std::min(digits.find_first_not_of(' '), digits.size()));
  std::uint64_t number = 0;
  if (std::from_chars(digits.data(), digits.data() + digits.size(), number).ec != std::errc{})
    return std::nullopt;
  return number;
}

/// `{"stream":"…","seq":12}` or `{"error":{"code":503,"err_code":10077,"description":"…"},…}`: all a writer has to know.
/// @returns nothing when it is neither
std::optional<journal_ack> parse_ack(std::string_view json, std::uint64_t token) {
  using outcome = journal_ack::outcome;
  if (json.find("\"error\"") != std::string_view::npos) {
    const auto code = number_in(json, "\"err_code\":").value_or(0);
    const bool full = code == store_failed || code == insufficient_resources || code == storage_exceeded;
    return journal_ack{token, full ? outcome::full : outcome::failed, {}};
  }
  const auto position = number_in(json, "\"seq\":").value_or(0);
  if (position == 0)
    return std::nullopt;
  return journal_ack{token, outcome::stored, journal_position{position}};
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
  void reopen() override { feed_->subscribe(); }

private:
  std::shared_ptr<stream_feed> feed_;
};

std::unique_ptr<journal_reader>
jetstream_journal::open_reader(race_key key, std::shared_ptr<handoff<journal_item>> into, std::function<void()> wake) {
  auto& maker = [this]() -> worker& {
    const std::lock_guard lock{mutex_};
    return makers_[next_maker_++ % makers_.size()];
  }();
  auto feed = std::make_shared<stream_feed>(
      js_.get(), maker, stream_feed::settings{journal_stream(key.cls), journal_subject(key), {}},
      [into, wake](const fed_message& m, const std::function<bool()>& alive) {
        push_when_room(
            *into, {journal_position{m.sequence}, m.stored(), m.behind, decode_journal(payload_of(m.message)), false},
            wake, alive);
      },
      [into, wake] {
        push_when_room(*into, {{}, {}, 1, std::nullopt, true}, wake, [] { return true; });
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

void jetstream_journal::check(race_key key, const journal_stamp& stamp, std::function<void(stamp_check)> found) {
  blocking_.later([this, key, stamp, found = std::move(found)] {
    natsMsg* message = nullptr;
    auto code = static_cast<jsErrCode>(0);
    const auto status =
        js_GetMsg(&message, js_.get(), journal_stream(key.cls).c_str(), stamp.position.value(), nullptr, &code);
    const nats_message owned{message};
    if (status == NATS_OK) {
      const bool same = subject_of(message) == journal_subject(key) &&
                        std::chrono::floor<milliseconds>(time_of(message)) == stamp.stored;
      return found(same ? stamp_check::same : stamp_check::other);
    }
    if (status != NATS_NOT_FOUND && code != JSNoMessageFoundErr)
      return;
    // Deleted, or never written in this stream.
    if (const auto contents = contents_of_journal(js_.get(), key.cls, false))
      found(contents->last_sequence >= stamp.position.value() ? stamp_check::gone : stamp_check::other);
  });
}

void jetstream_journal::list(class_id cls, std::function<void(journal_listing)> found) {
  if (!connection_.connected())
    return;
  std::uint64_t token = 0;
  {
    const std::lock_guard lock{mutex_};
    token = next_listing_++;
    listings_[cls] = {token, std::move(found)};
  }
  const auto question = question_for_contents(cls);
  const auto reply_to = inbox_ + "." + std::to_string(lister) + "." + std::to_string(token);
  connection_.publish(question.subject.c_str(), reply_to.c_str(), question.payload);
}

void jetstream_journal::take_listing(std::uint64_t token, std::string_view json) {
  const auto asked = [&]() -> std::optional<std::pair<class_id, std::function<void(journal_listing)>>> {
    const std::lock_guard lock{mutex_};
    const auto at = std::find_if(listings_.begin(), listings_.end(),
                                 [&](const auto& entry) { return entry.second.token == token; });
    if (at == listings_.end())
      return std::nullopt; // a later question was asked since
    auto found = std::pair{at->first, std::move(at->second.found)};
    listings_.erase(at);
    return found;
  }();
  if (!asked)
    return;
  const auto& [cls, found] = *asked;
  if (auto contents = parse_contents(json))
    return tell(cls, std::move(*contents), found);
  blocking_.later([this, cls = cls, found = found] {
    if (auto contents = contents_of_journal(js_.get(), cls, true))
      tell(cls, std::move(*contents), found);
  });
}

void jetstream_journal::tell(class_id cls, journal_contents contents,
                             const std::function<void(journal_listing)>& found) {
  journal_listing listing{cls, 0, std::move(contents.subjects), contents.bytes, contents.max_bytes};
  note_fill(cls, listing.fill_percent());
  found(std::move(listing));
}

void jetstream_journal::note_fill(class_id cls, std::uint32_t percent) {
  const std::lock_guard lock{fill_mutex_};
  auto& known = fills_[cls];
  if (percent >= fill_warning_percent && known.percent < fill_warning_percent)
    log_event(log_level::warn, "journal.filling", {{"class", cls}, {"percent", percent}});
  known.percent = percent;
  known.since = std::chrono::steady_clock::now();
}

std::uint32_t jetstream_journal::fill_percent(class_id cls) const {
  const std::lock_guard lock{fill_mutex_};
  auto& known = fills_[cls];
  known.wanted = true;
  return known.percent;
}

/// Of classes that are written to here and listed elsewhere.
void jetstream_journal::look_at_fills() {
  if (!connection_.connected())
    return;
  std::vector<class_id> wanted;
  {
    const std::lock_guard lock{fill_mutex_};
    const auto now = std::chrono::steady_clock::now();
    for (auto& [cls, known] : fills_)
      if (std::exchange(known.wanted, false) && now - known.since > 2 * fill_interval)
        wanted.push_back(cls);
  }
  for (const auto cls : wanted)
    if (const auto contents = contents_of_journal(js_.get(), cls, false))
      note_fill(cls, journal_listing{cls, 0, {}, contents->bytes, contents->max_bytes}.fill_percent());
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
  if (address->first == lister)
    return take_listing(address->second, payload_of(message));
  const auto ack = parse_ack(payload_of(message), address->second);
  if (!ack)
    return;
  if (ack->what == journal_ack::outcome::failed)
    log_event(log_level::warn, "journal.refused", {{"answer", std::string{payload_of(message).substr(0, 300)}}});
  const std::lock_guard lock{mutex_};
  if (address->first == mark_writer) {
    if (const auto mark = marks_.extract(address->second))
      mark.mapped()(ack->what == journal_ack::outcome::stored);
  } else if (const auto found = writers_.find(address->first); found != writers_.end()) {
    found->second(*ack);
  }
}

void jetstream_journal::mark(race_key key, const close_mark& mark, std::function<void(bool)> acked) {
  std::uint64_t token = 0;
  {
    const std::lock_guard lock{mutex_};
    token = next_mark_++;
    marks_.emplace(token, std::move(acked));
    while (marks_.size() > marks_awaited)
      marks_.erase(marks_.begin());
  }
  const auto reply_to = inbox_ + "." + std::to_string(mark_writer) + "." + std::to_string(token);
  connection_.publish(journal_subject(key).c_str(), reply_to.c_str(), encode(mark));
}

void jetstream_journal::purge(race_key key) {
  blocking_.later([this, key] {
    const auto subject = journal_subject(key);
    jsOptions options;
    jsOptions_Init(&options);
    options.Stream.Purge.Subject = subject.c_str();
    js_PurgeStream(js_.get(), journal_stream(key.cls).c_str(), &options, nullptr);
  });
}

// -- the workers -------------------------------------------------------------------------------------------------------

jetstream_journal::jetstream_journal(const std::vector<std::string>& urls, const std::string& node_name)
    : connection_{urls, node_name + " journal", [this] { resubscribe_all(); }, while_away::buffer, sending::at_once},
      js_{jetstream_of(connection_)}, inbox_{new_inbox()}, blocking_{fill_interval, [this] { look_at_fills(); }} {
  acks_ = connection_.subscribe((inbox_ + ".>").c_str(), nullptr, [this](natsMsg* m) { take_ack(m); }, -1);
}

jetstream_journal::~jetstream_journal() {
  const std::lock_guard lock{mutex_};
  stopping_ = true;
}

} // namespace alleycat
