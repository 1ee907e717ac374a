#include "node/config/options.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>
#include <numeric>

namespace alleycat {

namespace {

/// The getter and the setter of a member that is a number.
template <class Number, class Access>
option number(std::string_view key, std::string_view short_flag, std::int64_t low, std::int64_t high, Access access,
              std::string_view doc) {
  return {
      key,
      short_flag,
      whole_number{low, high},
      doc,
      [access](const node_config& c) { return option_value{static_cast<std::int64_t>(access(c))}; },
      [access](node_config& c, const option_value& v) { access(c) = static_cast<Number>(std::get<std::int64_t>(v)); }};
}

template <class Access>
option decimal(std::string_view key, double low, double high, Access access, std::string_view doc) {
  return {key,
          "",
          any_number{low, high},
          doc,
          [access](const node_config& c) { return option_value{access(c)}; },
          [access](node_config& c, const option_value& v) {
            const auto* whole = std::get_if<std::int64_t>(&v);
            access(c) = whole ? static_cast<double>(*whole) : std::get<double>(v);
          }};
}

template <class Access>
option text(std::string_view key, std::string_view short_flag, value_kind kind, Access access, std::string_view doc) {
  return {key,
          short_flag,
          std::move(kind),
          doc,
          [access](const node_config& c) { return option_value{std::string{access(c)}}; },
          [access](node_config& c, const option_value& v) { access(c) = std::get<std::string>(v); }};
}

template <class Access>
option place(std::string_view key, std::string_view short_flag, Access access, std::string_view doc) {
  return {key,
          short_flag,
          address{},
          doc,
          [access](const node_config& c) { return option_value{to_string(access(c))}; },
          [access](node_config& c, const option_value& v) { access(c) = parse_host_port(std::get<std::string>(v)); }};
}

/// Empty: nothing.
template <class Access>
option optional_place(std::string_view key, std::string_view short_flag, Access access, std::string_view doc) {
  return {key,
          short_flag,
          address{.may_be_empty = true},
          doc,
          [access](const node_config& c) { return option_value{access(c) ? to_string(*access(c)) : std::string{}}; },
          [access](node_config& c, const option_value& v) {
            const auto& given = std::get<std::string>(v);
            access(c) = given.empty() ? std::nullopt : std::optional{parse_host_port(given)};
          }};
}

/// @param words  in the order of the enum's values, which count from 0
template <class Enum, class Access>
option choice(std::string_view key, std::vector<std::string_view> words, Access access, std::string_view doc) {
  return {key,
          "",
          one_of{words},
          doc,
          [=](const node_config& c) { return option_value{std::string{words[static_cast<std::size_t>(access(c))]}}; },
          [=](node_config& c, const option_value& v) {
            const auto found = std::find(words.begin(), words.end(), std::get<std::string>(v));
            access(c) = static_cast<Enum>(found - words.begin());
          }};
}

/// @pre whoever uses the value reads it each time; see `backend::change`
option live(option opt) {
  opt.live = true;
  return opt;
}

option told(std::string_view default_words, option opt) {
  opt.default_words = default_words;
  return opt;
}

#define ALLEYCAT_MEMBER(path)                                                                                          \
  [](auto& c) -> auto& {                                                                                               \
    return c.path;                                                                                                     \
  }

std::vector<option> make_options() {
  constexpr std::int64_t mebibyte = 1 << 20;
  return {
      {"nats.urls", "nats", text_list{},
       "NATS servers to join, the one thing a node needs to find its cluster. Without any, the node starts a "
       "nats-server of "
       "its own in its data folder, which ends with it.",
       [](const node_config& c) { return option_value{c.nats_urls}; },
       [](node_config& c, const option_value& v) { c.nats_urls = std::get<std::vector<std::string>>(v); }},
      text("nats.host", "", any_text{}, ALLEYCAT_MEMBER(nats_host),
           "Address the node's own nats-server listens on. 0.0.0.0 lets bikes of the network in, and anybody else "
           "there."),
      number<std::uint16_t>("nats.port", "nats-port", 0, 65535, ALLEYCAT_MEMBER(nats_port),
                            "Port of the node's own nats-server. 0 takes a free one."),
      number<std::uint16_t>("nats.ws_port", "ws-port", 0, 65535, ALLEYCAT_MEMBER(ws_port),
                            "WebSocket port of the node's own nats-server, for the page. 0 takes a free one."),
      text("nats.server", "", any_text{}, ALLEYCAT_MEMBER(nats_server),
           "The nats-server program to start. Empty looks in PATH and /usr/sbin."),
      told("the host's name", text("node.name", "name", plain_name{}, ALLEYCAT_MEMBER(name),
                                   "Name of this node, its own in the cluster. Two nodes of one name take each "
                                   "other "
                                   "for one that restarted.")),
      text("node.data", "data", any_text{}, ALLEYCAT_MEMBER(data),
           "Folder of everything that is kept. It belongs to one node; without it a node rebuilds from NATS."),
      place("node.listen", "listen", ALLEYCAT_MEMBER(listen),
            "Where the other nodes reach this one over CAF, which trusts who connects: an address that others reach "
            "needs TLS, or --insecure. Port 0 takes a free one."),
      optional_place("node.advertise", "advertise", ALLEYCAT_MEMBER(advertise),
                     "Where the other nodes are told to connect to; port 0 is the port of node.listen. Empty is "
                     "node.listen itself, which is wrong behind 0.0.0.0 or NAT."),
      text("node.tls_cert", "tls-cert", any_text{}, ALLEYCAT_MEMBER(tls_cert),
           "Certificate (PEM) of this node. With it nodes speak TLS with each other and refuse everybody without a "
           "certificate of node.tls_ca, so all nodes of a cluster have one or none has."),
      text("node.tls_key", "tls-key", any_text{}, ALLEYCAT_MEMBER(tls_key),
           "Private key (PEM, no password) of node.tls_cert."),
      text("node.tls_ca", "tls-ca", any_text{}, ALLEYCAT_MEMBER(tls_ca),
           "Certificate (PEM) of the authority that issued those of all nodes; one of its own, since whoever has a "
           "certificate of it is a node."),
      choice<bool>("node.insecure", {"no", "yes"}, ALLEYCAT_MEMBER(insecure),
                   "yes lets node.listen be open to others without TLS: everybody who reaches it can stop the node "
                   "and read and forge what nodes tell each other. --insecure is short for it."),
      place("http.listen", "http", ALLEYCAT_MEMBER(http),
            "Where the page, /metrics, /healthz, /readyz and /config.json are served. Everybody who reaches it may "
            "read them."),
      text(
          "http.cert", "http-cert", any_text{}, ALLEYCAT_MEMBER(http_cert),
          "Certificate (PEM) to serve the page over HTTPS, which Bluetooth bikes need; the node's own nats-server uses "
          "it for the page's WebSocket too."),
      text("http.key", "http-key", any_text{}, ALLEYCAT_MEMBER(http_key),
           "Private key (PEM, no password) of http.cert."),
      text("http.web", "", any_text{}, ALLEYCAT_MEMBER(web),
           "Folder with the files of the page. Empty is the one the program was built or installed with, if any."),
      {"http.origins", "", text_list{},
       "Further origins of the page, as https://race.example where it is behind a proxy. The node's own nats-server "
       "lets no "
       "other page open its WebSocket than those of http.listen and these.",
       [](const node_config& c) { return option_value{c.origins}; },
       [](node_config& c, const option_value& v) { c.origins = std::get<std::vector<std::string>>(v); }},
      text("http.ws_url", "", any_text{}, ALLEYCAT_MEMBER(ws_url),
           "WebSocket address the page connects to. Empty is the page's own host with nats.ws_port."),
      number<std::uint32_t>(
          "race.window_seconds", "", 1, max_window_seconds, ALLEYCAT_MEMBER(rules.race.window_seconds),
          "Time in which riders may start one race. Race ids are counted in it: after a change old and new "
          "races do not compare."),
      number<std::uint32_t>(
          "race.ride_seconds", "", 1, max_ride_seconds, ALLEYCAT_MEMBER(rules.race.ride_seconds),
          "Length of a ride. All nodes of a cluster must agree on this and on all of [race] and [[class]]."),
      number<std::uint32_t>(
          "race.grace_seconds", "", 0, 3600, ALLEYCAT_MEMBER(rules.race.grace_seconds),
          "How long a race waits for late seconds. More saves riders with bad connections and delays results."),
      number<std::uint32_t>(
          "race.capacity", "", 1, max_capacity, ALLEYCAT_MEMBER(rules.race.capacity),
          "Riders of one race; whoever comes later is refused. Standings grow by about 200 bytes a rider."),
      number<std::uint32_t>("race.min_percent", "", 1, 100, ALLEYCAT_MEMBER(rules.race.min_percent),
                            "Share of the seconds a finisher must have ridden. Others are listed as not finished."),
      choice<admission>(
          "race.admit", {"live", "any"}, ALLEYCAT_MEMBER(rules.race.admit),
          "live counts an update only around the time it was ridden; any takes every time stamp, for benchmarks "
          "and replays, and opens all past races to everybody."),
      number<std::uint32_t>("race.idle_close_seconds", "", 1, 3600, ALLEYCAT_MEMBER(rules.race.idle_close_seconds),
                            "With admit any: silence after which a race closes. Too short cuts slow replays in two."),
      choice<view_policy>(
          "race.views", {"all", "asked", "off"}, ALLEYCAT_MEMBER(rules.race.views),
          "Whose personal view is published each second: of all, of riders whose updates ask for it, or of nobody, "
          "which saves most of the traffic."),
      choice<journal_storage>("journal.storage", {"file", "memory", "off"}, ALLEYCAT_MEMBER(journal.storage),
                              "Where JetStream keeps the journal. memory loses it with nats-server; off keeps none and "
                              "acknowledges what may be lost: for comparisons only."),
      live(number<std::uint32_t>(
          "journal.linger_ms", "", 0, 1000, ALLEYCAT_MEMBER(journal.linger_ms),
          "How long an update waits for others of its race at most before the batch is written; less where waiting "
          "would not help, and N times as long, up to 80 ms, where N nodes share the updates. More makes the journal "
          "smaller and a restart quicker, and delays answers by as much. "
          "Another value counts for races that open afterwards.")),
      live(number<std::uint64_t>(
          "journal.max_bytes", "", 16 * mebibyte, 1024 * 1024 * mebibyte, ALLEYCAT_MEMBER(journal.max_bytes),
          "Limit of one class's journal. When it is full updates are refused, and bikes send them again.")),
      number<std::uint32_t>("journal.ingest_actors", "", 1, 64, ALLEYCAT_MEMBER(journal.ingest_actors),
                            "Ingest actors of this node. More use more cores and make smaller batches."),
      live(number<std::uint32_t>(
          "standings.min_interval_ms", "", 0, 60'000, ALLEYCAT_MEMBER(standings_min_interval_ms),
          "Shortest time between two standings of one race. 0 publishes as soon as all riders have reported. "
          "Another value counts for races that open afterwards.")),
      live(number<std::uint64_t>(
          "history.max_bytes", "", mebibyte / 4, 16LL * 1024 * 1024 * mebibyte, ALLEYCAT_MEMBER(history_max_bytes),
          "Limit of the LMDB file, which grows as it is needed. At the limit closed races wait to be "
          "stored until it is "
          "raised or fewer days are kept.")),
      live(decimal(
          "history.keep_days", 0.0001, 3650, ALLEYCAT_MEMBER(history_keep_days),
          "How long results and rides are kept, in LMDB and in the results stream. Rides that hold a record or a best "
          "second stay. Fractions of a day are for tests.")),
      number<std::uint32_t>("cluster.drain_seconds", "", 0, 600, ALLEYCAT_MEMBER(drain_seconds),
                            "How long a node that is told to stop waits for others to take its races over."),
      choice<metrics_timing>(
          "metrics.timing", {"on", "off"}, ALLEYCAT_MEMBER(timing),
          "Whether times are taken: all histograms of /metrics, and the figures of actors. off leaves "
          "them empty, and saves about a hundredth of the CPU; for comparisons."),
      live(choice<log_level>("log.level", {"debug", "info", "warn", "error"}, ALLEYCAT_MEMBER(level),
                             "The least important events that are logged.")),
      live(choice<log_format>("log.format", {"text", "json"}, ALLEYCAT_MEMBER(format),
                              "One line an event: for people, or for programs.")),
  };
}

#undef ALLEYCAT_MEMBER

template <class... Handlers>
struct overloaded : Handlers... {
  using Handlers::operator()...;
};

/// With brackets and a port it is no longer than what may be told to others, see cluster/records.cpp.
constexpr std::size_t longest_host = 248;

bool is_address(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0)
    return false;
  const auto host = text.substr(0, colon), port = text.substr(colon + 1);
  const bool bracketed = host.front() == '[' && host.back() == ']' && host.size() > 2;
  if (!bracketed && host.find_first_of(":[] ") != std::string_view::npos)
    return false;
  // What others are told of in the cluster's bucket, as text.
  const bool visible = std::all_of(host.begin(), host.end(), [](char c) { return c > ' ' && c <= '~'; });
  if (!visible || host.size() > longest_host)
    return false;
  unsigned value = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), value);
  return !port.empty() && error == std::errc{} && end == port.data() + port.size() && value <= 65535;
}

