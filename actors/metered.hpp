/// What every actor of a node has in common: its messages are counted and timed, by its type.
#pragma once

#include "actors/histogram.hpp"

#include <caf/actor_config.hpp>
#include <caf/error.hpp>
#include <caf/execution_unit.hpp>
#include <caf/invoke_message_result.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/stateful_actor.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

namespace alleycat {

enum class actor_kind : std::uint8_t {
  racer,
  race,
  cls,
  shard,
  registry,
  ingest,
  follower,
  editor,
  retention,
  store,
  archive,
  calendar,
  results,
  query,
  gate,
  link,
};
inline constexpr std::size_t actor_kinds = 16;

constexpr std::string_view to_string(actor_kind kind) {
  constexpr std::array<std::string_view, actor_kinds> names{
      "racer",     "race",  "class",   "shard",    "registry", "ingest", "follower", "editor",
      "retention", "store", "archive", "calendar", "results",  "query",  "gate",     "link"};
  return names[static_cast<std::size_t>(kind)];
}

/// What the actors of one type did, in this process: what CAF counts itself from 0.18 on, and 0.17 does not. Kept by thread
/// and added when asked for. Thread safe.
class actor_meters {
public:
  static actor_meters& of(actor_kind kind) {
    static std::array<actor_meters, actor_kinds> all;
    return all[static_cast<std::size_t>(kind)];
  }

  histogram processing{buckets::message}; ///< of those messages that are timed
  histogram waiting{buckets::message};    ///< in the mailbox; of an actor one message at a time is watched

  void started() { mine().running.fetch_add(1, std::memory_order_relaxed); }
  void ended() { mine().running.fetch_sub(1, std::memory_order_relaxed); }
  void handled() { mine().handled.fetch_add(1, std::memory_order_relaxed); }
  void enqueued() { mine().enqueued.fetch_add(1, std::memory_order_relaxed); }
  void rejected() { mine().rejected.fetch_add(1, std::memory_order_relaxed); }
  void dropped(std::uint64_t messages) { mine().dropped.fetch_add(messages, std::memory_order_relaxed); }
  /// One that had died was made again.
  void restarted() { mine().restarted.fetch_add(1, std::memory_order_relaxed); }

  std::int64_t running() const { return sum(&part::running); }
  std::uint64_t processed() const { return sum(&part::handled); }
  /// Came to an actor that had ended.
  std::uint64_t rejected_messages() const { return sum(&part::rejected); }
  /// Were in the mailbox of an actor that ended.
  std::uint64_t dropped_messages() const { return sum(&part::dropped); }
  std::uint64_t restarts() const { return sum(&part::restarted); }
  /// Messages in all mailboxes, without those that are being handled; a moment old.
  std::uint64_t mailbox_size() const {
    const auto gone = processed() + dropped_messages();
    const auto came = sum(&part::enqueued);
    return came > gone ? came - gone : 0;
  }

private:
  struct alignas(64) part {
    std::atomic<std::int64_t> running{0};
    std::atomic<std::uint64_t> enqueued{0}, handled{0}, rejected{0}, dropped{0}, restarted{0};
  };

  part& mine() { return parts_[thread_slot(parts_.size())]; }
  template <class Number>
  Number sum(std::atomic<Number> part::*which) const {
    Number all = 0;
    for (const auto& one : parts_)
      all += (one.*which).load(std::memory_order_relaxed);
    return all;
  }

  std::array<part, histogram::parts> parts_;
};

/// An actor of this type, of which every message is counted. CAF 0.17 has no hook for that, but every message comes in by
/// `enqueue` and is handled by `consume`, which are virtual; so this stands behind CAF's class, for all actors alike.
///
/// Counting costs four increments a message, a time three looks at the clock: too much for a racer, whose messages take some
/// microseconds and are nearly all there are. Of its messages one in 16 is timed, and counts for 16. There is no room for a
/// time in CAF's messages, so the time in the mailbox is taken of one message at a time: the first that comes while none is
/// watched. An actor that keeps up has one in its mailbox mostly, so mostly that is each.
template <actor_kind Kind, class Base>
class metered : public Base {
public:
  explicit metered(caf::actor_config& config) : Base{config} { meters().started(); }

