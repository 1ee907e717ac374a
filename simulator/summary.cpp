#include "simulator/summary.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace alleycat::sim {

namespace {

double ms(histogram::duration d) {
  return static_cast<double>(d.count()) / 1000;
}

nlohmann::ordered_json percentiles(const histogram& h) {
  return {{"count", h.count()}, {"p50", ms(h.percentile(0.5))}, {"p99", ms(h.percentile(0.99))}, {"max", ms(h.max())}};
}

std::string line(const histogram& h) {
  return fmt::format("p50 {:.1f} ms, p99 {:.1f} ms, max {:.1f} ms", ms(h.percentile(0.5)), ms(h.percentile(0.99)),
                     ms(h.max()));
}

std::string by_name(const std::map<std::string, std::uint64_t>& counts) {
  std::string text;
  for (const auto& [name, count] : counts) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, count);
  }
  return text;
}

} // namespace

std::uint64_t summary::refused_total() const {
  std::uint64_t total = 0;
  for (const auto& [name, count] : refused) {
    total += count;
  }
  return total;
}

std::uint64_t summary::resent() const {
  return sent - sent_by_reason[static_cast<std::size_t>(send_reason::first)];
}

std::string to_json(const summary& s) {
  nlohmann::ordered_json again = nlohmann::ordered_json::object();
  for (std::size_t i = 1; i < send_reason_count; ++i) {
    again[std::string{to_string(static_cast<send_reason>(i))}] = s.sent_by_reason[i];
  }
  const nlohmann::ordered_json json{
      {"riders", s.riders},
      {"ridden", s.ridden},
      {"sent", s.sent},
      {"resent", again},
      {"acknowledged", s.acknowledged},
      {"refused", s.refused},
      {"putOff", s.put_off},
      {"unacknowledged", s.unacknowledged},
      {"lost", s.lost},
      {"lostAnswers", s.lost_answers},
      {"extraAnswers", s.extra_answers},
      {"badAnswers", s.bad_answers},
      {"reconnects", s.reconnects},
      {"dropouts", s.dropouts},
      {"restarts", s.restarts},
      {"ackMs", percentiles(s.ack_latency)},
      {"lateMs", percentiles(s.lateness)},
      {"elapsedSeconds", s.elapsed_seconds},
      {"stopped", s.stopped},
  };
  return json.dump();
}

std::string to_text(const summary& s, bool ack) {
  std::string out;
  const auto add = [&out](std::string_view what, const std::string& value) {
    out += fmt::format("{:<16}{}\n", what, value);
  };
  add("riders", fmt::format("{}{}", s.riders, s.stopped ? " (stopped by a signal)" : ""));
  add("sent", fmt::format("{} updates of {} in {:.1f} s ({:.0f}/s)", s.sent, s.ridden, s.elapsed_seconds,
                          s.elapsed_seconds > 0 ? static_cast<double>(s.sent) / s.elapsed_seconds : 0));
  if (s.resent() > 0) {
    std::map<std::string, std::uint64_t> again;
    for (std::size_t i = 1; i < send_reason_count; ++i) {
      if (s.sent_by_reason[i] > 0) {
        again.emplace(to_string(static_cast<send_reason>(i)), s.sent_by_reason[i]);
      }
    }
    add("re-sent", fmt::format("{} ({})", s.resent(), by_name(again)));
  }
  if (ack) {
    add("acknowledged", fmt::format("{}", s.acknowledged));
    add("refused", s.refused.empty() ? "0" : by_name(s.refused));
    if (!s.put_off.empty()) {
      add("put off", by_name(s.put_off));
    }
  }
  add(ack ? "unacknowledged" : "unsent", fmt::format("{}", s.unacknowledged));
  if (s.lost + s.lost_answers + s.dropouts + s.restarts > 0) {
    add("faults", fmt::format("{} updates and {} answers lost, {} riders dropped out, {} started again", s.lost,
                              s.lost_answers, s.dropouts, s.restarts));
  }
  if (s.reconnects + s.bad_answers > 0) {
    add("connection", fmt::format("{} reconnects, {} answers not understood", s.reconnects, s.bad_answers));
  }
  if (s.ack_latency.count() > 0) {
    add("ack latency", line(s.ack_latency));
  }
  add("own lateness", line(s.lateness));
  return out;
}

std::optional<std::string> failure_of(const summary& s, bool ack) {
  if (s.unacknowledged > 0) {
    return fmt::format("{} updates {}", s.unacknowledged, ack ? "stayed unacknowledged" : "were never sent");
  }
  if (ack && s.acknowledged == 0 && s.refused_total() > 0) {
    return fmt::format("every update was refused ({})", by_name(s.refused));
  }
  return std::nullopt;
}

} // namespace alleycat::sim
