/// The riders of a benchmark, and who watches the standings for them.
///
/// Closed loop: a race sends its next second when the standings of the last one have come, complete: how fast can it go? Paced:
/// every rider sends once a second, whatever comes back: how long does it take? The first second, in which races begin and
/// riders become known, warms up: rate and latencies leave it out. All messages are made beforehand, and go to
/// the socket as they are. Prints one JSON line.
#include "messages/subjects.hpp"
#include "messages/update_json.hpp"
#include "tests/bench/field.hpp"
#include "tests/bench/table_scan.hpp"
#include "tests/bench/wire.hpp"
#include "tests/bench/workload.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nats/nats.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <fstream>
#include <iostream>
#include <mutex>
#include <numeric>
#include <random>
#include <stdexcept>
#include <vector>

using namespace alleycat;
using namespace alleycat::bench;

namespace {

using clock_type = std::chrono::steady_clock;
using moment = clock_type::time_point;
using namespace std::chrono_literals;

struct settings {
  std::string nats = "nats://127.0.0.1:4222";
  field who;
  std::uint16_t seconds = 60;
  bool paced = false;
  bool in_phase = false;
  bool answers = false;
  bool views = false;
  std::string tables; ///< file for what each standings said; empty: not looked at
};

double ms_between(moment from, moment to) {
  return std::chrono::duration<double, std::milli>(to - from).count();
}

/// Percentiles as a JSON object; p99.9 from 10,000 values on.
std::string percentiles(std::vector<double> values) {
  if (values.empty())
    return "null";
  std::sort(values.begin(), values.end());
  const auto at = [&](double part) {
    const auto rank = static_cast<std::size_t>(part * static_cast<double>(values.size()));
    return values[std::min(rank, values.size() - 1)];
  };
  auto text = fmt::format(R"({{"count":{},"p50":{:.2f},"p99":{:.2f})", values.size(), at(0.5), at(0.99));
  if (values.size() >= 10'000)
    text += fmt::format(R"(,"p999":{:.2f})", at(0.999));
  return text + fmt::format(R"(,"max":{:.2f}}})", values.back());
}

/// A rider's message, in the order in which they are sent within a second.
struct turn {
  std::uint32_t race = 0;
  std::uint32_t place = 0; ///< of the rider in the race
  double phase_ms = 0;     ///< paced: when in the second
};

/// Race after race, or, paced, everybody in a place of their own.
std::vector<turn> order_of(const settings& set) {
  std::vector<turn> order;
  for (std::uint32_t race = 0; race < set.who.races(); ++race)
    for (std::uint32_t i = 0; i < set.who.size_of(race); ++i)
      order.push_back({race, i, 0});
  if (!set.paced)
    return order;
  std::mt19937_64 random{live_seed};
  std::shuffle(order.begin(), order.end(), random);
  if (!set.in_phase)
    for (std::size_t i = 0; i < order.size(); ++i)
      order[i].phase_ms = 1'000.0 * static_cast<double>(i) / static_cast<double>(order.size());
  return order;
}

/// Everything that is sent in one second, and where each message ends in it.
struct second_frames {
  std::string bytes;
  std::vector<std::size_t> end; ///< by turn
};

class ride {
public:
  explicit ride(const settings& set) : set_{set}, order_{order_of(set)}, wire_{set.nats} {
    progress_.resize(set.who.races());
    for (auto& p : progress_)
      p.last_sent.resize(set.seconds + 1U);
    prepare();
    listen();
  }
  ~ride() {
    natsSubscription_Destroy(standings_);
    natsSubscription_Destroy(answers_);
    natsSubscription_Destroy(views_);
    natsConnection_Close(connection_);
    natsConnection_Destroy(connection_);
  }

  void run() {
    if (set_.paced)
      run_paced();
    else
      run_closed();
  }

  std::string report() {
    const std::lock_guard lock{mutex_};
    const auto updates = std::uint64_t{set_.who.riders} * set_.seconds;
    const auto timed = std::uint64_t{set_.who.riders} * (set_.seconds - 1U);
    const auto took = ms_between(began_, ended_) / 1'000;
    return fmt::format(
        R"({{"updates":{},"seconds":{:.3f},"rate":{:.0f},"complete":{},"missing":{},"overtaken":{},)"
        R"("standings":{},"close":{},"late":{},"answered":{},"refused":{},"answer":{},"views":{},"view":{}}})",
        updates, took, static_cast<double>(timed) / took, complete_,
        std::uint64_t{set_.who.races()} * set_.seconds - complete_, overtaken_, tables_seen_, percentiles(close_ms_),
        percentiles(late_ms_), answered_, refused_, percentiles(answer_ms_), views_seen_, percentiles(view_ms_));
  }

private:
  struct race_progress {
    std::uint32_t complete = 0;    ///< seconds whose standings have come
    std::vector<moment> last_sent; ///< [second]
  };

  void prepare() {
    const unix_ms start{std::int64_t{set_.who.first_race} * 300s};
    frames_.resize(set_.seconds);
    std::vector<past_rider> models;
    std::vector<std::string> subjects;
    std::vector<update> updates;
    for (const auto& t : order_) {
      const auto key = set_.who.key(t.race);
      const auto racer = set_.who.racer(t.race, t.place);
      models.emplace_back(live_seed, key.cls, racer);
      subjects.push_back(update_subject(key.cls, racer));
      update u;
      u.cls = key.cls;
      u.race = key.race;
      u.racer = racer;
      u.name = "Rider " + std::to_string(racer.value());
      updates.push_back(std::move(u));
    }
    std::string json;
    for (std::uint16_t s = 1; s <= set_.seconds; ++s) {
      auto& into = frames_[s - 1U];
      into.end.reserve(order_.size());
      for (std::size_t i = 0; i < order_.size(); ++i) {
        auto& u = updates[i];
        u.second = own_second{s};
        u.device_timestamp =
            start + std::chrono::seconds{s} + milliseconds{static_cast<std::int64_t>(order_[i].phase_ms)};
        u.measured = models[i].at(u.second);
        json.clear();
        encode_update(u, json);
        const auto reply = set_.answers ? fmt::format("{}.{}.{}", inbox, i, s) : std::string{};
        append_frame(subjects[i], reply, json, into.bytes);
        into.end.push_back(into.bytes.size());
      }
    }
    sent_at_.resize(set_.answers || set_.views ? order_.size() : 0);
    for (auto& times : sent_at_)
      times.resize(set_.seconds + 1U);
    if (set_.views) {
      turn_of_.resize(set_.who.races());
      for (std::uint32_t race = 0; race < set_.who.races(); ++race)
        turn_of_[race].resize(set_.who.size_of(race));
      for (std::size_t i = 0; i < order_.size(); ++i)
        turn_of_[order_[i].race][order_[i].place] = static_cast<std::uint32_t>(i);
      viewed_.resize(order_.size());
    }
  }

  void listen() {
    natsOptions* options = nullptr;
    natsOptions_Create(&options);
    natsOptions_SetURL(options, set_.nats.c_str());
    natsOptions_SetIOBufSize(options, 256 * 1024);
    const auto status = natsConnection_Connect(&connection_, options);
    natsOptions_Destroy(options);
    if (status != NATS_OK)
      throw std::runtime_error{"cannot connect to NATS"};
    const auto subscribe = [&](natsSubscription** into, const char* subject, natsMsgHandler handler) {
      if (natsConnection_Subscribe(into, connection_, subject, handler, this) != NATS_OK)
        throw std::runtime_error{"cannot subscribe"};
      natsSubscription_SetPendingLimits(*into, -1, -1);
    };
    subscribe(&standings_, "alleycat.race.*.*.standings", [](natsConnection*, natsSubscription*, natsMsg* m, void* me) {
      static_cast<ride*>(me)->take_standings(m);
      natsMsg_Destroy(m);
    });
    if (set_.answers)
      subscribe(&answers_, "_INBOX.riders.*.*", [](natsConnection*, natsSubscription*, natsMsg* m, void* me) {
        static_cast<ride*>(me)->take_answer(m);
        natsMsg_Destroy(m);
      });
    if (set_.views)
      subscribe(&views_, "alleycat.racer.*.view", [](natsConnection*, natsSubscription*, natsMsg* m, void* me) {
        static_cast<ride*>(me)->take_view(m);
        natsMsg_Destroy(m);
      });
    natsConnection_Flush(connection_);
    if (!set_.tables.empty())
      tables_.open(set_.tables);
  }

  void take_standings(natsMsg* message) {
    const auto now = clock_type::now();
    const auto key = parse_standings_subject(natsMsg_GetSubject(message));
    const auto race = key ? set_.who.race_of(*key) : set_.who.races();
    if (race == set_.who.races())
      return;
    const auto table = scan_table({natsMsg_GetData(message), static_cast<std::size_t>(natsMsg_GetDataLength(message))},
                                  tables_.is_open());
    if (!table)
      return;
    std::uint32_t next = 0;
    {
      const std::lock_guard lock{mutex_};
      ++tables_seen_;
      auto& p = progress_[race];
      if (table->rows < set_.who.size_of(race) || table->least_second <= p.complete)
        return;
      // Whoever waits for such a second waits until now: left out, they would make a slow contender look quick.
      for (auto s = p.complete + 1; s < table->least_second; ++s) {
        ++overtaken_;
        if (s > 1)
          close_ms_.push_back(ms_between(p.last_sent[s], now));
      }
      p.complete = table->least_second;
      ++complete_;
      if (p.complete > 1)
        close_ms_.push_back(ms_between(p.last_sent[p.complete], now));
      if (tables_.is_open() && table->furthest == table->least_second)
        tables_ << key->cls.value() << ' ' << key->race.value() << ' ' << p.complete << ' ' << table->checksum << ' '
                << table->without_all_time << '\n';
      if (p.complete == set_.seconds && ++races_done_ == set_.who.races()) {
        ended_ = now;
        done_.notify_all();
      }
      if (set_.paced || p.complete == set_.seconds)
        return;
      if (p.complete == 1) {
        ++races_warm_;
        warm_.notify_all();
        return;
      }
      next = p.complete + 1;
    }
    send_race(race, next);
  }

  /// "_INBOX.riders.<turn>.<second>"
  void take_answer(natsMsg* message) {
    const auto now = clock_type::now();
    const std::string_view subject = natsMsg_GetSubject(message);
    const auto dot = subject.rfind('.');
    const auto turn = std::stoul(std::string{subject.substr(inbox.size() + 1, dot - inbox.size() - 1)});
    const auto second = std::stoul(std::string{subject.substr(dot + 1)});
    const std::string_view text{natsMsg_GetData(message), static_cast<std::size_t>(natsMsg_GetDataLength(message))};
    const std::lock_guard lock{mutex_};
    if (text.find(R"("ok":true)") == std::string_view::npos) {
      ++refused_;
      return;
    }
    ++answered_;
    answer_ms_.push_back(ms_between(sent_at_[turn][second], now));
  }

  void take_view(natsMsg* message) {
    const auto now = clock_type::now();
    const std::string_view text{natsMsg_GetData(message), static_cast<std::size_t>(natsMsg_GetDataLength(message))};
    const auto number = [&](std::string_view key) {
      const auto at = text.find(key);
      return at == std::string_view::npos ? 0UL : std::strtoul(text.data() + at + key.size(), nullptr, 10);
    };
    const race_key key{class_id{static_cast<std::uint16_t>(number(R"("classId":)"))},
                       race_id{static_cast<std::uint32_t>(number(R"("raceId":)"))}};
    const auto race = set_.who.race_of(key);
    if (race == set_.who.races())
      return;
    const auto place = set_.who.place_of(race, racer_id{static_cast<std::uint32_t>(number(R"("racerId":)"))});
    const auto second = number(R"("second":)");
    const std::lock_guard lock{mutex_};
    ++views_seen_;
    const auto turn = turn_of_[race][place];
    if (second <= viewed_[turn] || second > set_.seconds)
      return;
    viewed_[turn] = static_cast<std::uint32_t>(second);
    view_ms_.push_back(ms_between(sent_at_[turn][second], now));
  }

  void run_closed() {
    for (std::uint32_t race = 0; race < set_.who.races(); ++race)
      send_race(race, 1);
    {
      std::unique_lock lock{mutex_};
      if (!warm_.wait_for(lock, 10s, [&] { return races_warm_ == set_.who.races(); }))
        throw std::runtime_error{"no standings for 10 s"};
      began_ = clock_type::now();
    }
    for (std::uint32_t race = 0; race < set_.who.races(); ++race)
      send_race(race, 2);
    std::unique_lock lock{mutex_};
    auto before = complete_;
    while (!done_.wait_for(lock, 10s, [&] { return races_done_ == set_.who.races(); })) {
      if (complete_ == before)
        throw std::runtime_error{"no standings for 10 s"};
      before = complete_;
    }
    lock.unlock();
    linger();
  }

  void send_race(std::uint32_t race, std::uint32_t second) {
    const auto& f = frames_[second - 1U];
    const auto first = race * set_.who.race_size;
    const auto last = first + set_.who.size_of(race) - 1;
    const auto from = first == 0 ? 0 : f.end[first - 1U];
    const auto now = clock_type::now();
    note_sent(first, last, second, now);
    {
      const std::lock_guard lock{mutex_};
      progress_[race].last_sent[second] = now; // should the standings be here before the call returns
    }
    wire_.send(std::string_view{f.bytes}.substr(from, f.end[last] - from));
    const std::lock_guard lock{mutex_};
    progress_[race].last_sent[second] = clock_type::now();
  }

  void note_sent(std::size_t first, std::size_t last, std::uint32_t second, moment at) {
    if (!sent_at_.empty())
      for (auto i = first; i <= last; ++i)
        sent_at_[i][second] = at;
  }

  void run_paced() {
    constexpr std::size_t at_once = 256; // messages, so that "sent" is known well
    const auto start = clock_type::now() + 500ms;
    began_ = start + 1s;
    std::vector<std::size_t> last_turn(set_.who.races());
    for (std::size_t i = 0; i < order_.size(); ++i)
      last_turn[order_[i].race] = i;
    for (std::uint32_t second = 1; second <= set_.seconds; ++second) {
      const auto& f = frames_[second - 1U];
      const auto second_start = start + (second - 1) * 1s;
      for (std::size_t next = 0; next < order_.size();) {
        const auto due = second_start + std::chrono::duration_cast<clock_type::duration>(
                                            std::chrono::duration<double, std::milli>(order_[next].phase_ms));
        std::this_thread::sleep_until(due);
        const auto now = clock_type::now();
        auto end = next + 1;
        while (end < order_.size() && end - next < at_once &&
               second_start + std::chrono::duration<double, std::milli>(order_[end].phase_ms) <= now)
          ++end;
        const auto from = next == 0 ? 0 : f.end[next - 1];
        note_sent(next, end - 1, second, now);
        for (auto i = next; i < end; ++i)
          if (last_turn[order_[i].race] == i) {
            const std::lock_guard lock{mutex_};
            progress_[order_[i].race].last_sent[second] = now;
          }
        wire_.send(std::string_view{f.bytes}.substr(from, f.end[end - 1] - from));
        const auto sent = clock_type::now();
        {
          const std::lock_guard lock{mutex_};
          late_ms_.push_back(ms_between(due, sent));
          for (auto i = next; i < end; ++i)
            if (set_.in_phase && last_turn[order_[i].race] == i)
              progress_[order_[i].race].last_sent[second] = sent;
        }
        next = end;
      }
    }
    std::unique_lock lock{mutex_};
    if (!done_.wait_for(lock, 5s, [&] { return races_done_ == set_.who.races(); })) {
      ended_ = clock_type::now();
      // Who never got an answer waited at least until now.
      for (const auto& p : progress_)
        for (auto s = std::max(p.complete + 1, 2U); s <= set_.seconds; ++s)
          close_ms_.push_back(ms_between(p.last_sent[s], ended_));
    }
    lock.unlock();
    linger();
  }

  /// For the last answers and views.
  void linger() {
    if (!set_.answers && !set_.views)
      return;
    for (std::uint64_t before = ~0ULL;;) {
      std::this_thread::sleep_for(300ms);
      const std::lock_guard lock{mutex_};
      if (std::exchange(before, answered_ + views_seen_) == answered_ + views_seen_)
        return;
    }
  }

  static constexpr std::string_view inbox = "_INBOX.riders";

  settings set_;
  std::vector<turn> order_;
  std::vector<second_frames> frames_; ///< [second - 1]
  wire wire_;
  natsConnection* connection_ = nullptr;
  natsSubscription* standings_ = nullptr;
  natsSubscription* answers_ = nullptr;
  natsSubscription* views_ = nullptr;
  std::vector<std::vector<moment>> sent_at_;        ///< [turn][second]; with answers or views
  std::vector<std::vector<std::uint32_t>> turn_of_; ///< [race][place]
  std::ofstream tables_;
  moment began_;
  moment ended_;

  std::mutex mutex_; ///< guards what follows
  std::condition_variable warm_;
  std::condition_variable done_;
  std::vector<race_progress> progress_; ///< [race]
  std::uint32_t races_warm_ = 0;
  std::uint32_t races_done_ = 0;
  std::uint64_t complete_ = 0; ///< seconds of races with complete standings of their own
  std::uint64_t overtaken_ =
      0; ///< seconds that standings of a later one came before: missing, as those that never came
  std::uint64_t tables_seen_ = 0;
  std::uint64_t answered_ = 0;
  std::uint64_t refused_ = 0;
  std::uint64_t views_seen_ = 0;
  std::vector<std::uint32_t> viewed_; ///< [turn]
  std::vector<double> close_ms_;
  std::vector<double> late_ms_;
  std::vector<double> answer_ms_;
  std::vector<double> view_ms_;
};

} // namespace

int main(int argc, char** argv) {
  settings set;
  CLI::App app{"The riders of a benchmark, and who watches the standings for them."};
  app.add_option("--nats", set.nats, "NATS URL");
  app.add_option("--riders", set.who.riders, "riders");
  app.add_option("--race-size", set.who.race_size, "riders of a race");
  app.add_option("--classes", set.who.classes, "classes they are spread over");
  app.add_option("--first-race", set.who.first_race, "id of the first race");
  app.add_option("--seconds", set.seconds, "seconds ridden");
  app.add_flag("--paced", set.paced, "one update a rider and second; without it as fast as standings come back");
  app.add_flag("--in-phase", set.in_phase, "paced: everybody at the same moment");
  app.add_flag("--answers", set.answers, "ask for an answer to every update");
  app.add_flag("--views", set.views, "listen to every rider's view");
  app.add_option("--tables", set.tables, "write a checksum of each complete standings to this file");
  CLI11_PARSE(app, argc, argv);
  try {
    ride all{set};
    all.run();
    std::cout << all.report() << '\n';
  } catch (const std::exception& e) {
    std::cerr << "bench-riders: " << e.what() << '\n';
    return 1;
  }
  return 0;
}
