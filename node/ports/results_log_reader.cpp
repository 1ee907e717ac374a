#include "node/ports/results_log_reader.hpp"

#include "messages/best_codec.hpp"
#include "messages/edit_codec.hpp"
#include "messages/json.hpp"
#include "messages/ride_codec.hpp"
#include "messages/subjects.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <stdexcept>
#include <utility>

namespace alleycat {

namespace {

/// The last message of a subject; null when there is none.
/// @throws std::runtime_error when JetStream does not answer
nats_message last_message(jsCtx* js, std::string_view stream, std::string_view subject) {
  natsMsg* message = nullptr;
  auto code = static_cast<jsErrCode>(0);
  const auto status =
      js_GetLastMsg(&message, js, std::string{stream}.c_str(), std::string{subject}.c_str(), nullptr, &code);
  if (status != NATS_OK && status != NATS_NOT_FOUND && code != JSNoMessageFoundErr)
    throw std::runtime_error{"cannot read " + std::string{stream} + ": " + natsStatus_GetText(status)};
  return nats_message{message};
}

} // namespace

std::string stamp_text(const journal_stamp& stamp) {
  return fmt::format("{} {} {:016x}", stamp.position.value(), ms_of(stamp.stored), stamp.checksum);
}

std::optional<journal_stamp> parse_stamp(std::string_view text) {
  std::uint64_t position = 0;
  std::int64_t stored = 0;
  std::uint64_t checksum = 0;
  const auto* at = text.data();
  const auto* end = text.data() + text.size();
  const auto number = [&](auto& into, int base, bool last) {
    const auto read = std::from_chars(at, end, into, base);
    if (read.ec != std::errc{} || (last ? read.ptr != end : read.ptr == end || *read.ptr != ' '))
      return false;
    at = last ? end : read.ptr + 1;
    return true;
  };
  if (!number(position, 10, false) || !number(stored, 10, false) || !number(checksum, 16, true))
    return std::nullopt;
  return journal_stamp{journal_position{position}, at_ms(stored), checksum};
}

namespace {

std::string_view name_of(record_stream stream) {
  switch (stream) {
  case record_stream::results:
    return results_stream;
  case record_stream::bests:
    return bests_stream;
  case record_stream::edits:
    return edits_stream;
  }
  return {};
}

/// A correction gets its place in the stream.
decltype(results_log_item::content) decode_correction(natsMsg* message, std::uint64_t sequence, unix_ms stored) {
  auto found = decode_edit(payload_of(message));
  if (!found || parse_edit_subject(subject_of(message)) != found->racer)
    return std::monostate{};
  found->sequence = sequence;
  found->at = stored;
  return std::move(*found);
}

} // namespace

decltype(results_log_item::content) decode_history(natsMsg* message) {
  const auto subject = subject_of(message);
  if (parse_ride_subject(subject)) {
    if (auto ride = decode_ride(payload_of(message)))
      return std::move(*ride);
  } else if (parse_best_subject(subject)) {
    if (auto entry = decode_best(payload_of(message)))
      return stored_bests{entry->cls, entry->owner_epoch, std::move(entry->bests)};
  } else if (auto result = decode_result(payload_of(message))) {
    journal_stamp stamp{result->as_of, result->closed, 0};
    const char* header = nullptr;
    if (natsMsgHeader_Get(message, journal_stamp_header, &header) == NATS_OK)
      stamp = parse_stamp(header).value_or(stamp);
    return stored_result{std::move(*result), stamp};
  }
  return std::monostate{};
}

class jetstream_results_log::reader : public results_log_reader {
public:
  explicit reader(std::shared_ptr<stream_feed> feed) : feed_{std::move(feed)} {}
  ~reader() override { feed_->end(); }
  void find_end(std::function<void(std::uint64_t, std::uint64_t)> found) override {
    feed_->find_end([found = std::move(found)](feed_end end) { found(end.delivered, end.pending); });
  }

private:
  std::shared_ptr<stream_feed> feed_;
};

jetstream_results_log::jetstream_results_log(const std::vector<std::string>& urls, const std::string& node_name)
    : connection_{urls, node_name + " history", [this] { resubscribe_all(); }}, js_{jetstream_of(connection_)} {}

jetstream_results_log::~jetstream_results_log() {
  const std::lock_guard lock{mutex_};
  stopping_ = true;
}

std::unique_ptr<results_log_reader> jetstream_results_log::open_reader(record_stream stream, const stream_cursor& after,
                                                                       std::shared_ptr<handoff<results_log_item>> into,
                                                                       std::function<void()> wake) {
  auto feed = std::make_shared<stream_feed>(
      js_.get(), worker_, stream_feed::settings{std::string{name_of(stream)}, ">", after},
      [into, wake, stream](const fed_message& m, const std::function<bool()>& alive) {
        const stream_cursor at{m.sequence, m.stored(), checksum_of(payload_of(m.message))};
        push_when_room(*into,
                       {at, m.behind,
                        stream == record_stream::edits ? decode_correction(m.message, m.sequence, m.stored())
                                                       : decode_history(m.message),
                        false},
                       wake, alive);
      },
      [into, wake] {
        push_when_room(*into, {{}, 1, std::monostate{}, true}, wake, [] { return true; });
      });
  {
    const std::lock_guard lock{mutex_};
    feeds_.push_back(feed);
  }
  feed->subscribe();
  return std::make_unique<reader>(std::move(feed));
}

void jetstream_results_log::resubscribe_all() {
  const std::lock_guard lock{mutex_};
  if (stopping_)
    return;
  std::erase_if(feeds_, [](const auto& feed) { return feed.expired(); });
  for (const auto& each : feeds_)
    if (const auto feed = each.lock())
      feed->subscribe();
}

epoch jetstream_results_log::last_epoch() const {
  epoch last;
  if (const auto message = last_message(js_.get(), results_stream, all_results))
    if (const auto result = decode_result(payload_of(message.get())))
      last = result->owner_epoch;
  if (const auto message = last_message(js_.get(), bests_stream, all_bests))
    if (const auto address = parse_best_subject(subject_of(message.get())))
      last = std::max(last, address->owner_epoch);
  return last;
}

} // namespace alleycat
