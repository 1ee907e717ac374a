/// The Redis rival: sorted sets for every second of a race and for every second of a class's history; pipelined, variadic
/// where a command is. Nothing durable: Redis runs without saving.
///
/// Two pipelines take turns: while Redis works on one, the next updates are taken and put into the other, and the answers to the one
/// before are read and published. Whoever has nothing to take reads the answers at once. So neither side waits for the other while
/// there is work, and nobody waits for a pipeline to fill.
#include "tests/bench/peer.hpp"
#include "tests/bench/workload.hpp"

#include <fmt/format.h>
#include <hiredis/hiredis.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <stdexcept>
#include <utility>

namespace alleycat::bench {

namespace {

/// A command, its words in one piece of memory that is used again.
class command {
public:
  void begin(std::string_view name) {
    text_.clear();
    ends_.clear();
    add(name);
  }
  void add(std::string_view word) {
    text_ += word;
    ends_.push_back(text_.size());
  }
  void add(std::uint64_t number) {
    std::array<char, 20> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    add({digits.data(), static_cast<std::size_t>(end - digits.data())});
  }
  void append_to(redisContext* redis) {
    words_.clear();
    lengths_.clear();
    std::size_t from = 0;
    for (const auto end : ends_) {
      words_.push_back(text_.data() + from);
      lengths_.push_back(end - from);
      from = end;
    }
    redisAppendCommandArgv(redis, static_cast<int>(words_.size()), words_.data(), lengths_.data());
  }

private:
  std::string text_;
  std::vector<std::size_t> ends_;
  std::vector<const char*> words_;
  std::vector<std::size_t> lengths_;
};

struct reply_deleter {
  void operator()(redisReply* r) const { freeReplyObject(r); }
};
using reply = std::unique_ptr<redisReply, reply_deleter>;

std::uint64_t number_of(std::string_view text) {
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

class redis_rival : public peer {
public:
  explicit redis_rival(const peer_settings& settings)
      : peer{settings}, redis_{redisConnectUnix(settings.redis.c_str()), redisFree} {
    if (!redis_ || redis_->err != 0)
      throw std::runtime_error{"no Redis at " + settings.redis};
    load_history();
  }

  void take(const std::vector<counted>& batch) override {
    auto& fresh = pipelines_[1 - under_way_];
    fill(fresh, batch);
    send();
    settle();
    under_way_ = 1 - under_way_;
  }

  bool busy() const override { return !pipelines_[under_way_].groups.empty(); }

  void settle() override {
    auto& done = pipelines_[under_way_];
    for (const auto& g : done.groups)
      read_ranks(g);
    for (const auto& [race, second] : done.closed)
      publish_sorted(*race, second);
    done.groups.clear();
    done.closed.clear();
  }

private:
  /// What a batch brings to one second of a race.
  struct group {
    peer_race* race = nullptr;
    own_second second;
    std::vector<counted> members;
  };
  /// What Redis was asked in one go, in this order.
  struct pipeline {
    std::vector<group> groups;
    std::vector<std::pair<peer_race*, own_second>> closed; ///< seconds that are complete with it
  };

  /// One ZADD and one ZMSCORE for each second of a race in the batch, a ZCOUNT for each update; and what is complete, sorted.
  void fill(pipeline& into, const std::vector<counted>& batch) {
    std::map<std::pair<peer_race*, own_second>, std::size_t> place;
    for (const auto& c : batch) {
      const auto [at, first] = place.try_emplace({c.race, c.second}, into.groups.size());
      if (first)
        into.groups.push_back({c.race, c.second, {}});
      into.groups[at->second].members.push_back(c);
    }
    for (const auto& g : into.groups) {
      command_.begin("ZADD");
      command_.add(race_set(*g.race, g.second));
      for (const auto& c : g.members) {
        command_.add(c.total.value());
        command_.add(g.race->riders[c.row].racer.value());
      }
      command_.append_to(redis_.get());
      const auto history = history_set(g.race->key.cls, g.second);
      command_.begin("ZMSCORE");
      command_.add(history);
      for (const auto& c : g.members)
        command_.add(g.race->riders[c.row].racer.value());
      command_.append_to(redis_.get());
      for (const auto& c : g.members) {
        command_.begin("ZCOUNT");
        command_.add(history);
        command_.add(fmt::format("({}", c.total.value()));
        command_.add("+inf");
        command_.append_to(redis_.get());
      }
    }
    for (const auto& g : into.groups)
      if (complete(*g.race, g.second)) {
        into.closed.emplace_back(g.race, g.second);
        command_.begin("ZREVRANGE");
        command_.add(race_set(*g.race, g.second));
        command_.add("0");
        command_.add("-1");
        command_.add("WITHSCORES");
        command_.append_to(redis_.get());
        command_.begin("UNLINK");
        command_.add(race_set(*g.race, g.second));
        command_.append_to(redis_.get());
      }
  }

  /// Everything that was appended goes to Redis now, not when its answers are read.
  void send() {
    for (int done = 0; done == 0;)
      if (redisBufferWrite(redis_.get(), &done) != REDIS_OK)
        throw std::runtime_error{std::string{"Redis: "} + redis_->errstr};
  }

  void read_ranks(const group& g) {
    next();
    const auto own = next();
    auto& all_time = g.race->all_time[g.second.value()];
    for (std::size_t i = 0; i < g.members.size(); ++i) {
      const auto higher = next();
      const auto* best = own->element[i];
      const bool counts_me =
          best->type == REDIS_REPLY_STRING && number_of({best->str, best->len}) > g.members[i].total.value();
      all_time[g.members[i].row] = static_cast<rank_t>(higher->integer + 1 - (counts_me ? 1 : 0));
    }
  }

  static std::string race_set(const peer_race& race, own_second second) {
    return fmt::format("race:{}:{}:{}", race.key.cls.value(), race.key.race.value(), second.value());
  }
  static std::string history_set(class_id cls, own_second second) {
    return fmt::format("best:{}:{}", cls.value(), second.value());
  }

  reply next() {
    void* got = nullptr;
    if (redisGetReply(redis_.get(), &got) != REDIS_OK)
      throw std::runtime_error{std::string{"Redis: "} + redis_->errstr};
    reply r{static_cast<redisReply*>(got)};
    if (r->type == REDIS_REPLY_ERROR)
      throw std::runtime_error{std::string{"Redis: "} + r->str};
    return r;
  }

  void publish_sorted(peer_race& race, own_second second) {
    const auto rows = next();
    next();
    order_.clear();
    for (std::size_t i = 0; i + 1 < rows->elements; i += 2) {
      const auto* member = rows->element[i];
      order_.push_back(race.row_of.at(racer_id{static_cast<std::uint32_t>(number_of({member->str, member->len}))}));
    }
    // Redis orders equal scores by their text, descending.
    const auto& totals = race.totals[second.value()];
    for (std::size_t from = 0; from < order_.size();) {
      auto to = from + 1;
      while (to < order_.size() && totals[order_[to]] == totals[order_[from]])
        ++to;
      if (to - from > 1)
        std::sort(order_.begin() + static_cast<std::ptrdiff_t>(from), order_.begin() + static_cast<std::ptrdiff_t>(to),
                  [&](auto a, auto b) { return race.riders[a].racer < race.riders[b].racer; });
      from = to;
    }
    publish(race, second, order_);
  }

  /// Puts the history there unless it is.
  void load_history() {
    const auto mark = fmt::format("history:{}:{}:{}", set().classes, set().history, set().seconds);
    command_.begin("EXISTS");
    command_.add(mark);
    command_.append_to(redis_.get());
    if (next()->integer == 1)
      return;
    command_.begin("FLUSHALL");
    command_.append_to(redis_.get());
    next();
    constexpr std::uint32_t at_once = 500;
    for (std::uint16_t c = 1; c <= set().classes; ++c)
      for (std::uint32_t from = 1; from <= set().history; from += at_once) {
        const auto to = std::min(set().history, from + at_once - 1);
        std::vector<racer_bests> all;
        for (auto racer = from; racer <= to; ++racer)
          all.push_back(bests_of(history_seed, class_id{c}, racer_id{racer}, set().seconds));
        for (std::uint16_t s = 1; s <= set().seconds; ++s) {
          command_.begin("ZADD");
          command_.add(history_set(class_id{c}, own_second{s}));
          for (const auto& bests : all) {
            command_.add(bests.at[s - 1U].value());
            command_.add(bests.racer.value());
          }
          command_.append_to(redis_.get());
        }
        for (std::uint16_t s = 1; s <= set().seconds; ++s)
          next();
      }
    command_.begin("SET");
    command_.add(mark);
    command_.add("1");
    command_.append_to(redis_.get());
    next();
  }

  std::unique_ptr<redisContext, void (*)(redisContext*)> redis_;
  command command_;
  std::array<pipeline, 2> pipelines_;
  std::size_t under_way_ = 0; ///< which of them Redis was sent last
  std::vector<std::uint32_t> order_;
};

} // namespace

std::unique_ptr<peer> make_redis_rival(const peer_settings& set) {
  return std::make_unique<redis_rival>(set);
}

} // namespace alleycat::bench
