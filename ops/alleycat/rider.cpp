#include "ops/alleycat/rider.hpp"

#include "messages/subjects.hpp"
#include "messages/update_json.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

namespace alleycat::cli {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds patience{1000};   // for an answer
constexpr milliseconds first_pause{500}; // before what is worth a retry
constexpr milliseconds longest_pause{4000};
constexpr milliseconds quiet{2000}; // no further view is coming
/// Not more than 40 a second are sent again: behind an outage everybody does.
constexpr milliseconds between_repeats{25};

nlohmann::json parsed(const std::string& text) {
  return nlohmann::json::parse(text, nullptr, false);
}

} // namespace

rider::rider(connection& nats, std::vector<update> updates)
    : nats_{nats}, updates_{std::move(updates)}, reply_base_{nats.new_inbox()} {
  nats_.subscribe(reply_base_ + ".*",
                  [to = answers_](std::string_view subject, std::string_view payload) { to->put(subject, payload); });
  nats_.subscribe(view_subject(updates_.front().racer),
                  [to = views_](std::string_view subject, std::string_view payload) { to->put(subject, payload); });
}

ride_outcome rider::ride(clock::time_point start, clock::time_point deadline, const progress& show) {
  while ((next_ < updates_.size() || !open_.empty()) && clock::now() < deadline) {
    send_due(start);
    show(outcome_.sent, outcome_.sent - open_.size(), updates_.size());
    const auto wait = std::chrono::ceil<milliseconds>(next_event(start, deadline) - clock::now());
    take_answers(std::max(wait, milliseconds{1}));
  }
  outcome_.unanswered = open_.size() + (updates_.size() - next_);
  take_refusals(clock::now() + 5 * patience);
  show(outcome_.sent, outcome_.sent - open_.size(), updates_.size());
  return outcome_;
}

rider::clock::time_point rider::next_event(clock::time_point start, clock::time_point deadline) const {
  auto next = deadline;
  if (next_ < updates_.size())
    next = std::min(next, start + std::chrono::seconds{updates_[next_].second.value()});
  for (const auto& [second, what] : open_)
    next = std::min(next, std::max(what.again, last_again_ + between_repeats));
  return next;
}

/// What is new, and one of what is due again.
void rider::send_due(clock::time_point start) {
  const auto now = clock::now();
  for (; next_ < updates_.size() && start + std::chrono::seconds{updates_[next_].second.value()} <= now; ++next_) {
    const auto& u = updates_[next_];
    auto& what = open_[u.second.value()];
    what = {encode_update(u, next_ + 1 == updates_.size()), now, first_pause};
    send(u.second.value(), what);
    ++outcome_.sent;
  }
  if (now - last_again_ < between_repeats)
    return;
  for (auto& [second, what] : open_)
    if (what.again <= now) {
      last_again_ = now;
      return send(second, what);
    }
}

void rider::send(std::uint16_t second, under_way& what) {
  const auto& first = updates_.front();
  nats_.publish(update_subject(first.cls, first.racer), reply_base_ + '.' + std::to_string(second), what.payload);
  what.again = clock::now() + std::max(patience, what.pause);
  what.pause = std::min(2 * what.pause, longest_pause);
}

void rider::take_answers(milliseconds longest) {
  for (const auto& answer : answers_->take(longest))
    if (const auto second = parse_own_second(std::string_view{answer.subject}.substr(reply_base_.size() + 1)))
      settle(second->value(), answer.payload);
}

/// Without content, NATS says that nobody listens: it is sent again, as after no answer.
void rider::settle(std::uint16_t second, const std::string& payload) {
  const auto found = open_.find(second);
  const auto json = parsed(payload);
  if (found == open_.end() || !json.is_object())
    return;
  if (json.value("ok", false)) {
    ++outcome_.stored;
  } else if (json.value("retry", false)) {
    found->second.again = clock::now() + found->second.pause;
    return;
  } else {
    ++outcome_.refused[json.value("error", std::string{"unknown"})];
  }
  open_.erase(found);
}

/// What the race did not count although it was stored stands in the view, which comes about once a second while there is news.
void rider::take_refusals(clock::time_point deadline) {
  const auto& last = updates_.back();
  std::optional<nlohmann::json> latest;
  while (clock::now() < deadline && outcome_.stored != 0) {
    const auto messages = views_->take(quiet);
    if (messages.empty() && latest)
      break;
    for (const auto& message : messages)
      if (auto view = parsed(message.payload); view.is_object() &&
                                               view.value("raceId", std::uint64_t{0}) == last.race.value() &&
                                               view.value("classId", std::uint64_t{0}) == last.cls.value())
        latest = std::move(view);
  }
  if (!latest || !latest->contains("refused") || !latest->at("refused").is_object())
    return;
  for (const auto& [why, count] : latest->at("refused").items())
    if (why != "duplicate" && count.is_number_unsigned() && count != 0) {
      outcome_.refused[why] += count.get<std::size_t>();
      outcome_.stored -= std::min(outcome_.stored, count.get<std::size_t>());
    }
}

} // namespace alleycat::cli
