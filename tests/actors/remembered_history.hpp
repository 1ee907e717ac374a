/// Streams of results, bests and corrections in memory: what is delivered is on its way.
#pragma once

#include "actors/ports.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace alleycat::test {

struct remembered_history : results_log_port {
  struct call {
    record_stream stream;
    stream_cursor after;
    std::shared_ptr<handoff<results_log_item>> into;
    std::function<void()> wake;
  };
  std::vector<call> readers;
  std::uint64_t sent = 0;
  std::uint64_t pending = 0;
  bool silent = false;

  struct reader : results_log_reader {
    explicit reader(remembered_history& h) : history{h} {}
    void find_end(std::function<void(std::uint64_t, std::uint64_t)> found) override {
      if (!history.silent)
        found(history.sent, history.pending);
    }
    remembered_history& history;
  };
  std::unique_ptr<results_log_reader> open_reader(record_stream stream, const stream_cursor& after,
                                                  std::shared_ptr<handoff<results_log_item>> into,
                                                  std::function<void()> wake) override {
    readers.push_back({stream, after, std::move(into), std::move(wake)});
    sent = 0;
    return std::make_unique<reader>(*this);
  }
  void deliver(results_log_item item) {
    auto& to = readers.back();
    sent = std::max(sent, item.at.sequence);
    if (to.into->push(item) == handoff<results_log_item>::outcome::wake)
      to.wake();
  }
};

} // namespace alleycat::test
