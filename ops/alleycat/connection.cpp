#include "ops/alleycat/connection.hpp"

#include "messages/subjects.hpp"
#include "ops/alleycat/text.hpp"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <nats/nats.h>
#include <nlohmann/json.hpp>
#include <numeric>
#include <thread>

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

/// `code` of an answer `{"error":{"code","message"}}`; empty for any other.
std::string error_code(const std::string& answer) {
  if (!answer.starts_with(R"({"error":)"))
    return {};
  const auto json = nlohmann::json::parse(answer, nullptr, false);
  return json.is_object() && json["error"].is_object() ? json["error"].value("code", std::string{}) : std::string{};
}

/// Whether the same question may be answered in a moment (docs/queries.md, errors).
bool may_pass(std::string_view code) {
  constexpr std::string_view passing[] = {"busy", "not_ready", "no_owner", "timeout", "store_failed", "internal"};
  return std::find(std::begin(passing), std::end(passing), code) != std::end(passing);
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
  servers.reserve(urls.size());
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

namespace {

/// Questions that are asked side by side; each is answered at `<base>.<its number>`.
class round_of_questions {
public:
  round_of_questions(natsConnection* nats, std::string where, std::chrono::milliseconds timeout, std::string request)
      : nats_{nats}, where_{std::move(where)}, timeout_{timeout}, request_{std::move(request)} {
    natsInbox* raw_inbox = nullptr;
    check(natsInbox_Create(&raw_inbox), "NATS client");
    base_ = raw_inbox;
    natsInbox_Destroy(raw_inbox);
    natsSubscription* raw = nullptr;
    check(natsConnection_SubscribeSync(&raw, nats, (base_ + ".*").c_str()), "asking " + where_);
    subscription_.reset(raw);
  }

  /// Asks those of the questions that are `open`, and takes out of it what was settled.
  /// @returns why others were not; empty when all were
  std::string ask(const std::vector<std::string>& questions, std::vector<std::size_t>& open,
                  std::vector<std::optional<std::string>>& answers) const {
    for (const auto i : open)
      check(natsConnection_PublishRequestString(nats_, query_subject(questions[i]).c_str(),
                                                fmt::format("{}.{}", base_, i).c_str(), request_.c_str()),
            "asking " + where_);
    std::string fault;
    for (auto replies = open.size(); replies != 0; --replies) {
      natsMsg* next = nullptr;
      const auto status = natsSubscription_NextMsg(&next, subscription_.get(), timeout_.count());
      if (status == NATS_TIMEOUT)
        return fmt::format("no answer from {} within {:g} s", where_, static_cast<double>(timeout_.count()) / 1000);
      if (status == NATS_NO_RESPONDERS) {
        fault = "no alleycat node answers at " + where_;
        continue;
      }
      check(status, "asking " + where_);
      const owned_message message{next};
      std::string answer{payload_of(next)};
      const auto code = error_code(answer);
      if (may_pass(code)) {
        fault = printable(answer);
      } else if (const auto i = number_of(natsMsg_GetSubject(next)); std::erase(open, i) != 0 && !is_absence(code)) {
        check_answer(answer);
        answers.at(i) = std::move(answer);
      }
    }
    return open.empty() ? std::string{} : fault.empty() ? "answers of " + where_ + " were lost" : fault;
  }

private:
  static bool is_absence(std::string_view code) { return code == "unknown_race" || code == "unknown_ride"; }
  std::size_t number_of(std::string_view subject) const {
    return std::stoul(std::string{subject.substr(base_.size() + 1)});
  }

  natsConnection* nats_;
  std::string where_;
  std::chrono::milliseconds timeout_;
  std::string request_;
  std::string base_;
  owned_subscription subscription_;
};

} // namespace

std::vector<std::optional<std::string>> connection::query_all(const std::vector<std::string>& verbs_and_args,
                                                              const std::string& request) const {
  constexpr std::size_t at_a_time = 50; // a node takes 200 from everybody
  constexpr std::chrono::seconds patience{30};
  constexpr std::chrono::milliseconds shortest{100};
  constexpr std::chrono::milliseconds longest{2000};
  const round_of_questions questions{parts_->nats.get(), parts_->where, parts_->timeout, request};
  std::vector<std::optional<std::string>> answers(verbs_and_args.size());
  for (std::size_t first = 0; first < verbs_and_args.size(); first += at_a_time) {
    std::vector<std::size_t> open(std::min(at_a_time, verbs_and_args.size() - first));
    std::iota(open.begin(), open.end(), first);
    const auto until = std::chrono::steady_clock::now() + patience;
    for (auto pause = shortest;; pause = std::min(2 * pause, longest)) {
      const auto fault = questions.ask(verbs_and_args, open, answers);
      if (open.empty())
        break;
      if (std::chrono::steady_clock::now() > until)
        throw command_failed{fault};
      std::this_thread::sleep_for(pause);
    }
  }
  return answers;
}

void connection::subscribe(const std::string& subject, handler take) {
  parts_->handlers.push_back(std::make_unique<handler>(std::move(take)));
  natsSubscription* raw = nullptr;
  check(natsConnection_Subscribe(&raw, parts_->nats.get(), subject.c_str(), on_message, parts_->handlers.back().get()),
        "subscribing to " + subject);
  parts_->subscriptions.emplace_back(raw);
}

std::string connection::new_inbox() const {
  natsInbox* raw = nullptr;
  check(natsInbox_Create(&raw), "NATS client");
  const owned<natsInbox, natsInbox_Destroy> inbox{raw};
  return raw;
}

void connection::publish(const std::string& subject, const std::string& reply, const std::string& payload) const {
  check(natsConnection_PublishRequest(parts_->nats.get(), subject.c_str(), reply.c_str(), payload.data(),
                                      static_cast<int>(payload.size())),
        "sending to " + parts_->where);
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
