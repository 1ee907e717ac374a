#include "messages/subjects.hpp"

#include "random_messages.hpp"

namespace alleycat {

TEST_CASE("subjects are those of the contract", "[subjects]") {
  const class_id cls{3};
  const racer_id racer{8};
  const race_key key{cls, race_id{5'400'172}};
  CHECK(update_subject(cls, racer) == "alleycat.update.3.8");
  CHECK(batch_subject("gym-7") == "alleycat.batch.gym-7");
  CHECK(journal_subject(key) == "alleycat.journal.3.5400172");
  CHECK(standings_subject(key) == "alleycat.race.3.5400172.standings");
  CHECK(top_subject(key) == "alleycat.race.3.5400172.top");
  CHECK(result_subject(key) == "alleycat.race.3.5400172.result");
  CHECK(ride_subject(key, racer) == "alleycat.ride.3.5400172.8");
  CHECK(best_subject(cls, racer, epoch{12}) == "alleycat.best.3.8.12");
  CHECK(edit_subject(racer) == "alleycat.edit.8");
  CHECK(view_subject(racer) == "alleycat.racer.8.view");
  CHECK(ghost_subject(racer) == "alleycat.racer.8.ghost");
  CHECK(leaderboard_subject(cls) == "alleycat.class.3.leaderboard");
  CHECK(node_ask_subject("harbour-1") == "alleycat.node.harbour-1.ask");
  CHECK(event_subject("race_opened") == "alleycat.event.race_opened");
  CHECK(query_subject("leaderboard.3") == "alleycat.query.leaderboard.3");
  CHECK(deadletter_subject(cls) == "alleycat.deadletter.3");
}

TEST_CASE("streams and wildcards are those of the contract", "[subjects]") {
  CHECK(journal_stream(class_id{3}) == "ALLEYCAT_JOURNAL_3");
  CHECK(journal_wildcard(class_id{3}) == "alleycat.journal.3.*");
  CHECK(best_wildcard(class_id{3}) == "alleycat.best.3.*.*");
  CHECK(ride_wildcard({class_id{3}, race_id{7}}) == "alleycat.ride.3.7.*");
  CHECK(results_stream == "ALLEYCAT_RESULTS");
  CHECK(bests_stream == "ALLEYCAT_BESTS");
  CHECK(edits_stream == "ALLEYCAT_EDITS");
  CHECK(deadletter_stream == "ALLEYCAT_DEADLETTER");
  CHECK(cluster_bucket == "ALLEYCAT_CLUSTER");
  CHECK(cluster_stream == "KV_ALLEYCAT_CLUSTER");
  CHECK(direct_get_subject(cluster_stream) == "$JS.API.DIRECT.GET.KV_ALLEYCAT_CLUSTER");
  CHECK(generations_stream == "ALLEYCAT_GENERATIONS");
  CHECK(all_generations == "alleycat.generation.*");
  CHECK(all_updates == "alleycat.update.*.*");
  CHECK(all_batches == "alleycat.batch.*");
  CHECK(all_queries == "alleycat.query.>");
}

TEST_CASE("entries of the bucket and notes of generations have subjects of their own", "[subjects]") {
  CHECK(bucket_subject("claim.class-3.1") == "$KV.ALLEYCAT_CLUSTER.claim.class-3.1");
  CHECK(bucket_key_of("$KV.ALLEYCAT_CLUSTER.claim.class-3.1") == "claim.class-3.1");
  CHECK_FALSE(bucket_key_of("$KV.ALLEYCAT_CLUSTER.").has_value());
  CHECK_FALSE(bucket_key_of("$KV.OTHER.claim.class-3.1").has_value());
  CHECK(generation_subject(17) == "alleycat.generation.17");
  CHECK(parse_generation_subject("alleycat.generation.17") == 17);
  CHECK_FALSE(parse_generation_subject("alleycat.generation.0").has_value());
  CHECK_FALSE(parse_generation_subject("alleycat.generation.17.1").has_value());
}

TEST_CASE("every subject parses back to what it was built from", "[subjects]") {
  holds(300, [] {
    const class_id cls{any<std::uint16_t>(1, 65'535)};
    const racer_id racer{any<std::uint32_t>(0, 0xffff'ffff)};
    const race_key key{cls, race_id{any<std::uint32_t>(0, 0xffff'ffff)}};
    const epoch owner_epoch{any<std::uint64_t>(0, ~std::uint64_t{0})};
    RC_ASSERT(parse_update_subject(update_subject(cls, racer)) == update_address(cls, racer));
    RC_ASSERT(parse_journal_subject(journal_subject(key)) == key);
    RC_ASSERT(parse_standings_subject(standings_subject(key)) == key);
    RC_ASSERT(parse_result_subject(result_subject(key)) == key);
    RC_ASSERT(parse_ride_subject(ride_subject(key, racer)) == ride_address(key, racer));
    RC_ASSERT(parse_best_subject(best_subject(cls, racer, owner_epoch)) == best_address(cls, racer, owner_epoch));
    RC_ASSERT(parse_edit_subject(edit_subject(racer)) == racer);
    RC_ASSERT(parse_view_subject(view_subject(racer)) == racer);
    RC_ASSERT(parse_ghost_subject(ghost_subject(racer)) == racer);
  });
}

TEST_CASE("an update's subject holds canonical ids or is refused", "[subjects]") {
  struct row {
    const char* subject;
    const char* why;
  };
  const auto r = GENERATE(values<row>({
      {"", "nothing"},
      {"alleycat.update.3", "no racer"},
      {"alleycat.update.3.8.1", "a token too many"},
      {"alleycat.update.3.8.", "an empty token at the end"},
      {"alleycat.update..8", "an empty token"},
      {".alleycat.update.3.8", "an empty token in front"},
      {"alleycats.update.3.8", "another root"},
      {"alleycat.updates.3.8", "another word"},
      {"Alleycat.update.3.8", "capitals"},
      {"alleycat.update.0.8", "class 0"},
      {"alleycat.update.65536.8", "class too large"},
      {"alleycat.update.03.8", "a leading zero"},
      {"alleycat.update.3.08", "a leading zero"},
      {"alleycat.update.3.00", "zero twice"},
      {"alleycat.update.3.+8", "a sign"},
      {"alleycat.update.3.-8", "a sign"},
      {"alleycat.update.3.-0", "a sign"},
      {"alleycat.update.3.8 ", "white space"},
      {"alleycat.update.3. 8", "white space"},
      {"alleycat.update.3.4294967296", "2^32"},
      {"alleycat.update.3.99999999999999999999999", "more than any integer"},
      {"alleycat.update.3.0x8", "hexadecimal"},
      {"alleycat.update.3.8e0", "an exponent"},
      {"alleycat.update.3.*", "a wildcard"},
      {"alleycat.update.3.>", "a wildcard"},
      {"alleycat.update.three.8", "a word"},
  }));
  CAPTURE(r.subject, r.why);
  CHECK_FALSE(parse_update_subject(r.subject));
}

TEST_CASE("subjects of one kind are not taken for another", "[subjects]") {
  CHECK_FALSE(parse_result_subject("alleycat.race.3.7.standings"));
  CHECK_FALSE(parse_standings_subject("alleycat.race.3.7.top"));
  CHECK_FALSE(parse_view_subject("alleycat.racer.8.ghost"));
  CHECK_FALSE(parse_ghost_subject("alleycat.racer.8.view"));
  CHECK_FALSE(parse_journal_subject("alleycat.ride.3.7"));
  CHECK_FALSE(parse_ride_subject("alleycat.ride.3.7"));
  CHECK_FALSE(parse_best_subject("alleycat.best.3.8"));
  CHECK_FALSE(parse_best_subject("alleycat.best.3.8.18446744073709551616"));
}

TEST_CASE("a query is a verb and its arguments", "[subjects]") {
  using tokens = std::vector<std::string_view>;
  CHECK(parse_query_subject("alleycat.query.now") == tokens{"now"});
  CHECK(parse_query_subject("alleycat.query.race.3.5400172") == tokens{"race", "3", "5400172"});
  CHECK_FALSE(parse_query_subject("alleycat.query"));
  CHECK_FALSE(parse_query_subject("alleycat.query."));
  CHECK_FALSE(parse_query_subject("alleycat.query.race..3"));
  CHECK_FALSE(parse_query_subject("alleycat.update.3.8"));
  CHECK(parse_query_subject("alleycat.query.1.2.3.4.5.6.7.8")->size() == 8);
  CHECK_FALSE(parse_query_subject("alleycat.query.1.2.3.4.5.6.7.8.9"));
  CHECK(parse_own_second("300") == own_second{300});
  CHECK_FALSE(parse_own_second("0"));
}

TEST_CASE("a gateway is one token", "[subjects]") {
  CHECK(parse_batch_subject("alleycat.batch.gym-7") == "gym-7");
  CHECK_FALSE(parse_batch_subject("alleycat.batch"));
  CHECK_FALSE(parse_batch_subject("alleycat.batch.a.b"));
}

TEST_CASE("nodes answer only to inboxes", "[subjects]") {
  CHECK(may_answer("_INBOX.x7Ab.1"));
  CHECK_FALSE(may_answer(""));
  CHECK_FALSE(may_answer("_INBOX"));
  CHECK_FALSE(may_answer("_INBOX."));
  CHECK_FALSE(may_answer("_INBOXES.a"));
  CHECK_FALSE(may_answer("alleycat.journal.3.7"));
}

TEST_CASE("no subject can make a parser fail", "[subjects]") {
  holds(2'000, [] {
    const auto subject =
        any_flag() ? any_bytes(60) : spoiled(ride_subject({class_id{3}, race_id{7}}, racer_id{8}), ".0123456789-*>ar ");
    if (const auto found = parse_ride_subject(subject))
      RC_ASSERT(ride_subject(found->key, found->racer) == subject); // canonical: one subject, one meaning
    if (const auto found = parse_update_subject(subject))
      RC_ASSERT(update_subject(found->cls, found->racer) == subject);
  });
}

} // namespace alleycat