  ~metered() override {
    // Nobody can send to it any more.
    if (const auto left = enqueued_.load(std::memory_order_relaxed) - processed_; left != 0)
      meters().dropped(left);
  }

  using Base::enqueue;

  void enqueue(caf::mailbox_element_ptr message, caf::execution_unit* host) override {
    if (!times_are_taken.load(std::memory_order_relaxed))
      return Base::enqueue(std::move(message), host);
    if (this->mailbox().closed()) {
      meters().rejected();
    } else {
      meters().enqueued();
      const auto number = enqueued_.fetch_add(1, std::memory_order_relaxed);
      thread_local std::uint32_t turn = 0;
      auto nobody = nothing_watched;
      if (++turn % one_in == 0 && watched_since_.load(std::memory_order_relaxed) == nobody &&
          watched_since_.compare_exchange_strong(nobody, being_set, std::memory_order_relaxed)) {
        watched_ = number;
        watched_since_.store(now(), std::memory_order_release);
      }
    }
    Base::enqueue(std::move(message), host);
  }

  caf::invoke_message_result consume(caf::mailbox_element& message) override {
    if (!times_are_taken.load(std::memory_order_relaxed))
      return Base::consume(message);
    const auto number = processed_++;
    meters().handled();
    const auto since = watched_since_.load(std::memory_order_acquire);
    const bool watched = since > nothing_watched && number >= watched_;
    thread_local std::uint32_t turn = 0;
    if (++turn % one_in != 0 && !watched)
      return Base::consume(message);
    const auto began = now();
    if (watched) {
      meters().waiting.observe(began - since, one_in);
      watched_since_.store(nothing_watched, std::memory_order_release);
    }
    if (turn % one_in != 0)
      return Base::consume(message);
    // Also when the handler throws.
    const scope_guard handled{[began] { meters().processing.observe(now() - began, one_in); }};
    return Base::consume(message);
  }

  bool cleanup(caf::error&& reason, caf::execution_unit* host) override {
    // Before those who wait for its end hear of it.
    if (!std::exchange(over_, true))
      meters().ended();
    return Base::cleanup(std::move(reason), host);
  }

private:
  template <class Last>
  struct scope_guard {
    Last last;
    ~scope_guard() { last(); }
  };

  static constexpr std::uint32_t one_in = Kind == actor_kind::racer ? 16 : 1; ///< messages is timed
  static constexpr steady_ns nothing_watched{};
  static constexpr steady_ns being_set{std::chrono::nanoseconds{-1}};

  static actor_meters& meters() { return actor_meters::of(Kind); }
  static steady_ns now() { return std::chrono::steady_clock::now(); }

  // What is written by who handles, by who sends, and seldom, lies on different cache lines: else each message would take the
  // line from one core to the other and back.
  std::uint64_t processed_ = 0; ///< begun; of the thread that the actor runs on
  bool over_ = false;
  std::array<char, 64> apart_from_senders_{};
  std::atomic<std::uint64_t> enqueued_{0};
  std::array<char, 64> apart_from_enqueued_{};
  std::atomic<steady_ns> watched_since_{nothing_watched}; ///< when the watched message came
  std::uint64_t watched_ = 0;                             ///< its number; of whoever sets `watched_since_`
};

/// The class of an actor with this handle and state.
template <actor_kind Kind, class Handle, class State>
using metered_actor = metered<Kind, caf::stateful_actor<State, typename Handle::base>>;
/// Without a state.
template <actor_kind Kind, class Handle>
using metered_plain = metered<Kind, std::remove_pointer_t<typename Handle::pointer>>;

} // namespace alleycat
