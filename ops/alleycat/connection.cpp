#include "ops/alleycat/connection.hpp"

#include "messages/subjects.hpp"
#include "ops/alleycat/text.hpp"

#include <fmt/format.h>
#include <nats/nats.h>
#include <nlohmann/json.hpp>

namespace alleycat::cli {

namespace {

template <class T, void (*Destroy)(T*)>
struct destroyer {
  void operator()(T* x) const { Destroy(x); }
};
template <class T, void (*Destroy)(T*)>
using owned = std::unique_ptr<T, destroyer<T, Destroy>>;

using owned_options = owned<natsOptions, natsOptions_Destroy>;
using owned_connection = owned<natsConnection, natsConnection_Destroy>;
using owned_subscription = owned<natsSubscription, natsSubscription_Destroy>;
using owned_message = owned<natsMsg, natsMsg_Destroy>;
using handler = std::function<void(std::string_view, std::string_view)>;

std::vector<std::string> split(std::string_view list) {
  std::vector<std::string> parts;
  while (!list.empty()) {
    const auto comma = list.find(',');
    if (comma != 0) {
      parts.emplace_back(list.substr(0, comma));
    }
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
  }
  return parts;
}

void check(natsStatus status, const std::string& doing) {
  if (status != NATS_OK) {
    throw command_failed{fmt::format("{}: {}", doing, natsStatus_GetText(status))};
  }
}

std::string_view payload_of(natsMsg* message) {
  return {natsMsg_GetData(message), static_cast<std::size_t>(natsMsg_GetDataLength(message))};
}

void on_message(natsConnection*, natsSubscription*, natsMsg* raw, void* closure) {
  const owned_message message{raw};
  (*static_cast<handler*>(closure))(natsMsg_GetSubject(raw), payload_of(raw));
}

/// Throws when the answer is `{"error":{"code","message"}}` or no JSON object.
void check_answer(const std::string& answer) {
  const auto json = nlohmann::json::parse(answer, nullptr, false);
  if (!json.is_object()) {
    throw command_failed{"the node's answer is not a JSON object"};
  }
  const auto error = json.find("error");
  if (error == json.end() || !error->is_object()) {
    return;
  }
  const auto text = [&error](const char* field) {
    const auto found = error->find(field);
    return found != error->end() && found->is_string() ? printable(found->get<std::string>()) : std::string{};
  };
  throw command_failed{fmt::format("{} ({})", text("message"), text("code"))};
}

} // namespace

struct connection::parts {
  std::string where;
  std::chrono::milliseconds timeout{};
  // Destroyed from the last to the first: no callback runs when the handlers go.
  std::vector<std::unique_ptr<handler>> handlers;
  owned_connection nats;
  std::vector<owned_subscription> subscriptions;
};

connection::connection(const common_options& common) : parts_{std::make_unique<parts>()} {
  parts_->where = without_credentials(common.nats);
  parts_->timeout = common.timeout();
  const auto urls = split(common.nats);
  if (urls.empty()) {
    throw command_failed{"--nats names no server"};
  }
  std::vector<const char*> servers;
  for (const auto& url : urls) {
    servers.push_back(url.c_str());
  }
  natsOptions* raw_options = nullptr;
  check(natsOptions_Create(&raw_options), "NATS client");
  const owned_options options{raw_options};
  check(natsOptions_SetServers(raw_options, servers.data(), static_cast<int>(servers.size())),
        "--nats " + parts_->where);
  check(natsOptions_SetName(raw_options, "alleycat"), "NATS client");
  check(natsOptions_SetTimeout(raw_options, common.timeout().count()), "NATS client");
  check(natsOptions_SetMaxReconnect(raw_options, -1), "NATS client");
  check(natsOptions_SetReconnectWait(raw_options, 500), "NATS client");
  natsConnection* raw = nullptr;
  check(natsConnection_Connect(&raw, raw_options), "no NATS server at " + parts_->where);
  parts_->nats.reset(raw);
}

connection::~connection() {
  parts_->subscriptions.clear();
  natsConnection_Close(parts_->nats.get());
  parts_->nats.reset();
  // Joins the client's threads, so that no callback is under way any more.
  nats_CloseAndWait(1000);
}

std::string connection::query(std::string_view verb_and_args, const std::string& request) const {
  natsMsg* raw = nullptr;
  const auto status = natsConnection_Request(&raw, parts_->nats.get(), query_subject(verb_and_args).c_str(),
                                             request.data(), static_cast<int>(request.size()), parts_->timeout.count());
  const owned_message message{raw};
  if (status == NATS_NO_RESPONDERS) {
    throw command_failed{"no alleycat node answers at " + parts_->where};
  }
  if (status == NATS_TIMEOUT) {
    throw command_failed{fmt::format("no answer from {} within {:g} s", parts_->where,
                                     static_cast<double>(parts_->timeout.count()) / 1000)};
  }
  check(status, "asking " + parts_->where);
  std::string answer{payload_of(raw)};
  check_answer(answer);
  return answer;
}

void connection::subscribe(const std::string& subject, handler take) {
  parts_->handlers.push_back(std::make_unique<handler>(std::move(take)));
  natsSubscription* raw = nullptr;
  check(natsConnection_Subscribe(&raw, parts_->nats.get(), subject.c_str(), on_message, parts_->handlers.back().get()),
        "subscribing to " + subject);
  parts_->subscriptions.emplace_back(raw);
}

bool connection::is_up() const {
  return natsConnection_Status(parts_->nats.get()) == NATS_CONN_STATUS_CONNECTED;
}

std::string without_credentials(std::string_view urls) {
  std::string out;
  for (const auto& url : split(urls)) {
    const auto scheme = url.find("://");
    const auto host = scheme == std::string::npos ? 0 : scheme + 3;
    const auto at = url.rfind('@');
    out += out.empty() ? "" : ",";
    out += at == std::string::npos || at < host ? url : url.substr(0, host) + url.substr(at + 1);
  }
  return printable(out);
}

} // namespace alleycat::cli
