/// Fills the data folder of a node with closed races: every racer of every class has one ride.
#include "persistence/lmdb_store.hpp"
#include "tests/bench/field.hpp"
#include "tests/bench/workload.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <iostream>

using namespace alleycat;
using namespace alleycat::bench;

int main(int argc, char** argv) {
  std::string data;
  std::uint32_t racers = 40'000;
  std::uint16_t classes = 6;
  CLI::App app{"Fills the data folder of a node with closed races: every racer of every class has one ride."};
  app.add_option("--data", data, "data folder of the node")->required();
  app.add_option("--racers", racers, "racers of a class");
  app.add_option("--classes", classes, "classes");
  CLI11_PARSE(app, argc, argv);
  try {
    const auto store = open_lmdb_store(std::filesystem::path{data} / "store", {});
    for (std::uint16_t c = 1; c <= classes; ++c) {
      std::uint32_t id = 1;
      for (std::uint32_t first = 1; first <= racers; first += 1'000, ++id) {
        const auto riders = std::min<std::uint32_t>(1'000, racers - first + 1);
        store->apply(past_race(history_seed, {class_id{c}, race_id{id}}, first, 1, riders, at_ms(1'000 * id)),
                     scoring::total, false);
      }
    }
  } catch (const std::exception& e) {
    std::cerr << "bench-history: " << e.what() << '\n';
    return 1;
  }
  return 0;
}
