/// Ports that remember what actors gave them, and answer as a test says. The real ports have their tests in tests/e2e.
#pragma once

#include "actors/ports.hpp"
#include "tests/actors/the_race.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace alleycat::test {

struct remembered_clock : clock_port {
  unix_ms time = race_start;
  unix_ms now() const override { return time; }
  steady_ns steady() const override { return steady_ns{time.time_since_epoch()}; }
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
  std::size_t sharing = 1;

  void recovered(class_id cls, epoch owner_epoch) override { recovered_classes.emplace_back(cls, owner_epoch); }
  void preloaded(class_id cls) override { preloaded_classes.push_back(cls); }
  void stopped(class_id cls) override { stopped_classes.push_back(cls); }
  void hint(race_key key) override { hints.push_back(key); }
  bool owns(class_id) const override { return owner; }
  bool may_ingest() const override { return clock_agrees; }
  std::size_t nodes() const override { return sharing; }
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

} // namespace alleycat::test