bool is_plain_name(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

/// A basic TOML string is a JSON string, but for DEL.
std::string toml_string(const std::string& text) {
  auto quoted = nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  for (auto at = quoted.find('\x7f'); at != std::string::npos; at = quoted.find('\x7f'))
    quoted.replace(at, 1, "\\u007f");
  return quoted;
}

/// Levenshtein; a few dozen bytes a side.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const auto replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

} // namespace

std::string option::variable() const {
  std::string name{"ALLEYCAT_"};
  for (const char c : key)
    name += c == '.' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return name;
}

std::span<const option> options() {
  static const auto table = make_options();
  return table;
}

const option* find_option(std::string_view key) {
  const auto all = options();
  const auto found = std::find_if(all.begin(), all.end(), [key](const auto& opt) { return opt.key == key; });
  return found == all.end() ? nullptr : &*found;
}

std::optional<option_value> value_from_text(const option& opt, std::string_view text) {
  if (std::holds_alternative<whole_number>(opt.kind)) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size())
      return std::nullopt;
    return number;
  }
  if (std::holds_alternative<any_number>(opt.kind)) {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size())
      return std::nullopt;
    return number;
  }
  if (!std::holds_alternative<text_list>(opt.kind))
    return std::string{text};
  std::vector<std::string> parts;
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    parts.emplace_back(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return parts;
}

