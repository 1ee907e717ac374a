/// A stream that an actor reads in order, and those who wait until it is read.
#pragma once

#include "actors/interfaces.hpp"
#include "actors/ports.hpp"

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>
#include <caf/typed_response_promise.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace alleycat {

/// Its actor takes item after item, says how far it has dealt with them, and hands in each `stream_end`. Whoever begins to wait while the
/// end is being asked for waits for the next question: the end that is on its way may be older than what they wait for.
///
///     waiting --ask_end--> asked for --(that end is reached)--> told
class stream_tail {
public:
  using promise = caf::typed_response_promise<caught_up>;

  /// Reads what is behind `after`, and asks for the end. Items of a former stream are forgotten, those who wait are not.
  /// @param me  gets `arrived` and `stream_end`
  template <class Actor>
  void open(results_log_port& log, record_stream stream, const stream_cursor& after, const Actor& me, unix_ms now) {
    begin(stream, after);
    say_ = [me](const stream_end& end) { caf::anon_send(me, end); };
    reader_ = log.open_reader(stream, after, inbox_, [me] { caf::anon_send(me, arrived{}); });
    ask_end(now);
  }

  bool is_open() const { return reader_ != nullptr; }
  record_stream stream() const { return stream_; }

  /// @returns nothing while nothing has come
  std::optional<results_log_item> next();

  /// Everything up to it is dealt with.
  void done(const stream_cursor& up_to) { done_ = up_to; }
  const stream_cursor& done() const { return done_; }

  // -- the end --------------------------------------------------------------------------------------------------------

  void wait(promise who, unix_ms now);
  /// For all who wait so far; asked again in place of a question that gets no answer.
  void ask_end(unix_ms now);
  /// @returns whether it answers the latest question
  bool answers(const stream_end& end);
  /// Whether everything is dealt with that was in the stream then.
  bool reached(const stream_end& end) const { return end.pending == 0 && queue_.empty() && done_.sequence >= end.sent; }
  /// Tells those for whom the end was asked, and asks for the others.
  void tell(unix_ms now);

  bool somebody_asked() const { return !asking_.empty(); }
  bool somebody_waits() const { return !waiting_.empty(); }
  /// The latest question has no answer yet.
  bool is_asking() const { return open_; }
  unix_ms asked_at() const { return asked_at_; }

private:
  void begin(record_stream stream, const stream_cursor& after);

  record_stream stream_ = record_stream::results;
  std::shared_ptr<handoff<results_log_item>> inbox_;
  std::vector<results_log_item> taken_; ///< reused
  std::deque<results_log_item> queue_;
  stream_cursor done_;

  std::vector<promise> waiting_; ///< from before the question that is under way
  std::vector<promise> asking_;  ///< for whom the question is
  std::uint64_t question_ = 0;
  bool open_ = false;
  unix_ms asked_at_{};
  std::function<void(const stream_end&)> say_;
  std::unique_ptr<results_log_reader> reader_;
};

} // namespace alleycat
