#include "simulator/fleet.hpp"

#include "messages/json.hpp"
#include "messages/subjects.hpp"
#include "messages/update_json.hpp"
#include "racing/rules.hpp"
#include "simulator/names.hpp"
#include "simulator/wall_clock.hpp"

#include <algorithm>
#include <limits>
#include <thread>

namespace alleycat::sim {

namespace {

using namespace std::chrono_literals;
using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr auto sweep_every = 50ms;
constexpr auto longest_sleep = 20ms;
constexpr auto last_answers = 1s;
/// How long answers are waited for when race time is not ours, and the calendar tells no deadline.
constexpr auto patience_off_the_clock = 120s;
/// What a bike sends again in one sweep, 40/s: a ring full after an outage must not flood the server it comes back to.
constexpr std::size_t burst = 2;
/// Held-back updates keep this far from the deadline: ingest stops 5 s before it, and they may have to be sent again.
constexpr auto late_margin = 10s;

} // namespace

fleet::rider::rider(const planned_rider& planned, const fleet_setup& setup, const bike_rules& rules)
    : cls{planned.cls}, racer{planned.racer}, start{planned.start_offset}, subject{update_subject(cls, racer)},
      name{rider_name(racer)}, model{setup.options.seed, cls, racer}, second_try{setup.options.seed + 1, cls, racer},
      faults{setup.options.faults, setup.options.seed, cls, racer}, bike{rules} {
  if (!setup.replay.empty()) {
    recorded = &setup.replay[planned.place];
  }
}

fleet::fleet(const fleet_setup& setup, const std::vector<planned_rider>& plan, nats_link& link, log_writer& log,
             progress& shown)
    : setup_{setup}, link_{link}, log_{log}, shown_{shown} {
  bike_rules_.wants_answers = setup.options.ack;
  riders_.reserve(plan.size()); // bikes keep their place: they are found by index
  for (const auto& planned : plan) {
    auto& r = riders_.emplace_back(planned, setup_, bike_rules_);
    const auto window = setup_.rules.window();
    const auto room = window - setup_.clock.device_time(r.start).time_since_epoch() % window;
    if (const auto after = r.faults.restart_after(setup_.seconds, static_cast<std::uint32_t>(room / 1s))) {
      r.restarts_after = *after;
      ++sum_.restarts;
    } else if (const auto stop = r.faults.dropout_after(setup_.seconds)) {
      r.stops_after = *stop;
      ++sum_.dropouts;
    }
  }
  sum_.riders = riders_.size();
  const auto longest = microseconds{(riders_.empty() ? 0us : riders_.back().start)} + 2 * setup_.seconds * 1s;
  last_deadline_ = setup_.clock.at(longest) + patience_off_the_clock;
}

race_id fleet::race_of(const rider& r) const {
  return race_id{
      static_cast<std::uint32_t>(setup_.clock.device_time(r.start).time_since_epoch() / setup_.rules.window())};
}

moment fleet::deadline_of(const rider& r) const {
  if (setup_.clock.speed != 1) {
    return last_deadline_;
  }
  const auto& rules = setup_.rules;
  const unix_ms deadline{(race_of(r).value() + std::int64_t{1}) * rules.window() +
                         std::chrono::seconds{rules.ride_seconds} + std::chrono::seconds{rules.grace_seconds}};
  return setup_.clock.start + (deadline - setup_.clock.wall_start);
}

milliseconds fleet::room_of(const rider& r) const {
  if (setup_.clock.speed != 1) {
    return 60s;
  }
  const auto now = setup_.clock.at(next_second(r));
  return std::max(duration_cast<milliseconds>(deadline_of(r) - late_margin - now), 0ms);
}

microseconds fleet::next_second(const rider& r) const {
  return r.start + (r.second + 1) * 1s;
}

std::uint64_t fleet::log_number(rider_index index, std::uint32_t number) const {
  // Two attempts at most; the number tells the rider without a table.
  return std::uint64_t{index} * (2 * setup_.seconds + 1) + number;
}

summary fleet::run(const std::atomic<bool>& stop) {
  seen_reconnects_ = link_.reconnects();
  for (;;) {
    read_answers();
    const auto now = steady_clock::now();
    ride_due_seconds(now);
    if (now >= next_sweep_) {
      sweep(now);
      next_sweep_ = now + sweep_every;
      log_.flush();
      shown_.show(now, sum_, furthest_, setup_.seconds, link_.connected());
    }
    const auto all_ridden = riding_.empty() && next_start_ == riders_.size();
    if (stop.load(std::memory_order_relaxed)) {
      sum_.stopped = true;
      break;
    }
    if (all_ridden && sum_.pending == 0) {
      break;
    }
    std::this_thread::sleep_until(wake_at(steady_clock::now()));
  }
  link_.flush(last_answers);
  drain_answers();
  sum_.unacknowledged += sum_.pending;
  sum_.reconnects = link_.reconnects();
  sum_.elapsed_seconds = std::max(0.0, std::chrono::duration<double>(steady_clock::now() - setup_.clock.start).count());
  shown_.finish(sum_, furthest_, setup_.seconds, link_.connected());
  return sum_;
}

moment fleet::wake_at(moment now) const {
  auto next = std::min(now + longest_sleep, next_sweep_);
  if (!riding_.empty()) {
    next = std::min(next, setup_.clock.at(next_second(riders_[riding_.front()])));
  }
  if (next_start_ < riders_.size()) {
    next = std::min(next, setup_.clock.at(next_second(riders_[next_start_])));
  }
  return next;
}

void fleet::ride_due_seconds(moment now) {
  for (;;) {
    // Who is next: the first of those on the road, or the next to start.
    rider_index index = 0;
    const auto starts = next_start_ < riders_.size();
    if (!riding_.empty() && (!starts || next_second(riders_[riding_.front()]) <= next_second(riders_[next_start_]))) {
      index = riding_.front();
    } else if (starts) {
      index = static_cast<rider_index>(next_start_);
    } else {
      return;
    }
    auto& r = riders_[index];
    const auto planned = setup_.clock.at(next_second(r));
    if (planned > now) {
      return;
    }
    if (starts && index == next_start_) {
      ++next_start_;
    } else {
      riding_.pop_front();
    }
    ride_one(r, index, planned);
    const auto goes_on = r.second < setup_.seconds && r.second != r.stops_after;
    if (!r.restarted && r.restarts_after != 0 && r.second == r.restarts_after) {
      r.restarted = true;
      r.start += r.second * 1s;
      r.second = 0;
      riding_.push_back(index);
    } else if (goes_on) {
      riding_.push_back(index);
    }
  }
}

void fleet::ride_one(rider& r, rider_index index, moment planned) {
  const auto after = next_second(r);
  const auto room = room_of(r);
  ++r.second;
  ++r.ridden;
  ++sum_.ridden;
  furthest_ = std::max(furthest_, r.second);
  const own_second second{static_cast<std::uint16_t>(r.second)};
  const auto& model = r.restarted ? r.second_try : r.model;
  const ridden_second what{
      .number = r.ridden,
      .second = second,
      .race = race_of(r),
      .device_timestamp = setup_.clock.device_time(r.start) + length_of(second),
      .measured = r.recorded != nullptr ? r.recorded->measured[r.second - 1] : model.at(second),
      .is_last = r.second == setup_.seconds,
  };
  const auto held = r.faults.hold_back(r.ridden, room);
  r.bike.ride(what, setup_.clock.at(after + held), deadline_of(r));
  ++sum_.pending;
  if (!r.in_active) {
    r.in_active = true;
    active_.push_back(index);
  }
  if (held > 0ms) {
    return;
  }
  const auto now = steady_clock::now();
  if (!send(r, index, what.number, now)) {
    return;
  }
  sum_.lateness.add(duration_cast<microseconds>(now - planned));
}

bool fleet::send(rider& r, rider_index index, std::uint32_t number, moment now) {
  const auto* const kept = r.bike.find(number);
  if (kept == nullptr || !link_.connected()) {
    return false;
  }
  const auto sends = kept->sends;
  const auto reason = kept->reason;
  const auto twice = sends == 0 && r.faults.sends_twice(number);
  const auto n = log_number(index, number);
  std::uint32_t copies = 1;
  if (r.faults.loses(number, sends)) {
    log_.lost(n, wall_now(), sends, reason);
    ++sum_.lost;
  } else {
    const update u{.cls = r.cls,
                   .race = kept->what.race,
                   .racer = r.racer,
                   .second = kept->what.second,
                   .device_timestamp = kept->what.device_timestamp,
                   .measured = kept->what.measured,
                   .name = r.name};
    payload_.clear();
    encode_update(u, payload_, kept->what.is_last);
    const auto answer_to = setup_.options.ack ? std::optional{n} : std::nullopt;
    if (!link_.publish(r.subject, payload_, answer_to)) {
      return false;
    }
    log_.sent(n, wall_now(), sends, reason, payload_);
    ++sum_.sent;
    ++sum_.sent_by_reason[static_cast<std::size_t>(reason)];
    if (twice && link_.publish(r.subject, payload_, answer_to)) {
      log_.sent(n, wall_now(), sends + 1, send_reason::duplicate, payload_);
      ++copies;
      ++sum_.sent;
      ++sum_.sent_by_reason[static_cast<std::size_t>(send_reason::duplicate)];
    }
  }
  r.bike.sent(number, now, copies);
  if (!setup_.options.ack) {
    --sum_.pending;
  }
  return true;
}

void fleet::read_answers() {
  link_.take(letters_);
  for (const auto& letter : letters_) {
    settle(letter);
  }
}

void fleet::settle(const nats_link::arrived& letter) {
  const auto span = 2 * setup_.seconds + 1;
  const auto index = letter.number / span;
  const auto number = static_cast<std::uint32_t>(letter.number % span);
  if (index >= riders_.size()) {
    ++sum_.bad_answers;
    return;
  }
  auto& r = riders_[index];
  auto* const kept = r.bike.find(number);
  const auto first_sent = kept != nullptr ? kept->first_sent : moment{};
  if (letter.no_responders) {
    log_.no_responders(letter.number, letter.ts);
    if (r.bike.answered(number, false, true, letter.at) == bike::meaning::again_later) {
      ++sum_.put_off["no_responders"];
    }
    return;
  }
  const auto said = decode_answer(letter.payload);
  if (!said) {
    ++sum_.bad_answers;
    return;
  }
  auto text = letter.payload;
  std::replace(text.begin(), text.end(), '\n', ' '); // JSON has line breaks only between tokens
  if (kept != nullptr && r.faults.loses_answer(number, kept->lost_answers)) {
    ++kept->lost_answers;
    ++sum_.lost_answers;
    log_.answer_lost(letter.number, letter.ts, text);
    return;
  }
  const auto meaning = r.bike.answered(number, said->ok, said->retry, letter.at);
  log_.answer(letter.number, letter.ts, meaning == bike::meaning::unknown, text);
  switch (meaning) {
  case bike::meaning::accepted:
    ++sum_.acknowledged;
    --sum_.pending;
    sum_.ack_latency.add(duration_cast<microseconds>(letter.at - first_sent));
    break;
  case bike::meaning::refused:
    ++sum_.refused[said->error];
    --sum_.pending;
    break;
  case bike::meaning::again_later:
    ++sum_.put_off[said->error];
    break;
  case bike::meaning::unknown:
    ++sum_.extra_answers;
    break;
  }
}

void fleet::sweep(moment now) {
  const auto made_again = link_.reconnects();
  const auto reconnected = made_again != seen_reconnects_;
  seen_reconnects_ = made_again;
  sum_.reconnects = made_again;
  std::erase_if(active_, [&](rider_index index) {
    auto& r = riders_[index];
    count_given_up(index, r.bike.give_up(now));
    if (reconnected) {
      r.bike.reconnected(now);
    }
    r.bike.due(now, burst, numbers_);
    for (const auto number : numbers_) {
      if (!send(r, index, number, now)) {
        break;
      }
    }
    r.in_active = !r.bike.ring().empty();
    return !r.in_active;
  });
}

void fleet::count_given_up(rider_index index, const std::vector<bike::kept_update>& dropped) {
  for (const auto& update : dropped) {
    log_.given_up(log_number(index, update.what.number), wall_now());
    ++sum_.unacknowledged;
    --sum_.pending;
  }
}

void fleet::drain_answers() {
  const auto until = steady_clock::now() + last_answers;
  while (setup_.options.ack && sum_.pending > 0 && link_.connected() && steady_clock::now() < until) {
    std::this_thread::sleep_for(5ms);
    read_answers();
  }
  read_answers();
}

} // namespace alleycat::sim