std::optional<std::string> fault_in(const option& opt, const option_value& value) {
  const auto* number = std::get_if<std::int64_t>(&value);
  const auto* decimal = std::get_if<double>(&value);
  const auto* text = std::get_if<std::string>(&value);
  const auto* list = std::get_if<std::vector<std::string>>(&value);
  const bool fits = std::visit(
      overloaded{
          [&](const whole_number& range) { return number && *number >= range.low && *number <= range.high; },
          [&](const any_number& range) {
            if (number)
              return static_cast<double>(*number) >= range.low && static_cast<double>(*number) <= range.high;
            return decimal && *decimal >= range.low && *decimal <= range.high;
          },
          [&](const any_text&) { return text != nullptr; },
          [&](const plain_name&) { return text && is_plain_name(*text); },
          [&](const one_of& choice) {
            return text && std::find(choice.words.begin(), choice.words.end(), *text) != choice.words.end();
          },
          [&](const address& kind) { return text && ((kind.may_be_empty && text->empty()) || is_address(*text)); },
          [&](const text_list&) {
            return list && std::none_of(list->begin(), list->end(), [](const auto& part) { return part.empty(); });
          }},
      opt.kind);
  if (fits)
    return std::nullopt;
  return allowed_values(opt);
}

std::string allowed_values(const option& opt) {
  return std::visit(
      overloaded{
          [](const whole_number& range) { return fmt::format("a whole number in {}..{}", range.low, range.high); },
          [](const any_number& range) { return fmt::format("a number in {}..{}", range.low, range.high); },
          [](const any_text&) { return std::string{"a text"}; },
          [](const plain_name&) { return std::string{"1 to 64 letters, digits, - or _"}; },
          [](const one_of& choice) { return fmt::format("one of {}", fmt::join(choice.words, ", ")); },
          [](const address&) { return std::string{"HOST:PORT"}; },
          [](const text_list&) { return std::string{"a list of texts, none of them empty"}; }},
      opt.kind);
}

