#include "actors/editor.hpp"
#include "tests/actors/remembered_history.hpp"
#include "tests/actors/remembered_records.hpp"
#include "tests/actors/stage.hpp"

#include <catch2/catch.hpp>

using namespace alleycat;
using namespace alleycat::test;

namespace {

edit renamed(std::uint64_t sequence, const std::string& name) {
  edit e;
  e.racer = racer_id{8};
  e.name = name;
  e.sequence = sequence;
  e.at = race_start;
  return e;
}

struct editor_stage : stage {
  editor_stage() {
    context.results_log = &streams;
    records->marks[record_stream::edits] = {5, at_ms(6), 7};
    actor = keep(system().spawn(editor, &context, keep(system().spawn(kept_store, records)),
                                keep(system().spawn(kept_results, results))));
    settle();
  }
  void deliver(const edit& e) {
    streams.deliver({{e.sequence, clock.time, e.sequence * 7}, 0, e, false});
    settle();
  }

  remembered_history streams;
  std::shared_ptr<remembered_store> records = std::make_shared<remembered_store>();
  std::shared_ptr<remembered_results> results = std::make_shared<remembered_results>();
  editor_actor actor;
};

} // namespace

TEST_CASE("a correction goes into the books and the store, with the mark of its stream") {
  editor_stage s;
  REQUIRE(s.streams.readers.size() == 1);
  CHECK(s.streams.readers[0].stream == record_stream::edits);
  CHECK(s.streams.readers[0].after.sequence == 5);
  s.names.set(racer_id{8}, "Adell");
  s.deliver(renamed(6, "Zoe"));
  CHECK(s.names.of(racer_id{8}) == "Zoe");
  CHECK(s.edits.shown(racer_id{8}, "Adell") == "Zoe");
  REQUIRE(s.records->edits.size() == 1);
  CHECK(s.records->marks[record_stream::edits].sequence == 6);
  CHECK(s.ask<edit_effect>(s.actor, await_edit{6}));
}

TEST_CASE("nobody has caught up while a correction is not in the store") {
  editor_stage s;
  s.records->broken = true;
  s.deliver(renamed(6, "Zoe"));
  s.deliver(renamed(7, "Ada"));
  bool there = false;
  caf::scoped_actor self{s.system()};
  auto asked = self->request(s.actor, caf::infinite, catch_up{});
  s.pass(5s);
  CHECK(s.records->edits.empty());
  CHECK(s.edits.shown(racer_id{8}, "Adell") == "Zoe"); // what is shown does not wait
  s.records->broken = false;
  s.pass(10s);
  asked.receive([&](caught_up) { there = true; }, [](const caf::error&) {});
  CHECK(there);
  REQUIRE(s.records->edits.size() == 2);
  CHECK(s.records->edits[1].name == "Ada");
}

TEST_CASE("a correction that does not decode is counted and passed by") {
  editor_stage s;
  s.streams.deliver({{6, s.clock.time, 1}, 0, std::monostate{}, false});
  s.settle();
  CHECK(s.counts.results_log_undecodable.value() == 1);
  CHECK(s.ask<caught_up>(s.actor, catch_up{}));
}

TEST_CASE("when the stream went backwards, what was corrected stays so") {
  editor_stage s;
  s.deliver(renamed(6, "Zoe"));
  s.streams.deliver({{}, 1, std::monostate{}, true});
  s.settle();
  CHECK(s.counts.streams_backwards.value() == 1);
  CHECK(s.edits.shown(racer_id{8}, "Adell") == "Zoe");
}

TEST_CASE("what was corrected leaves the streams by the owner of the lowest class soon, by others much later") {
  editor_stage s;
  edit forget;
  forget.kind = edit_kind::forget;
  forget.racer = racer_id{8};
  s.records->to_clean.riders = {forget};
  s.ownership.owner = false;
  s.pass(11s);
  // Its first look is the same for all.
  REQUIRE(s.results->cleaned.size() == 1);
  CHECK(s.records->to_clean.riders.empty());
  s.records->to_clean.riders = {forget};
  s.pass(30s);
  CHECK(s.results->cleaned.size() == 1);
  CHECK(s.ask<cleaned_streams>(s.actor, clean_now{}));
  CHECK(s.results->cleaned.size() == 2);
}
