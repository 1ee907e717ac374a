#include "node/ports/publisher.hpp"

#include "messages/json.hpp"
#include "messages/subjects.hpp"

#include <fmt/format.h>

namespace alleycat {

namespace {

/// Empty, with the memory of the last message.
std::string& message_buffer() {
  thread_local std::string buffer;
  buffer.clear();
  return buffer;
}

} // namespace

nats_publisher::nats_publisher(const nats_connection& connection, const clock_port& clock, const name_book& names,
                               epoch owner_epoch)
    : connection_{connection}, clock_{clock}, names_{names}, owner_epoch_{owner_epoch} {}

void nats_publisher::publish(const standings& table) {
  auto& json = message_buffer();
  encode_standings(table, json);
  connection_.publish(standings_subject(table.key).c_str(), json);
  json.clear();
  encode_top(table, json);
  connection_.publish(top_subject(table.key).c_str(), json);
}

void nats_publisher::publish(const rider_view& view) {
  auto& json = message_buffer();
  encode_view(view, json);
  connection_.publish(view_subject(view.racer).c_str(), json);
}

void nats_publisher::publish_leaderboard(class_id cls, std::span<const leaderboard_row> rows, std::size_t of) {
  auto& json = message_buffer();
  encode_leaderboard(
      {cls, owner_epoch_, clock_.now(), of, rows}, [this](racer_id r) { return names_.of(r); }, json);
  connection_.publish(leaderboard_subject(cls).c_str(), json);
}

void nats_publisher::publish_opened(race_key key, epoch owner_epoch) {
  publish_event("race_opened", fmt::format(R"("classId":{},"raceId":{},"epoch":{})", key.cls.value(), key.race.value(),
                                           owner_epoch.value()));
}

void nats_publisher::publish_closed(const race_result& result) {
  publish_event("race_closed",
                fmt::format(R"("classId":{},"raceId":{},"epoch":{},"racers":{},"finished":{})", result.key.cls.value(),
                            result.key.race.value(), result.owner_epoch.value(), result.rows.size(), result.finished));
}

void nats_publisher::publish_record(class_id cls, racer_id racer, const final_score& record) {
  auto fields =
      fmt::format(R"("classId":{},"raceId":{},"racerId":{},"name":)", cls.value(), record.race.value(), racer.value());
  append_json_string(names_.of(racer), fields);
  fields += R"(,"total":)";
  append_score(record.best, fields);
  publish_event("record", fields);
}

void nats_publisher::publish_event(std::string_view kind, std::string_view fields) {
  const auto json = fmt::format(R"({{"event":"{}","ts":{},{}}})", kind, clock_.now(), fields);
  connection_.publish(event_subject(kind).c_str(), json);
}

} // namespace alleycat
