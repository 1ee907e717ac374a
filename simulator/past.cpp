#include "simulator/past.hpp"

#include "messages/subjects.hpp"
#include "messages/update_json.hpp"
#include "simulator/draw.hpp"
#include "simulator/names.hpp"
#include "simulator/nats_link.hpp"
#include "simulator/rider_model.hpp"
#include "simulator/wall_clock.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fmt/format.h>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <stdexcept>
#include <thread>
#include <utility>

namespace alleycat::sim {

namespace {

using namespace std::chrono_literals;

/// The latest past race: its deadline has passed wherever in its window we are, with grace up to a window.
constexpr std::uint32_t youngest_windows = 3;
/// Between a race and the one before it, at least.
constexpr std::uint32_t step_windows = 3;
/// What the oldest lies back beyond that.
constexpr double reach_days = 14;
constexpr std::size_t fewest_riders = 6;
constexpr std::size_t most_riders = 12;
/// Updates in a gateway's batch; up to 150 bytes each.
constexpr std::uint32_t batch_updates = 500;
/// Batches on their way at once: enough to keep a node busy, few enough for its queues.
constexpr std::size_t window = 16;
constexpr auto pause_before_retry = 200ms;
constexpr auto resend_after = 5s;
constexpr auto patience = 30s;

/// Batches on their way, each until it is answered.
class sender {
public:
  sender(nats_link& link, const std::atomic<bool>& stop) : link_{link}, stop_{stop} {}

  /// Waits for room among those on their way. @throws std::runtime_error when a batch is refused or never answered
  void send(std::string batch) {
    wait_for(window - 1);
    const auto number = next_++;
    auto& it = waiting_[number];
    it = {.payload = std::move(batch), .since = std::chrono::steady_clock::now(), .again_at = {}};
    publish(number, it);
  }

  void finish() { wait_for(0); }

private:
  struct on_its_way {
    std::string payload;
    moment since;
    moment again_at;
  };

  void publish(std::uint64_t number, on_its_way& batch) {
    // Not taken (no connection, a full socket) is like not answered, only sooner known.
    const bool taken = link_.publish(subject_, batch.payload, number);
    batch.again_at = std::chrono::steady_clock::now() + (taken ? resend_after : moment::duration{pause_before_retry});
  }

  void wait_for(std::size_t at_most) {
    while (waiting_.size() > at_most) {
      if (stop_)
        throw std::runtime_error{"stopped before all past races were ridden"};
      link_.take(arrived_);
      for (const auto& letter : arrived_)
        settle(letter);
      const auto now = std::chrono::steady_clock::now();
      for (auto& [number, batch] : waiting_) {
        if (now - batch.since > patience)
          throw std::runtime_error{fmt::format("no answer to a batch for {} s", patience.count())};
        if (now >= batch.again_at)
          publish(number, batch);
      }
      if (arrived_.empty())
        std::this_thread::sleep_for(1ms);
    }
  }

  void settle(const nats_link::arrived& letter) {
    const auto found = waiting_.find(letter.number);
    if (found == waiting_.end())
      return; // answered before, and once more after it was sent again
    const auto answer = letter.no_responders ? nlohmann::json{} : nlohmann::json::parse(letter.payload, nullptr, false);
    if (answer.is_object() && answer.value("ok", false)) {
      waiting_.erase(found);
      return;
    }
    if (answer.is_object()) {
      const auto refused = answer.value("refused", nlohmann::json::array({answer}));
      for (const auto& item : refused)
        if (!item.value("retry", false))
          throw std::runtime_error{fmt::format("refused: {} (past races need a node with race.admit any)",
                                               item.value("message", item.value("error", std::string{"?"})))};
    }
    found->second.again_at = std::chrono::steady_clock::now() + pause_before_retry;
  }

  nats_link& link_;
  const std::atomic<bool>& stop_;
  const std::string subject_ = batch_subject("past");
  std::map<std::uint64_t, on_its_way> waiting_;
  std::vector<nats_link::arrived> arrived_;
  std::uint64_t next_ = 0;
};

void wait_until_closed(nats_link& link, const past_race& race, const std::atomic<bool>& stop) {
  const auto subject = query_subject(fmt::format("race.{}.{}", race.cls.value(), race.race.value()));
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!stop) {
    const auto answer = link.request(subject, 2s);
    const auto json = answer ? nlohmann::json::parse(*answer, nullptr, false) : nlohmann::json{};
    if (json.is_object() && json.value("state", "") == "closed")
      return;
    if (std::chrono::steady_clock::now() > until)
      throw std::runtime_error{fmt::format("race {} of class {} is not closed {} s after its last update: {}",
                                           race.race.value(), race.cls.value(), patience.count(),
                                           answer.value_or("no answer"))};
    std::this_thread::sleep_for(50ms);
  }
  throw std::runtime_error{"stopped before all past races were closed"};
}

} // namespace

