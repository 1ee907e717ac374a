#include "actors/handoff.hpp"

#include <catch2/catch.hpp>

#include <thread>

using namespace alleycat;

TEST_CASE("the reader is woken once for everything that comes before it looks") {
  handoff<int> inbox{10};
  int item = 1;
  CHECK(inbox.push(item) == handoff<int>::outcome::wake);
  item = 2;
  CHECK(inbox.push(item) == handoff<int>::outcome::more);
  std::vector<int> taken;
  inbox.take(taken);
  CHECK(taken == std::vector{1, 2});
  item = 3;
  CHECK(inbox.push(item) == handoff<int>::outcome::wake);
}

TEST_CASE("a full inbox leaves the item with its writer") {
  handoff<std::string> inbox{1};
  std::string first = "first";
  std::string second = "second";
  CHECK(inbox.push(first) == handoff<std::string>::outcome::wake);
  CHECK(inbox.push(second) == handoff<std::string>::outcome::full);
  CHECK(second == "second");
}

TEST_CASE("nothing is lost between many writers and one reader, and each writer's order stays") {
  constexpr int writers = 4;
  constexpr int items = 5'000;
  handoff<std::pair<int, int>> inbox{100};
  std::vector<std::thread> threads;
  for (int w = 0; w < writers; ++w)
    threads.emplace_back([&, w] {
      for (int i = 0; i < items; ++i) {
        std::pair item{w, i};
        while (inbox.push(item) == handoff<std::pair<int, int>>::outcome::full)
          std::this_thread::yield();
      }
    });
  std::vector<int> next(writers);
  bool in_order = true;
  for (int seen = 0; seen < writers * items;) {
    std::vector<std::pair<int, int>> taken;
    inbox.take(taken);
    for (const auto& [w, i] : taken)
      in_order = in_order && next[static_cast<std::size_t>(w)]++ == i;
    seen += static_cast<int>(taken.size());
  }
  for (auto& t : threads)
    t.join();
  CHECK(in_order);
}
