/// A stage for actors: virtual time, one thread, and ports that remember. The real ports have their tests in tests/e2e.
#pragma once

#include "actors/context.hpp"
#include "actors/errors.hpp"
#include "actors/interfaces.hpp"

#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace alleycat::test {

using namespace std::chrono_literals;

/// Start of the race that the tests ride: window 10 s, ride 10 s, grace 2 s.
inline constexpr race_key the_race{class_id{3}, race_id{100'000}};
inline constexpr unix_ms race_start = 1'000'000'000;

inline rule_set short_rules() {
  rule_set rules;
  rules.race.window_seconds = 10;
  rules.race.ride_seconds = 10;
  rules.race.grace_seconds = 10;
  rules.race.capacity = 100;
  rules.classes = {{class_id{3}, "Old Town Twist", 3, scoring::total}};
  return rules;
}

struct remembered_clock : clock_port {
  unix_ms time = race_start;
  unix_ms now() const override { return time; }
};

/// Keeps what was appended; entries are read by whoever reads the race, as soon as they are there.
struct remembered_journal : journal_port {
  struct append_call {
    race_key key;
    journal_batch batch;
    std::uint64_t token;
  };
  std::vector<append_call> appends;
  std::function<void(journal_ack)> acks;
  std::vector<std::pair<race_key, close_mark>> marks;
  std::vector<race_key> purged;
  std::vector<race_key> checked;
  std::vector<class_id> listed;
  stamp_check stamps = stamp_check::same;
  bool silent = false; ///< listings are not answered
  journal_listing contents{class_id{3}, 0, {}, 0, 0};
  std::uint32_t fill = 0;
  std::size_t reopened = 0;
  struct open_reader_call {
    std::shared_ptr<handoff<journal_item>> into;
    std::function<void()> wake;
  };
  std::map<race_key, open_reader_call> readers;
  std::size_t readers_opened = 0;

  struct writer : journal_writer {
    explicit writer(remembered_journal& j) : journal{j} {}
    void append(race_key key, const journal_batch& batch, std::uint64_t token) override {
      journal.appends.push_back({key, batch, token});
    }
    remembered_journal& journal;
  };

  struct reopened_reader : journal_reader {
    explicit reopened_reader(remembered_journal& j) : journal{j} {}
    void reopen() override { ++journal.reopened; }
    remembered_journal& journal;
  };

  std::unique_ptr<journal_writer> open_writer(std::function<void(journal_ack)> to) override {
    acks = std::move(to);
    return std::make_unique<writer>(*this);
  }
  std::unique_ptr<journal_reader> open_reader(race_key key, std::shared_ptr<handoff<journal_item>> into,
                                              std::function<void()> wake) override {
    readers[key] = {std::move(into), std::move(wake)};
    ++readers_opened;
    return std::make_unique<reopened_reader>(*this);
  }
  void mark(race_key key, const close_mark& mark, std::function<void(bool)> acked) override {
    marks.emplace_back(key, mark);
    acked(true);
  }
  void purge(race_key key) override { purged.push_back(key); }
  void check(race_key key, const journal_stamp&, std::function<void(stamp_check)> found) override {
    checked.push_back(key);
    found(stamps);
  }
  void list(class_id cls, std::function<void(journal_listing)> found) override {
    listed.push_back(cls);
    if (!silent)
      found(contents);
  }
  std::uint32_t fill_percent(class_id) const override { return fill; }

  /// The journal delivers a message to the race's reader.
  void deliver(race_key key, journal_item item) {
    auto& reader = readers.at(key);
    if (reader.into->push(item) == handoff<journal_item>::outcome::wake)
      reader.wake();
  }
};

struct remembered_publications : publish_port {
  std::vector<standings> tables;
  std::vector<rider_view> views;
  std::vector<std::size_t> leaderboards; ///< rows of each
  std::vector<race_key> opened;
  std::vector<std::pair<race_key, std::string>> results;
  std::vector<race_key> closed;
  std::vector<racer_id> records;
  std::size_t fenced = 0; ///< came under a term that is not running

  void publish(const term& under, const standings& table) override { take(under, tables, table); }
  void publish(const term& under, const rider_view& view) override { take(under, views, view); }
  void publish_leaderboard(const term& under, std::span<const leaderboard_row> rows, std::size_t) override {
    take(under, leaderboards, rows.size());
  }
  void publish_opened(const term& under, race_key key) override { take(under, opened, key); }
  void publish_result(const term& under, race_key key, std::string_view stored) override {
    take(under, results, std::pair{key, std::string{stored}});
  }
  void publish_closed(const term& under, const race_result& result) override { take(under, closed, result.key); }
  void publish_record(const term& under, racer_id racer, const final_score&) override { take(under, records, racer); }

private:
  template <class List, class Item>
  void take(const term& under, List& list, const Item& item) {
    if (under.running())
      list.push_back(item);
    else
      ++fenced;
  }
};

struct remembered_ownership : ownership_port {
  std::vector<std::pair<class_id, epoch>> recovered_classes;
  std::vector<class_id> preloaded_classes, stopped_classes;
  std::vector<race_key> hints;
  bool owner = true;
  bool clock_agrees = true;

  void recovered(class_id cls, epoch owner_epoch) override { recovered_classes.emplace_back(cls, owner_epoch); }
  void preloaded(class_id cls) override { preloaded_classes.push_back(cls); }
  void stopped(class_id cls) override { stopped_classes.push_back(cls); }
  void hint(race_key key) override { hints.push_back(key); }
  bool owns(class_id) const override { return owner; }
  bool may_ingest() const override { return clock_agrees; }
};

struct remembered_answers : answer_port {
  std::map<std::string, journal_position> ok;
  std::map<std::string, refusal> no;
  void stored(const std::string& reply_to, journal_position position) override { ok[reply_to] = position; }
  void refused(const std::string& reply_to, refusal reason, std::string_view) override { no[reply_to] = reason; }
};

struct remembered_log : log_port {
  std::vector<std::string> events;
  void info(std::string_view event, std::initializer_list<fact>) override { events.emplace_back(event); }
  void warn(std::string_view event, std::initializer_list<fact>) override { events.emplace_back(event); }
  void fatal(std::string_view event, std::initializer_list<fact>) override { events.emplace_back(event); }
};

class stage {
public:
  explicit stage(rule_set rules = short_rules()) : system_{config_} {
    context.rules = std::move(rules);
    context.ownership = &ownership;
    context.clock = &clock;
    context.journal = &journal;
    context.publisher = &publications;
    context.answers = &answers;
    context.log = &log;
    context.counts = &counts;
    for (const auto& cls : context.rules.classes)
      counts.classes[cls.id];
    context.names = &names;
    context.edits = &edits;
  }
  ~stage() { clear(); }

  caf::actor_system& system() { return system_; }
  caf::scheduler::test_coordinator& scheduler() {
    return static_cast<caf::scheduler::test_coordinator&>(system_.scheduler());
  }

  /// Handles messages until nobody has any, also those that actors have put off without a pause.
  void settle() {
    do
      scheduler().run();
    while (scheduler().advance_time(caf::timespan{0}) != 0);
  }

  /// Time passes in steps of this: nothing that a test distinguishes may be finer.
  std::chrono::milliseconds step = 10ms;

  void pass(std::chrono::milliseconds span) {
    for (auto gone = 0ms; gone < span; gone += step) {
      clock.time += step.count();
      scheduler().advance_time(step);
      settle();
    }
  }

  /// Ends every actor given, so that the system can end.
  template <class Actor>
  Actor keep(Actor actor) {
    kept_.push_back(caf::actor_cast<caf::strong_actor_ptr>(actor));
    return actor;
  }

  /// Sends a request and runs until it is answered.
  template <class Answer, class Actor, class Message>
  caf::expected<Answer> ask(const Actor& whom, Message message) {
    caf::expected<Answer> result{caf::make_error(caf::sec::runtime_error, std::string{"no answer"})};
    caf::scoped_actor self{system_};
    auto request = self->request(whom, caf::infinite, std::move(message));
    settle();
    request.receive([&](Answer& answer) { result = std::move(answer); }, [&](caf::error& e) { result = std::move(e); });
    return result;
  }

  void clear() {
    for (const auto& actor : kept_)
      caf::anon_send_exit(caf::actor_cast<caf::actor>(actor), caf::exit_reason::user_shutdown);
    kept_.clear();
    settle();
  }

  remembered_clock clock;
  remembered_journal journal;
  remembered_publications publications;
  remembered_answers answers;
  remembered_ownership ownership;
  remembered_log log;
  meters counts;
  name_book names;
  correction_book edits;
  actor_context context;

private:
  struct testing_config : caf::actor_system_config {
    testing_config() {
      add_error_category(*this);
      set("scheduler.policy", caf::atom("testing"));
      set("logger.verbosity", caf::atom("quiet"));
    }
    static void add_error_category(caf::actor_system_config& config) { alleycat::add_error_category(config); }
  };

  testing_config config_;
  caf::actor_system system_;
  std::vector<caf::strong_actor_ptr> kept_;
};

/// An update of the race, ridden when it should be.
inline update update_at(std::uint32_t racer, std::uint16_t second, std::uint16_t cadence = 800) {
  update u;
  u.cls = the_race.cls;
  u.race = the_race.race;
  u.racer = racer_id{racer};
  u.second = own_second{second};
  u.device_timestamp = race_start + 1000 * second;
  u.measured = {cadence, 500, 0, 0};
  return u;
}

inline journal_update journaled(const update& u) {
  return {u.racer, u.second, u.device_timestamp, u.measured, u.wants_view, u.name};
}

struct class_script {
  bool silent = false;    ///< rank batches are not answered
  bool in_a_hurry = true; ///< every rank batch so far went before other messages
};

/// Answers rank batches like a class without history.
inline class_actor::behavior_type empty_class(class_actor::pointer self, std::shared_ptr<class_script> script) {
  return {
      [=](look_at_clock) {},
      [=](const rank_batch& batch) {
        auto promise = self->make_response_promise<rank_answer>();
        script->in_a_hurry = script->in_a_hurry && self->current_mailbox_element()->is_high_priority();
        if (script->silent)
          return promise; // forgotten: the request runs into its deadline
        rank_answer answer;
        answer.places.assign(batch.items.size(), all_time_place{1, 1, {}});
        answer.around.resize(batch.items.size());
        promise.deliver(answer);
        return promise;
      },
      [=](const rank_closed& x) { return x.race; },
      [=](const closed_race_ptr&) {},
      [=](const edited&) {},
      [=](const get_leaderboard&) { return leaderboard_answer{}; },
      [=](const get_all_time&) { return all_time_answer{}; },
      [=](work_on) {},
      [=](const find_ghost&) { return ghost_source{}; },
  };
}

/// What was to be stored in the results stream and the changelog; fails as often as told.
struct remembered_results {
  std::map<race_key, std::vector<ride_record>> rides;
  std::vector<closed_race_ptr> races; ///< with results, in the order they came
  std::map<race_key, std::string> payloads;
  std::vector<racer_bests> bests;
  std::vector<cleanups> cleaned;
  int failures = 0;

  bool fails() { return failures > 0 && failures-- > 0; }
};
inline results_actor::behavior_type kept_results(results_actor::pointer, std::shared_ptr<remembered_results> into) {
  const auto not_now = [] { return caf::make_error(ec::not_stored, std::string{"not now"}); };
  return {
      [=](const settle_rides& x) -> caf::result<closed_race_ptr> {
        if (into->fails())
          return not_now();
        auto settled = std::make_shared<closed_race>(*x.race);
        // Create-only: what stands there counts.
        settled->rides = into->rides.try_emplace(x.race->result.key, x.race->rides).first->second;
        return closed_race_ptr{settled};
      },
      [=](const settle_result& x) -> caf::result<result_settled> {
        if (into->fails())
          return not_now();
        const auto key = x.race->result.key;
        const auto [entry, first] = into->payloads.try_emplace(key, "result " + std::to_string(key.race.value()));
        if (first)
          into->races.push_back(x.race);
        const auto stored = std::find_if(into->races.begin(), into->races.end(),
                                         [&](const auto& race) { return race->result.key == key; });
        return result_settled{*stored, std::make_shared<const std::string>(entry->second)};
      },
      [=](const find_stored_result& x) -> caf::result<stored_payload> {
        const auto found = into->payloads.find(x.key);
        return found == into->payloads.end() ? stored_payload{}
                                             : stored_payload{std::make_shared<const std::string>(found->second)};
      },
      [=](const remove_stored&) { return removed{}; },
      [=](const append_edit&) { return edit_appended{1}; },
      [=](const clean_streams& x) {
        into->cleaned.push_back(x.what);
        return cleaned_streams{x.what, 0, x.what.results.size(), 0, 0};
      },
      [=](const store_bests& x) -> caf::result<bests_stored> {
        if (into->fails())
          return not_now();
        into->bests.insert(into->bests.end(), x.bests->begin(), x.bests->end());
        return bests_stored{};
      },
  };
}

/// A follower that is always current.
inline follower_actor::behavior_type current_follower(follower_actor::pointer) {
  return {
      [](arrived) {},
      [](look_at_clock) {},
      [](const stream_end&) {},
      [](const feed_class&) {},
      [](const edited&) {},
      [](catch_up) { return caught_up{}; },
      [](get_follow_progress) {
        return follow_progress{true, 0, 0};
      },
  };
}

/// Without corrections.
inline editor_actor::behavior_type quiet_editor(editor_actor::pointer) {
  return {
      [](arrived) {},
      [](look_at_clock) {},
      [](const stream_end&) {},
      [](catch_up) { return caught_up{}; },
      [](follow_edits) {},
      [](const await_edit&) { return edit_effect{}; },
      [](clean_now) { return cleaned_streams{}; },
  };
}

/// Nobody asks for it.
inline calendar_actor::behavior_type quiet_calendar(calendar_actor::pointer) {
  return {
      [](look_at_clock) {},
      [](const closed_race_ptr&) {},
      [](const edited&) {},
      [](const get_period_board&) { return leaderboard_answer{}; },
  };
}

/// A store in memory: what the class and the host need.
struct remembered_store {
  std::vector<racer_bests> bests;
  std::map<race_key, journal_stamp> applied;
  std::vector<closed_race_ptr> races;     ///< applied, in order
  std::vector<std::size_t> held_rides;    ///< rides of each race that came without its result
  std::vector<racer_bests> bests_applied; ///< from the changelog
  std::set<race_key> unannounced;
  std::map<record_stream, stream_cursor> marks;
  std::vector<edit> edits; ///< applied, in order
  cleanups to_clean;
  bool broken = false;
};
inline store_actor::behavior_type kept_store(store_actor::pointer, std::shared_ptr<remembered_store> store) {
  return {
      [=](const load_class&) -> caf::result<class_records_ptr> {
        if (store->broken)
          return caf::make_error(ec::store_failed, std::string{"broken"});
        return std::make_shared<const std::vector<racer_bests>>(store->bests);
      },
      [=](const apply_closed& x) -> caf::result<merge_result> {
        if (store->broken)
          return caf::make_error(ec::store_failed, std::string{"broken"});
        if (x.announce)
          store->unannounced.insert(x.race->result.key);
        store->races.push_back(x.race);
        return merge_result{store->applied.emplace(x.race->result.key, x.race->stamp).second};
      },
      [=](const apply_rides& x) -> caf::result<merge_result> {
        store->held_rides.push_back(x.rides->size());
        return merge_result{true};
      },
      [=](const apply_bests& x) {
        store->bests_applied.insert(store->bests_applied.end(), x.bests->begin(), x.bests->end());
        return applied_bests{};
      },
      [=](const apply_edit& x) -> caf::result<edit_effect> {
        if (store->broken)
          return caf::make_error(ec::store_failed, std::string{"broken"});
        store->edits.push_back(*x.content);
        store->marks[record_stream::edits] = x.at;
        return edit_effect{};
      },
      [=](const find_bests& x) -> caf::result<bests_answer> {
        const auto found =
            std::find_if(store->bests.begin(), store->bests.end(), [&](const auto& of) { return of.racer == x.racer; });
        return bests_answer{found == store->bests.end() ? std::nullopt : std::optional{*found}};
      },
      [=](const find_cleanups&) { return store->to_clean; },
      [=](const keep_cleaned&) {
        store->to_clean = {};
        return ack{};
      },
      [=](const find_unannounced_bests& x) -> caf::result<unannounced_bests> {
        std::vector<racer_bests> news;
        const auto race = std::find_if(store->races.begin(), store->races.end(),
                                       [&](const auto& each) { return each->result.key == x.key; });
        if (race != store->races.end())
          for (const auto& ride : (*race)->rides)
            news.push_back({ride.racer, scores_of(ride, scoring::total), std::nullopt});
        return std::make_shared<const std::vector<racer_bests>>(news);
      },
      [=](const keep_announced& x) {
        store->unannounced.erase(x.key);
        return ack{};
      },
      [=](const find_cursor& x) { return cursor_answer{store->marks[x.stream]}; },
      [=](const store_cursor& x) {
        store->marks[x.stream] = x.cursor;
        return ack{};
      },
      [=](const find_applied& x) -> caf::result<applied_answer> {
        const auto found = store->applied.find(x.key);
        return applied_answer{found == store->applied.end() ? std::nullopt : std::optional{found->second}};
      },
      [=](const find_old&) { return old_race_search{}; },
      [=](const remove_old&) { return removed{}; },
  };
}

/// Nobody is there but those that a test puts in.
inline archive_actor::behavior_type kept_archive(archive_actor::pointer,
                                                 std::shared_ptr<std::vector<race_summary>> races) {
  return {
      [=](const list_races&) { return race_list{*races}; }, [](const find_result&) { return result_answer{}; },
      [](const find_moment&) { return moment_answer{}; },   [](const find_racer&) { return racer_answer{}; },
      [](const find_people&) { return people_found{}; },    [](const find_ride&) { return ride_answer{}; },
      [](const list_edits&) { return edit_list{}; },
  };
}

/// Remembers what races and classes say.
struct remembered_shard {
  std::vector<closed_race_ptr> folded;
  std::map<race_key, race_status> status;
  bool class_loaded = false;
};
inline shard_actor::behavior_type kept_shard(shard_actor::pointer, std::shared_ptr<remembered_shard> shard) {
  return {
      [](begin_term) {},
      [](end_term) { return ack{}; },
      [](const race_hint&) {},
      [](const journal_listing&) {},
      [](const stamp_checked&) {},
      [=](const race_status& x) { shard->status[x.key] = x; },
      [=](const closed_race_ptr& x) { shard->folded.push_back(x); },
      [=](const class_status& x) { shard->class_loaded = x.loaded; },
      [](go_on) {},
      [](look_at_clock) {},
      [](const find_race&) -> caf::result<race_actor> {
        return caf::make_error(ec::unknown_race, std::string{"none"});
      },
      [](const find_class&) -> caf::result<class_actor> {
        return caf::make_error(ec::unknown_class, std::string{"none"});
      },
  };
}

/// Remembers what ingest and shards say.
struct remembered_registry {
  std::vector<race_key> hints;
  std::optional<shard_status> status; ///< the last one
};
inline registry_actor::behavior_type kept_registry(registry_actor::pointer,
                                                   std::shared_ptr<remembered_registry> registry) {
  return {
      [](const preload_class&) {},
      [](const preload_over&) {},
      [](const own_class&) {},
      [](const disown_class&) {},
      [=](const race_hint& x) { registry->hints.push_back(x.key); },
      [=](const shard_status& x) { registry->status = x; },
      [](get_open_races) { return open_races{}; },
      [](const find_race&) -> caf::result<race_actor> { return caf::make_error(ec::not_owner, std::string{"none"}); },
      [](const find_class&) -> caf::result<class_actor> { return caf::make_error(ec::not_owner, std::string{"none"}); },
  };
}

} // namespace alleycat::test