std::vector<past_race> plan_past(const sim_options& options, const server_rules& rules, unix_ms now) {
  const milliseconds window = rules.window();
  const auto current = now.time_since_epoch() / window;
  const std::size_t riders = options.racers.value_or(default_racers);
  const auto count = *options.past;
  std::vector<past_race> races;
  for (std::size_t c = 0; c < options.classes.size(); ++c) {
    const auto cls = options.classes[c];
    std::vector<std::uint32_t> club(riders);
    std::iota(club.begin(), club.end(), options.first_racer.value() + static_cast<std::uint32_t>(c * riders));
    for (std::uint32_t i = count; i-- > 0;) {
      // The last ones follow each other closely; then hours, then days lie between two.
      const double far = count > 1 ? static_cast<double>(i) / (count - 1) : 0;
      const auto back = std::int64_t{youngest_windows} + std::int64_t{i} * step_windows +
                        std::llround(far * far * far * reach_days * 86'400 / rules.window_seconds);
      if (back > current)
        continue;
      past_race race{.cls = cls, .race = race_id{static_cast<std::uint32_t>(current - back)}, .rides = {}};
      const auto key = draw(options.seed, cls.value(), i);
      const auto field =
          std::min({riders, fewest_riders + key % (most_riders - fewest_riders + 1), std::size_t{rules.capacity}});
      for (std::size_t place = 0; place < field; ++place) {
        // The first steps of a shuffle: each rider once.
        std::swap(club[place], club[place + draw(key, place) % (riders - place)]);
        const racer_id racer{club[place]};
        race.rides.push_back({.racer = racer,
                              .start = unix_ms{race.race.value() * window} +
                                       milliseconds{static_cast<std::int64_t>(
                                           draw(key, racer.value(), 1) % static_cast<std::uint64_t>(window.count()))},
                              .form = between(0.92, 1.02, draw(key, racer.value(), 2))});
      }
      races.push_back(std::move(race));
    }
  }
  // As they were ridden: the oldest first, in whatever class.
  std::stable_sort(races.begin(), races.end(), [](const auto& a, const auto& b) { return a.race < b.race; });
  return races;
}

std::string past_batch(const past_race& race, const past_ride& ride, std::uint64_t seed, std::uint32_t from,
                       std::uint32_t to) {
  const rider_model model{seed, race.cls, ride.racer};
  std::string out = R"({"updates":[)";
  for (auto s = from; s <= to; ++s) {
    const own_second second{static_cast<std::uint16_t>(s)};
    auto measured = model.at(second);
    measured.cadence = static_cast<std::uint16_t>(std::lround(measured.cadence * ride.form));
    const update u{.cls = race.cls,
                   .race = race.race,
                   .racer = ride.racer,
                   .second = second,
                   .device_timestamp = ride.start + length_of(second),
                   .measured = measured,
                   .name = s == from ? rider_name(ride.racer) : std::string{}};
    if (s != from)
      out += ',';
    encode_update(u, out, false);
  }
  return out + "]}";
}

past_summary ride_past(const sim_options& options, const std::atomic<bool>& stop) {
  const auto began = std::chrono::steady_clock::now();
  nats_link link{options.nats, std::chrono::seconds{options.wait_seconds}};
  const auto answer = link.request(query_subject("now"), 5s);
  const auto rules = answer ? read_rules(*answer) : std::nullopt;
  if (!rules)
    throw std::runtime_error{"nobody answers alleycat.query.now with the rules"};
  const auto races = plan_past(options, *rules, wall_now());
  const auto seconds = std::min(options.seconds.value_or(rules->ride_seconds), rules->ride_seconds);
  past_summary done{.races = races.size()};
  sender batches{link, stop};
  for (const auto& race : races) {
    for (const auto& ride : race.rides) {
      for (std::uint32_t from = 1; from <= seconds; from += batch_updates)
        batches.send(past_batch(race, ride, options.seed, from, std::min(seconds, from + batch_updates - 1)));
      done.updates += seconds;
      ++done.rides;
    }
  }
  batches.finish();
  for (const auto& race : races)
    wait_until_closed(link, race, stop);
  done.elapsed_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  return done;
}

} // namespace alleycat::sim
