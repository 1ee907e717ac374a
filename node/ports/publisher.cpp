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

nats_publisher::nats_publisher(const connections& by, const clock_port& clock, const name_book& names, meters& counts,
                               std::function<bool()> trusted)
    : by_{by}, clock_{clock}, names_{names}, counts_{counts}, trusted_{std::move(trusted)},
      cluster_events_{by_.outgoing, counts_.output_fenced} {}

bool nats_publisher::may_leave(const term& under, const nats_connection& connection) {
  // What cannot leave at once does not leave later.
  if (under.running() && trusted_() && connection.connected())
    return true;
  counts_.output_fenced.add();
  return false;
}

void nats_publisher::publish(const term& under, const standings& table) {
  if (!may_leave(under, by_.live))
    return;
  auto& json = message_buffer();
  encode_standings(table, json);
  by_.live.publish(standings_subject(table.key).c_str(), json);
  json.clear();
  encode_top(table, json);
  by_.live.publish(top_subject(table.key).c_str(), json);
}

void nats_publisher::publish(const term& under, const rider_view& view) {
  if (!may_leave(under, by_.views))
    return;
  auto& json = message_buffer();
  encode_view(view, json);
  by_.views.publish(view_subject(view.racer).c_str(), json);
}

void nats_publisher::publish_leaderboard(const term& under, std::span<const leaderboard_row> rows, std::size_t of) {
  if (!may_leave(under, by_.live))
    return;
  auto& json = message_buffer();
  encode_leaderboard(
      {under.cls(), under.owner_epoch(), clock_.now(), of, rows}, [this](racer_id r) { return names_.of(r); }, json);
  by_.live.publish(leaderboard_subject(under.cls()).c_str(), json);
}

void nats_publisher::publish_opened(const term& under, race_key key) {
  if (may_leave(under, by_.live))
    publish_event("race_opened", fmt::format(R"("classId":{},"raceId":{},"epoch":{})", key.cls.value(),
                                             key.race.value(), under.owner_epoch().value()));
}

void nats_publisher::publish_result(const term& under, race_key key, std::string_view stored) {
  if (may_leave(under, by_.live))
    by_.live.publish(result_subject(key).c_str(), stored);
}

void nats_publisher::publish_closed(const term& under, const race_result& result) {
  if (may_leave(under, by_.live))
    publish_event("race_closed", fmt::format(R"("classId":{},"raceId":{},"epoch":{},"racers":{},"finished":{})",
                                             result.key.cls.value(), result.key.race.value(),
                                             result.owner_epoch.value(), result.rows.size(), result.finished));
}

void nats_publisher::publish_record(const term& under, racer_id racer, const final_score& record) {
  if (!may_leave(under, by_.live))
    return;
  auto fields = fmt::format(R"("classId":{},"raceId":{},"racerId":{},"name":)", under.cls().value(),
                            record.race.value(), racer.value());
  append_json_string(names_.of(racer), fields);
  fields += R"(,"total":)";
  append_score(record.best, fields);
  publish_event("record", fields);
}

void nats_publisher::publish_cluster_event(std::string_view kind, std::string_view fields) {
  cluster_events_.add(event_subject(kind), event_json(kind, fields));
}

void nats_publisher::publish_event(std::string_view kind, std::string_view fields) {
  by_.live.publish(event_subject(kind).c_str(), event_json(kind, fields));
}

std::string nats_publisher::event_json(std::string_view kind, std::string_view fields) const {
  return fmt::format(R"({{"event":"{}","ts":{},{}}})", kind, ms_of(clock_.now()), fields);
}

} // namespace alleycat
