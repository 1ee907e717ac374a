#include "node/membership/cluster_driver.hpp"

#include "node/telemetry/log.hpp"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <utility>

namespace alleycat {

namespace {

using namespace std::chrono_literals;

constexpr auto tick_interval = 100ms;
constexpr auto look_again = 1s;

} // namespace

steady_time boot_now() {
  timespec now{};
  clock_gettime(CLOCK_BOOTTIME, &now);
  return steady_time{milliseconds{now.tv_sec * 1'000 + now.tv_nsec / 1'000'000}};
}

cluster_driver::cluster_driver(driver_settings settings, driver_listener& listener)
    : settings_{std::move(settings)}, listener_{listener}, machine_{settings_.ownership},
      notes_{settings_.urls, settings_.ownership.name + " generations"}, js_{jetstream_of(notes_)} {
  bucket_ =
      std::make_unique<jetstream_bucket>(settings_.urls, settings_.ownership.name, [this](const bucket_event& event) {
        measure_clock(event);
        post([event](ownership& machine, steady_time now) { return machine.on_bucket(now, event); });
      });
  thread_ = std::thread{[this] { work(); }};
}

cluster_driver::~cluster_driver() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void cluster_driver::post(input what) {
  {
    const std::lock_guard lock{mutex_};
    inputs_.push_back(std::move(what));
  }
  changed_.notify_one();
}

void cluster_driver::work() {
  auto next_tick = std::chrono::steady_clock::now();
  for (;;) {
    std::deque<input> inputs;
    {
      std::unique_lock lock{mutex_};
      changed_.wait_until(lock, next_tick, [this] { return stopping_ || !inputs_.empty(); });
      if (stopping_)
        return;
      inputs.swap(inputs_);
    }
    for (const auto& each : inputs)
      carry_out_all(each(machine_, boot_now()));
    if (std::chrono::steady_clock::now() >= next_tick) {
      next_tick = std::chrono::steady_clock::now() + tick_interval;
      carry_out_all(machine_.tick(boot_now()));
    }
    take_picture();
  }
}

void cluster_driver::carry_out_all(const commands& decided) {
  trusted_until_.store(machine_.trusted_until().time_since_epoch().count());
  fresh_.store(machine_.trusted() != trust::suspect);
  for (const auto& what : decided)
    if (!carry_out(what, *bucket_))
      execute(what);
}

void cluster_driver::execute(const command& what) {
  if (const auto* start = std::get_if<start_class>(&what)) {
    running_[start->cls] = start->owner_epoch;
    listener_.on_start(*start);
  } else if (const auto* stop = std::get_if<stop_class>(&what)) {
    listener_.on_stop(*stop);
  } else if (const auto* offer = std::get_if<offer_class>(&what)) {
    listener_.on_offer(*offer);
  } else if (const auto* cancel = std::get_if<cancel_offer>(&what)) {
    listener_.on_cancel(*cancel);
  } else if (std::holds_alternative<alleycat::look_outside>(what)) {
    look_outside();
  } else if (const auto* generation = std::get_if<note_generation>(&what)) {
    note(generation->number);
  } else if (const auto* changed = std::get_if<trust_changed>(&what)) {
    listener_.on_trust(changed->now);
  } else if (const auto* here = std::get_if<peer_up>(&what)) {
    listener_.on_peer(here->last, true, here->speaks_with_us);
  } else if (const auto* gone = std::get_if<peer_down>(&what)) {
    listener_.on_peer(gone->last, false, false);
  } else if (const auto* odd = std::get_if<report_oddity>(&what)) {
    log_event(log_level::warn, "cluster.oddity", {{"what", odd->what}});
  } else if (const auto* end = std::get_if<give_up>(&what)) {
    listener_.on_give_up(end->why);
  } else if (std::holds_alternative<leave_cluster>(what)) {
    listener_.on_left();
  }
}

void cluster_driver::look_outside() {
  blocking_.later([this] {
    try {
      auto highest = settings_.look_outside();
      if (const auto noted = highest_noted_generation(js_.get()))
        highest = std::max(highest, *noted == 0 ? epoch{} : epoch{generation_base(*noted).value() + 1});
      else
        throw std::runtime_error{"the notes of generations do not answer"};
      post([highest](ownership& machine, steady_time now) { return machine.outside(now, highest); });
    } catch (const std::exception& e) {
      log_event(log_level::warn, "cluster.look_delayed", {{"error", e.what()}});
      blocking_.later(look_again, [this] { look_outside(); });
    }
  });
}

void cluster_driver::note(std::uint64_t generation) {
  blocking_.later([this, generation] {
    try {
      write_generation_note(js_.get(), generation);
      post([generation](ownership& machine, steady_time now) { return machine.noted(now, generation); });
    } catch (const std::exception& e) {
      log_event(log_level::warn, "cluster.note_delayed", {{"error", e.what()}});
      blocking_.later(look_again, [this, generation] { note(generation); });
    }
  });
}

void cluster_driver::measure_clock(const bucket_event& event) {
  const auto* entry = std::get_if<bucket_entry>(&event);
  if (entry == nullptr || entry->deleted || entry->stored_at == 0 ||
      entry->key != to_text(bucket_key{node_key{settings_.ownership.name}}))
    return;
  // Only a beat that has just come back: old ones are told again whenever the bucket is read.
  const auto beat = parse_heartbeat(settings_.ownership.name, entry->value);
  if (!beat || beat->incarnation != picture()->incarnation || beat->counter <= counter_back_)
    return;
  counter_back_ = beat->counter;
  const auto now =
      std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  // It takes a moment to come back, so only a clock that is behind can be told for sure from a slow way: the smallest
  // difference of the last beats counts.
  const auto ahead = now - entry->stored_at;
  auto known = clock_ahead_ms_.load();
  const auto next = std::abs(ahead) < std::abs(known) ? ahead : known + (ahead - known) / 4;
  clock_ahead_ms_.store(next);
  post([next](ownership& machine, steady_time) {
    machine.set_clock_ahead(static_cast<std::int32_t>(std::clamp<std::int64_t>(next, -2'000'000'000, 2'000'000'000)));
    return commands{};
  });
}

void cluster_driver::take_picture() {
  auto seen = std::make_shared<cluster_picture>();
  seen->members = machine_.members_seen();
  for (const auto cls : settings_.ownership.classes)
    if (auto owner = machine_.owner_of(cls))
      seen->owners.emplace(cls, std::move(*owner));
  seen->own = machine_.own();
  seen->trusted = machine_.trusted();
  seen->incarnation = machine_.incarnation();
  seen->draining = machine_.draining();
  const std::lock_guard lock{mutex_};
  picture_ = std::move(seen);
}

// -- inputs ------------------------------------------------------------------------------------------------------------

void cluster_driver::health(bool fit, bool ready) {
  post([=](ownership& machine, steady_time now) { return machine.health(now, fit, ready); });
}
void cluster_driver::recovered(class_id cls, epoch owner_epoch) {
  post([=](ownership& machine, steady_time now) { return machine.recovered(now, cls, owner_epoch); });
}
void cluster_driver::preloaded(class_id cls, const std::string& by) {
  post([=](ownership& machine, steady_time now) { return machine.preloaded(now, cls, by); });
}
void cluster_driver::stopped(class_id cls) {
  post([this, cls](ownership& machine, steady_time now) { return machine.stopped(now, cls, running_[cls]); });
}
void cluster_driver::met(class_id cls, epoch owner_epoch) {
  post([=](ownership& machine, steady_time now) { return machine.met(now, cls, owner_epoch); });
}
void cluster_driver::connection_down(const std::string& member) {
  post([=](ownership& machine, steady_time now) { return machine.connection_down(now, member); });
}
void cluster_driver::drain() {
  post([](ownership& machine, steady_time now) { return machine.drain(now); });
}
void cluster_driver::set_load(const node_load& load) {
  post([load](ownership& machine, steady_time) {
    machine.set_load(load);
    return commands{};
  });
}

// -- what is known -----------------------------------------------------------------------------------------------------

bool cluster_driver::trusted() const {
  return fresh_.load(std::memory_order_relaxed) && boot_now().time_since_epoch().count() < trusted_until_.load();
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
