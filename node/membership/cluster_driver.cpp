#include "node/membership/cluster_driver.hpp"

#include "node/telemetry/log.hpp"
#include "racing/failpoint.hpp"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <exception>
#include <limits>
#include <span>
#include <stdexcept>

namespace alleycat {

namespace {

using namespace std::chrono_literals;

/// The machine asks for 250 ms at least. Each tick of an idle node is a thread that wakes up for nothing.
constexpr milliseconds tick_interval = 200ms;
/// Entries of the bucket that wait; its reader waits beyond them.
constexpr std::size_t most_events = 10'000;
/// Taken in between two reviews of all classes.
constexpr std::size_t events_together = 256;
constexpr milliseconds first_retry = 200ms;
constexpr milliseconds longest_retry = 2'000ms;
constexpr auto never = std::numeric_limits<steady_time::rep>::min();

milliseconds longer(milliseconds pause) {
  return std::clamp(2 * pause, first_retry, longest_retry);
}

unix_ms system_now() {
  return std::chrono::floor<milliseconds>(std::chrono::system_clock::now()) + planted_clock_offset();
}

driver_settings with_clocks(driver_settings settings) {
  if (!settings.wall_clock)
    settings.wall_clock = system_now;
  if (!settings.clock)
    settings.clock = boot_now;
  return settings;
}

} // namespace

steady_time boot_now() {
  timespec now{};
  clock_gettime(CLOCK_BOOTTIME, &now);
  return steady_time{milliseconds{now.tv_sec * 1'000 + now.tv_nsec / 1'000'000}};
}

cluster_driver::cluster_driver(driver_settings settings, driver_listener& listener)
    : settings_{with_clocks(std::move(settings))}, listener_{listener},
      trusted_until_{never}, machine_{settings_.ownership},
      notes_{settings_.urls, settings_.ownership.name + " generations"}, js_{jetstream_of(notes_)} {
  bucket_ = std::make_unique<jetstream_bucket>(settings_.urls, settings_.ownership.name,
                                               [this](const bucket_event& event) { put_in_event(event); });
  blocking_ = std::make_unique<worker>();
  thread_ = std::thread{[this] { work(); }};
}

cluster_driver::~cluster_driver() {
  halt();
}

void cluster_driver::halt() {
  if (!thread_.joinable())
    return;
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
  trusted_until_ = never;
  blocking_.reset();
  bucket_.reset();
}

// -- inputs ------------------------------------------------------------------------------------------------------------

template <class Change>
void cluster_driver::put_in(Change change) {
  {
    const std::lock_guard lock{mutex_};
    change(in_);
    in_.any = true;
  }
  changed_.notify_all();
}

void cluster_driver::put_in_event(const bucket_event& event) {
  {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return stopping_ || in_.events.size() < most_events; });
    if (stopping_)
      return;
    in_.events.push_back(event);
    in_.any = true;
  }
  changed_.notify_all();
}

void cluster_driver::health(bool fit, bool ready) {
  put_in([&](inputs& in) { in.health = {fit, ready}; });
}
void cluster_driver::recovered(class_id cls, epoch owner_epoch) {
  put_in([&](inputs& in) { in.recovered[cls] = std::max(in.recovered[cls], owner_epoch); });
}
void cluster_driver::preloaded(class_id cls, const std::string& by) {
  put_in([&](inputs& in) { in.preloaded[cls].insert(by); });
}
void cluster_driver::stopped(class_id cls) {
  put_in([&](inputs& in) { in.stopped.insert(cls); });
}
void cluster_driver::met(class_id cls, epoch owner_epoch) {
  const auto& known = settings_.ownership.classes;
  if (std::find(known.begin(), known.end(), cls) != known.end())
    put_in([&](inputs& in) { in.met[cls] = std::max(in.met[cls], owner_epoch); });
}
void cluster_driver::connection_down(const std::string& member) {
  put_in([&](inputs& in) { in.down.insert(member); });
}
void cluster_driver::drain() {
  put_in([](inputs& in) { in.drain = true; });
}
void cluster_driver::set_load(const node_load& load) {
  const std::lock_guard lock{mutex_};
  in_.load = load; // is read by the next tick, before its heartbeat
}

// -- the thread --------------------------------------------------------------------------------------------------------

void cluster_driver::work() {
  auto next_tick = std::chrono::steady_clock::now();
  while (!over_) {
    inputs in;
    {
      std::unique_lock lock{mutex_};
      changed_.wait_until(lock, next_tick, [this] { return stopping_ || in_.any; });
      if (stopping_)
        return;
      in = std::exchange(in_, {});
    }
    changed_.notify_all(); // whoever waits for room
    step(std::move(in));
    if (std::chrono::steady_clock::now() >= next_tick) {
      next_tick = std::chrono::steady_clock::now() + tick_interval;
      feed([](ownership& machine, steady_time now) { return machine.tick(now); });
    }
    take_picture();
  }
}

void cluster_driver::step(inputs in) {
  feed_events(std::move(in.events));
  if (in.load)
    machine_.set_load(*in.load);
  if (in.health)
    feed([&](ownership& m, steady_time now) { return m.health(now, in.health->first, in.health->second); });
  if (in.outside && in.outside->first == round_)
    feed([&](ownership& m, steady_time now) { return m.outside(now, in.outside->second); });
  if (in.noted)
    feed([&](ownership& m, steady_time now) { return m.noted(now, *in.noted); });
  for (const auto& each : in.met)
    feed([&](ownership& m, steady_time now) { return m.met(now, each.first, each.second); });
  for (const auto& each : in.recovered)
    feed([&](ownership& m, steady_time now) { return m.recovered(now, each.first, each.second); });
  for (const auto& each : in.preloaded)
    for (const auto& by : each.second)
      feed([&](ownership& m, steady_time now) { return m.preloaded(now, each.first, by); });
  for (const auto cls : in.stopped)
    feed([&](ownership& m, steady_time now) { return m.stopped(now, cls, stopped_by_[cls]); });
  for (const auto& member : in.down)
    feed([&](ownership& m, steady_time now) { return m.connection_down(now, member); });
  if (in.drain)
    feed([](ownership& m, steady_time now) { return m.drain(now); });
}

/// Output is held back before anybody hears of an end, and let go only after everybody has.
template <class Input>
void cluster_driver::feed(Input input) {
  if (over_)
    return;
  const commands decided = input(machine_, settings_.clock());
  const auto until = machine_.trusted_until().time_since_epoch().count();
  if (until < trusted_until_.load())
    trusted_until_.store(until);
  for (const auto& what : decided)
    execute(what);
  trusted_until_.store(until);
}

void cluster_driver::feed_events(std::deque<bucket_event> events) {
  std::vector<bucket_event> together;
  while (!events.empty()) {
    together.clear();
    while (!events.empty() && together.size() < events_together) {
      measure_clock(events.front());
      together.push_back(std::move(events.front()));
      events.pop_front();
    }
    feed([&](ownership& machine, steady_time now) {
      return machine.on_bucket(now, std::span<const bucket_event>{together});
    });
  }
}

void cluster_driver::measure_clock(const bucket_event& event) {
  const auto* entry = std::get_if<bucket_entry>(&event);
  if (entry == nullptr || entry->deleted || entry->key != to_text(node_key{settings_.ownership.name}))
    return;
  const auto beat = parse_heartbeat(settings_.ownership.name, entry->value);
  if (!beat || beat->incarnation != machine_.incarnation())
    return;
  gauge_.came_back(beat->counter, entry->stored_at, settings_.wall_clock(), settings_.clock());
  machine_.set_clock_ahead(gauge_.ahead());
  clock_ahead_.store(gauge_.ahead(), std::memory_order_relaxed);
}

void cluster_driver::execute(const command& what) {
  if (const auto* put = std::get_if<put_entry>(&what))
    if (const auto beat = parse_heartbeat(settings_.ownership.name, put->value))
      gauge_.sent(beat->counter, settings_.wall_clock(), settings_.clock());
  if (carry_out(what, *bucket_))
    return;
  if (const auto* start = std::get_if<start_class>(&what)) {
    listener_.on_start(*start);
  } else if (const auto* stop = std::get_if<stop_class>(&what)) {
    stopped_by_[stop->cls] = stop->owner_epoch;
    listener_.on_stop(*stop);
  } else if (const auto* offer = std::get_if<offer_class>(&what)) {
    listener_.on_offer(*offer);
  } else if (const auto* cancel = std::get_if<cancel_offer>(&what)) {
    listener_.on_cancel(*cancel);
  } else if (std::holds_alternative<look_outside>(what)) {
    find_outside(++round_, 0ms);
  } else if (const auto* generation = std::get_if<note_generation>(&what)) {
    note(generation->number, 0ms);
  } else if (const auto* changed = std::get_if<trust_changed>(&what)) {
    listener_.on_trust(changed->now);
  } else if (const auto* here = std::get_if<peer_up>(&what)) {
    listener_.on_peer(here->last, true, here->speaks_with_us);
  } else if (const auto* gone = std::get_if<peer_down>(&what)) {
    listener_.on_peer(gone->last, false, false);
  } else if (const auto* odd = std::get_if<report_oddity>(&what)) {
    log_event(log_level::warn, "cluster.oddity", {{"what", odd->what}});
  } else if (const auto* end = std::get_if<give_up>(&what)) {
    over_ = true;
    listener_.on_give_up(end->why);
  } else if (std::holds_alternative<leave_cluster>(what)) {
    over_ = true;
    listener_.on_left();
  }
}

void cluster_driver::find_outside(std::uint64_t round, milliseconds pause) {
  blocking_->later(pause, [this, round, pause] {
    if (stopping_)
      return;
    try {
      const auto noted = highest_noted_generation(js_.get());
      if (!noted)
        throw std::runtime_error{"the notes of generations do not answer"};
      const epoch of_notes{*noted == 0 ? 0 : generation_base(*noted).value() + 1};
      const auto highest = std::max(of_notes, settings_.look_outside());
      put_in([&](inputs& in) { in.outside = {round, highest}; });
    } catch (const std::exception& e) {
      log_event(log_level::warn, "cluster.look_delayed", {{"error", e.what()}});
      find_outside(round, longer(pause));
    }
  });
}

void cluster_driver::note(std::uint64_t generation, milliseconds pause) {
  blocking_->later(pause, [this, generation, pause] {
    if (stopping_)
      return;
    try {
      write_generation_note(js_.get(), generation);
      put_in([&](inputs& in) { in.noted = std::max(in.noted.value_or(0), generation); });
    } catch (const std::exception& e) {
      log_event(log_level::warn, "cluster.note_delayed", {{"error", e.what()}});
      note(generation, longer(pause));
    }
  });
}

// -- what is known -----------------------------------------------------------------------------------------------------

void cluster_driver::take_picture() {
  auto seen = std::make_shared<cluster_picture>();
  seen->members = machine_.members_seen();
  for (const auto cls : settings_.ownership.classes)
    if (auto owner = machine_.owner_of(cls))
      seen->owners.emplace(cls, std::move(*owner));
  seen->own = machine_.own();
  seen->trusted = machine_.trusted();
  seen->incarnation = machine_.incarnation();
  seen->format = machine_.format();
  seen->draining = machine_.draining();
  const std::lock_guard lock{mutex_};
  picture_ = std::move(seen);
}

bool cluster_driver::owns(class_id cls) const {
  const auto seen = picture();
  return std::any_of(seen->own.begin(), seen->own.end(), [&](const auto& each) { return each.cls == cls; });
}

std::shared_ptr<const cluster_picture> cluster_driver::picture() const {
  const std::lock_guard lock{mutex_};
  return picture_;
}

} // namespace alleycat
