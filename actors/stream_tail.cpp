#include "actors/stream_tail.hpp"

#include "actors/defaults.hpp"

#include <caf/all.hpp>

#include <iterator>
#include <utility>

namespace alleycat {

void stream_tail::begin(record_stream stream, const stream_cursor& after) {
  stream_ = stream;
  done_ = after;
  queue_.clear();
  inbox_ = std::make_shared<handoff<results_log_item>>(defaults::results_log_inbox_limit);
}

std::optional<results_log_item> stream_tail::next() {
  if (queue_.empty() && inbox_) {
    inbox_->take(taken_);
    std::move(taken_.begin(), taken_.end(), std::back_inserter(queue_));
    taken_.clear();
  }
  if (queue_.empty())
    return std::nullopt;
  auto item = std::move(queue_.front());
  queue_.pop_front();
  return item;
}

void stream_tail::wait(promise who, unix_ms now) {
  waiting_.push_back(std::move(who));
  if (asking_.empty())
    ask_end(now);
}

void stream_tail::ask_end(unix_ms now) {
  if (!reader_)
    return;
  std::move(waiting_.begin(), waiting_.end(), std::back_inserter(asking_));
  waiting_.clear();
  asked_at_ = now;
  open_ = true;
  reader_->find_end([say = say_, stream = stream_, question = ++question_](std::uint64_t sent, std::uint64_t pending) {
    say({stream, question, sent, pending});
  });
}

bool stream_tail::answers(const stream_end& end) {
  if (end.stream != stream_ || end.asked != question_)
    return false;
  open_ = false;
  return true;
}

void stream_tail::tell(unix_ms now) {
  for (auto& who : std::exchange(asking_, {}))
    who.deliver(caught_up{});
  if (!waiting_.empty())
    ask_end(now);
}

} // namespace alleycat