std::string description(const option& opt, const node_config& defaults) {
  const auto usual = opt.default_words.empty() ? toml_literal(opt.get(defaults)) : std::string{opt.default_words};
  return fmt::format("{} Takes {}; default {}.{}", opt.doc, allowed_values(opt), usual,
                     opt.live ? " Read again on SIGHUP." : "");
}

std::string toml_literal(const option_value& value) {
  return std::visit(overloaded{[](std::int64_t number) { return std::to_string(number); },
                               [](double number) { return fmt::format("{}", number); },
                               [](const std::string& text) { return toml_string(text); },
                               [](const std::vector<std::string>& list) {
                                 std::vector<std::string> parts;
                                 for (const auto& part : list)
                                   parts.push_back(toml_string(part));
                                 return fmt::format("[{}]", fmt::join(parts, ", "));
                               }},
                    value);
}

host_port parse_host_port(std::string_view text) {
  const auto colon = text.rfind(':');
  host_port where{std::string{text.substr(0, colon)}, 0};
  const auto port = text.substr(colon + 1);
  std::from_chars(port.data(), port.data() + port.size(), where.port);
  if (where.host.front() == '[')
    where.host = where.host.substr(1, where.host.size() - 2);
  return where;
}

std::string to_string(const host_port& where) {
  return where.host.find(':') == std::string::npos ? fmt::format("{}:{}", where.host, where.port)
                                                   : fmt::format("[{}]:{}", where.host, where.port);
}

std::string wrapped(std::string_view text, std::size_t columns) {
  std::string lines;
  std::size_t column = 0;
  while (!text.empty()) {
    const auto word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    const bool fits = column + 1 + word.size() <= columns;
    if (!lines.empty())
      lines += fits ? ' ' : '\n';
    column = word.size() + (fits && !lines.empty() ? column + 1 : 0);
    lines += word;
  }
  return lines;
}

std::optional<std::string> nearest(std::string_view mistyped, std::span<const std::string> known) {
  const auto closest = std::min_element(known.begin(), known.end(), [&](const auto& a, const auto& b) {
    return edit_distance(mistyped, a) < edit_distance(mistyped, b);
  });
  if (closest == known.end() || edit_distance(mistyped, *closest) > std::max<std::size_t>(2, mistyped.size() / 4))
    return std::nullopt;
  return *closest;
}

} // namespace alleycat
