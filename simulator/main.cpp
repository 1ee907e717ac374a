/// alleycat-sim: riders on stationary bikes, over a real NATS server.
#include "simulator/fleet.hpp"
#include "simulator/past.hpp"

#include <csignal>
#include <exception>
#include <fmt/format.h>

namespace {

std::atomic<bool> stop{false};
static_assert(std::atomic<bool>::is_always_lock_free, "set in a signal handler");

} // namespace

int main(int argc, char** argv) {
  using namespace alleycat::sim;
  const auto parsed = parse_options({argv + 1, argv + argc});
  if (const auto* const exit = std::get_if<early_exit>(&parsed)) {
    fmt::print(exit->code == 0 ? stdout : stderr, "{}", exit->text);
    return exit->code;
  }
  const auto& options = std::get<sim_options>(parsed);
  struct sigaction action {};
  action.sa_handler = [](int) { stop = true; };
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  try {
    if (options.past) {
      const auto history = ride_past(options, stop);
      fmt::print("{} past races, {} rides, {} updates in {:.1f} s\n", history.races, history.rides, history.updates,
                 history.elapsed_seconds);
      return 0;
    }
    const auto done = run(options, stop);
    fmt::print("{}", options.json ? to_json(done) + "\n" : to_text(done, options.ack));
    if (const auto why = failure_of(done, options.ack)) {
      fmt::print(stderr, "alleycat-sim: {}\n", *why);
      return 1;
    }
    return 0;
  } catch (const std::exception& fault) {
    fmt::print(stderr, "alleycat-sim: {}\n", fault.what());
    return 1;
  }
}
