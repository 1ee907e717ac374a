/// A node's peers and nothing else. Reads a command a line, prints what happens as JSON, a line each.
///
///     peer_process NAME INCARNATION HOST:PORT [protocol=N] [grace=SECONDS] [cert=FILE key=FILE ca=FILE]
///
///     connect NODE INCARNATION HOST PORT        ask TAG NODE CLASS EPOCH DEADLINE_MS KIND [ARGUMENT]
///     disconnect NODE                           flood TAG NODE COUNT BYTES DEADLINE_MS
///     rows                                      stray HOST PORT greeted|unknown|other
///     black_hole                                quit
///
/// Kinds: echo BYTES, long BYTES, hold, drop, hint RACE, preload, preloaded LAG, drain, status.
#include "cluster/rule_text.hpp"
#include "node/peers/peers.hpp"

#include <caf/all.hpp>
#include <caf/io/all.hpp>
#include <nlohmann/json.hpp>
#include <openssl/sha.h>

#include <arpa/inet.h>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <netinet/in.h>
#include <sstream>
#include <sys/socket.h>

using namespace alleycat;
using nlohmann::json;

namespace {

void print(const json& line) {
  static std::mutex mutex;
  const std::lock_guard lock{mutex};
  std::cout << line.dump() << std::endl;
}

/// All values of a byte; told apart by where it begins.
std::string pattern(std::size_t bytes, unsigned first) {
  std::string text(bytes, '\0');
  for (std::size_t i = 0; i < bytes; ++i)
    text[i] = static_cast<char>((i * 31 + first) & 0xff);
  return text;
}

std::string digest(const std::string& text) {
  unsigned char bytes[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), bytes);
  std::string hex;
  for (const auto b : bytes) {
    char pair[3];
    std::snprintf(pair, sizeof pair, "%02x", b);
    hex += pair;
  }
  return hex;
}

json described(const peer_request& what) {
  if (const auto* q = std::get_if<peer_question>(&what))
    return {{"kind", "question"},
            {"subject", q->subject},
            {"bytes", q->payload.size()},
            {"deadlineMs", q->deadline.count()}};
  if (const auto* h = std::get_if<journal_hint>(&what))
    return {{"kind", "hint"}, {"race", h->race.value()}};
  if (std::holds_alternative<preload_offer>(what))
    return {{"kind", "preload"}};
  if (const auto* p = std::get_if<preloaded_report>(&what))
    return {{"kind", "preloaded"}, {"lagMs", p->lag.count()}};
  if (std::holds_alternative<drain_request>(what))
    return {{"kind", "drain"}};
  if (std::holds_alternative<status_request>(what))
    return {{"kind", "status"}};
  return {{"kind", "other"}};
}

json described(const peer_outcome& how) {
  if (const auto* why = std::get_if<peer_trouble>(&how))
    return {{"kind", "trouble"}, {"why", to_string(*why)}};
  const auto& answer = std::get<peer_answer>(how);
  if (const auto* text = std::get_if<std::string>(&answer))
    return {{"kind", "text"}, {"bytes", text->size()}, {"sha256", digest(*text)}};
  if (const auto* refusal = std::get_if<peer_refusal>(&answer))
    return {{"kind", "refusal"}, {"code", refusal->code}, {"message", refusal->message}};
  if (const auto* s = std::get_if<node_status>(&answer))
    return {{"kind", "status"},
            {"status",
             {s->races, s->classes, s->riders, s->rate, s->lag.count(), s->cpu_permille, s->ready, s->state,
              ms_of(s->started)}}};
  return {{"kind", "done"}};
}

class printing_handler : public peer_handler {
public:
  explicit printing_handler(const peer_hello& ours) : ours_{ours} {}

  std::optional<std::pair<peer_fault, std::string>> judge(const peer_identity&, const peer_hello& hello) override {
    if (hello.rules_digest == ours_.rules_digest)
      return std::nullopt;
    const auto differences = rule_differences(ours_.rules, hello.rules);
    return std::pair{peer_fault::other_rules, differences.empty() ? std::string{} : differences.front()};
  }

  void on_ask(const peer_identity& from, class_id cls, epoch by, peer_request what, peer_reply reply) override {
    const auto* question = std::get_if<peer_question>(&what);
    if (!question || question->subject != "flood") {
      auto line = described(what);
      line["event"] = "asked";
      line["from"] = from.node;
      line["incarnation"] = from.incarnation;
      line["class"] = cls.value();
      line["epoch"] = by.value();
      print(line);
    }
    if (std::holds_alternative<status_request>(what))
      return reply(node_status{1, 2, 3, 4, milliseconds{5}, 6, true, "serving", at_ms(1'620'051'628'707)});
    if (!question)
      return reply(peer_done{});
    if (question->subject == "long")
      return reply(pattern(std::stoul(question->payload), 7));
    if (question->subject == "drop")
      return;
    if (question->subject == "hold") {
      const std::lock_guard lock{mutex_};
      return held_.push_back(std::move(reply));
    }
    reply(question->payload);
  }

