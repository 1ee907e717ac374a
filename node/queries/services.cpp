#include "node/queries/services.hpp"

#include "messages/subjects.hpp"
#include "node/telemetry/version.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <utility>

namespace alleycat {

namespace {

using json_object = nlohmann::ordered_json;

constexpr std::string_view service_name = "alleycat";
/// Requests that wait to be answered.
constexpr int most_waiting = 1'000;

struct endpoint {
  std::string_view name;
  std::string_view subject;
  std::string_view about;
};
constexpr std::array<endpoint, 2> endpoints{
    endpoint{"query", all_queries, "alleycat.query.<verb>[.<args>]: races, results, rides, boards"},
    endpoint{"ghost", all_ghost_requests, "alleycat.racer.<racer>.ghost: whom to race against"}};

/// A last token of an inbox: unique, without dots.
std::string unique_id() {
  const auto inbox = new_inbox();
  return inbox.substr(inbox.rfind('.') + 1);
}

json_object head(std::string_view kind, const std::string& id, const std::string& node) {
  return {{"type", fmt::format("io.nats.micro.v1.{}_response", kind)},
          {"name", service_name},
          {"id", id},
          {"version", versions().alleycat},
          {"metadata", {{"node", node}}}};
}

} // namespace

void endpoint_counts::add(std::string_view error, std::chrono::nanoseconds took) {
  ++requests_;
  nanoseconds_ += static_cast<std::uint64_t>(took.count());
  if (error.empty())
    return;
  ++errors_;
  const std::lock_guard lock{mutex_};
  last_error_ = error;
}

std::string endpoint_counts::last_error() const {
  const std::lock_guard lock{mutex_};
  return last_error_;
}

service_desk::service_desk(const nats_connection& connection, const clock_port& clock, std::string node_name)
    : connection_{connection}, node_{std::move(node_name)}, id_{unique_id()}, started_{clock.now()} {}

void service_desk::open() {
  using answerer = std::string (service_desk::*)() const;
  const std::array<std::pair<std::string_view, answerer>, 3> verbs{
      {{"PING", &service_desk::ping}, {"INFO", &service_desk::info}, {"STATS", &service_desk::stats}}};
  for (const auto& [verb, say] : verbs)
    for (const auto& subject : {fmt::format("$SRV.{}", verb), fmt::format("$SRV.{}.{}", verb, service_name),
                                fmt::format("$SRV.{}.{}.{}", verb, service_name, id_)})
      subscriptions_.push_back(connection_.subscribe(
          subject.c_str(), nullptr,
          [this, say = say](natsMsg* message) {
            const std::string reply{reply_of(message)};
            if (may_answer(reply))
              connection_.publish(reply.c_str(), (this->*say)());
          },
          most_waiting));
}

std::string service_desk::ping() const {
  return head("ping", id_, node_).dump();
}

std::string service_desk::info() const {
  auto answer = head("info", id_, node_);
  answer["description"] = "Live races on stationary bikes: queries";
  answer["endpoints"] = json_object::array();
  for (const auto& [name, subject, about] : endpoints)
    answer["endpoints"].push_back(
        {{"name", name}, {"subject", subject}, {"queue_group", query_queue}, {"metadata", {{"description", about}}}});
  return answer.dump();
}

std::string service_desk::stats() const {
  auto answer = head("stats", id_, node_);
  answer["started"] = fmt::format("{:%Y-%m-%dT%H:%M:%S}Z", std::chrono::floor<std::chrono::seconds>(started_));
  answer["endpoints"] = json_object::array();
  for (std::size_t i = 0; i < endpoints.size(); ++i) {
    const auto& counts = counts_[i];
    const auto requests = counts.requests();
    answer["endpoints"].push_back({{"name", endpoints[i].name},
                                   {"subject", endpoints[i].subject},
                                   {"queue_group", query_queue},
                                   {"num_requests", requests},
                                   {"num_errors", counts.errors()},
                                   {"last_error", counts.last_error()},
                                   {"processing_time", counts.nanoseconds()},
                                   {"average_processing_time", requests == 0 ? 0 : counts.nanoseconds() / requests}});
  }
  return answer.dump();
}

} // namespace alleycat