  void on_link(const link_event& what) override {
    print({{"event", to_string(what.what)},
           {"node", what.peer.node},
           {"incarnation", what.peer.incarnation},
           {"fault", to_string(what.fault)},
           {"detail", what.detail}});
  }

private:
  peer_hello ours_;
  std::mutex mutex_;
  std::vector<peer_reply> held_;
};

/// A port that takes no connection: its queue is full and nobody empties it.
int black_hole(std::vector<tcp_socket>& kept) {
  tcp_socket listener{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof where;
  if (bind(listener.get(), reinterpret_cast<sockaddr*>(&where), length) != 0 || listen(listener.get(), 0) != 0 ||
      getsockname(listener.get(), reinterpret_cast<sockaddr*>(&where), &length) != 0)
    std::abort();
  const auto port = ntohs(where.sin_port);
  kept.push_back(std::move(listener));
  for (;;) {
    auto next = dial("127.0.0.1", port, std::chrono::milliseconds{300});
    if (std::holds_alternative<std::string>(next))
      return port;
    kept.push_back(std::move(std::get<tcp_socket>(next)));
  }
}

/// Somebody who speaks CAF but is no node: `unknown` asks without a hello, `other` under another name than in its hello,
/// `greeted` properly. Prints what it is told.
void stray(caf::actor_system& system, const std::string& host, std::uint16_t port, const std::string& kind) {
  const auto gate = system.middleman().remote_actor<caf::actor>(host, port);
  if (!gate)
    return print({{"event", "stray"}, {"fault", system.render(gate.error())}});
  caf::scoped_actor self{system};
  const peer_hello hello{"test", 1, 1, rules_digest(rule_set{}), rules_text(rule_set{})};
  if (kind != "unknown") {
    self->send(*gate, wire::hello{peer_protocol, "stray", 1, class_id{}, epoch{}, encode(hello)});
    self->receive([](const wire::hello&) {}, [](const wire::said&) {});
  }
  const peer_ask ask{9, 0, peer_question{"echo", "payload", milliseconds{1'000}}};
  self->send(*gate,
             wire::ask{peer_protocol, kind == "other" ? "somebody" : "stray", 1, class_id{}, epoch{}, encode(ask)});
  self->receive([](const wire::said& said) {
    const auto what = decode_peer_said(said.body);
    const auto* refusal = what ? std::get_if<peer_refusal>(&what->what) : nullptr;
    print({{"event", "stray"}, {"id", what ? what->id : 0}, {"fault", refusal ? refusal->code : "none"}});
  });
  // Ending somebody else's gate is not for us.
  self->send_exit(*gate, caf::exit_reason::user_shutdown);
}

struct flood_tally {
  std::mutex mutex;
  std::map<std::string, int> by_outcome;
  int open = 0;
};

void flood(peers& nodes, const std::string& tag, const std::string& node, int count, std::size_t bytes,
           int deadline_ms) {
  const auto tally = std::make_shared<flood_tally>();
  tally->open = count;
  std::size_t most_questions = 0;
  std::uint64_t most_unconfirmed = 0;
  for (int i = 0; i < count; ++i) {
    nodes.ask(
        node, class_id{}, epoch{}, peer_question{"flood", pattern(bytes, 1), milliseconds{1'000}},
        std::chrono::milliseconds{deadline_ms}, [tally, tag](peer_outcome how) {
          const auto line = described(how);
          const std::lock_guard lock{tally->mutex};
          ++tally->by_outcome[line.contains("why") ? line["why"].get<std::string>() : line["kind"].get<std::string>()];
          if (--tally->open == 0)
            print({{"event", "flooded"}, {"tag", tag}, {"outcomes", tally->by_outcome}});
        });
    for (const auto& row : nodes.rows())
      if (row.node == node) {
        most_questions = std::max(most_questions, row.questions);
        most_unconfirmed = std::max(most_unconfirmed, row.unconfirmed);
      }
  }
  print(
      {{"event", "flooding"}, {"tag", tag}, {"mostQuestions", most_questions}, {"mostUnconfirmed", most_unconfirmed}});
}

peer_request request_of(const std::string& kind, std::istream& rest) {
  std::uint64_t number = 0;
  rest >> number;
  if (kind == "hint")
    return journal_hint{race_id{static_cast<std::uint32_t>(number)}};
  if (kind == "preload")
    return preload_offer{};
  if (kind == "preloaded")
    return preloaded_report{milliseconds{static_cast<std::int64_t>(number)}};
  if (kind == "drain")
    return drain_request{};
  if (kind == "status")
    return status_request{};
  return peer_question{kind, kind == "echo" ? pattern(number, 3) : std::to_string(number), milliseconds{1'234}};
}

void print_rows(const peers& nodes) {
  json rows = json::object();
  for (const auto& row : nodes.rows())
    rows[row.node] = {{"up", row.up},
                      {"questions", row.questions},
                      {"unconfirmed", row.unconfirmed},
                      {"turnedAway", row.turned_away},
                      {"messagesIn", row.messages_in},
                      {"messagesOut", row.messages_out},
                      {"bytesIn", row.bytes_in},
                      {"bytesOut", row.bytes_out},
                      {"refused", row.refused},
                      {"connected", row.connected}};
  json refusals = json::object();
  for (std::size_t i = 0; i < peer_faults; ++i)
    refusals[to_string(static_cast<peer_fault>(i))] = nodes.refusals(static_cast<peer_fault>(i));
  print({{"event", "rows"}, {"rows", rows}, {"refusals", refusals}});
}

void obey(peers& nodes, caf::actor_system& system) {
  std::vector<tcp_socket> holes;
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream in{line};
    std::string verb;
    in >> verb;
    if (verb == "quit")
      return;
    if (verb == "rows") {
      print_rows(nodes);
    } else if (verb == "black_hole") {
      print({{"event", "black_hole"}, {"port", black_hole(holes)}});
    } else if (verb == "connect") {
      peer_target where;
      in >> where.who.node >> where.who.incarnation >> where.host >> where.port;
      nodes.connect(where);
    } else if (verb == "disconnect") {
      std::string node;
      in >> node;
      nodes.disconnect(node);
    } else if (verb == "stray") {
      std::string host, kind;
      std::uint16_t port = 0;
      in >> host >> port >> kind;
      stray(system, host, port, kind);
    } else if (verb == "flood") {
      std::string tag, node;
      int count = 0, deadline_ms = 0;
      std::size_t bytes = 0;
      in >> tag >> node >> count >> bytes >> deadline_ms;
      flood(nodes, tag, node, count, bytes, deadline_ms);
    } else if (verb == "ask") {
      std::string tag, node, kind;
      std::uint16_t cls = 0;
      std::uint64_t by = 0;
      int deadline_ms = 0;
      in >> tag >> node >> cls >> by >> deadline_ms >> kind;
      nodes.ask(node, class_id{cls}, epoch{by}, request_of(kind, in), std::chrono::milliseconds{deadline_ms},
                [tag](peer_outcome how) {
                  auto said = described(how);
                  said["event"] = "answered";
                  said["tag"] = tag;
                  print(said);
                });
    }
  }
}

class system_config : public caf::actor_system_config {
public:
  explicit system_config(const std::optional<peer_tls>& tls) {
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", std::size_t{2});
    set("logger.verbosity", caf::atom("quiet"));
    configure_peers(*this, tls);
  }
};

} // namespace

int main(int argc, char** argv) {
  if (argc < 4)
    return 2;
  std::signal(SIGPIPE, SIG_IGN);
  std::map<std::string, std::string> extra;
  for (int i = 4; i < argc; ++i) {
    const std::string word = argv[i];
    extra[word.substr(0, word.find('='))] = word.substr(word.find('=') + 1);
  }
  rule_set rules;
  if (extra.contains("grace"))
    rules.race.grace_seconds = static_cast<std::uint32_t>(std::stoul(extra["grace"]));
  std::optional<peer_tls> tls;
  if (extra.contains("cert"))
    tls = peer_tls{extra["cert"], extra["key"], extra["ca"]};
  const std::string where = argv[3];
  peer_settings settings;
  settings.self = {argv[1], std::stoull(argv[2])};
  settings.hello = {"test", 1, 1, rules_digest(rules), rules_text(rules)};
  settings.listen_host = where.substr(0, where.rfind(':'));
  settings.listen_port = static_cast<std::uint16_t>(std::stoul(where.substr(where.rfind(':') + 1)));
  settings.tls = tls.has_value();
  if (extra.contains("protocol"))
    settings.protocol = static_cast<std::uint32_t>(std::stoul(extra["protocol"]));

  system_config config{tls};
  caf::actor_system system{config};
  printing_handler handler{settings.hello};
  try {
    peers nodes{system, settings, handler};
    print({{"event", "listening"}, {"port", nodes.port()}});
    obey(nodes, system);
    nodes.stop();
  } catch (const std::exception& e) {
    print({{"event", "failed"}, {"detail", e.what()}});
    return 1;
  }
  print({{"event", "left"}});
}
