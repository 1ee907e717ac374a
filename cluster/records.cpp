#include "cluster/records.hpp"

#include "cluster/fields.hpp"
#include "racing/check.hpp"

#include <algorithm>
#include <array>

namespace alleycat {

namespace {

constexpr std::string_view node_prefix = "node.";
constexpr std::string_view claim_prefix = "claim.";
constexpr std::string_view generation_prefix = "generation.";
constexpr std::string_view rules_prefix = "rules.";
constexpr std::string_view format_prefix = "format.";
constexpr std::uint64_t version = 1;
constexpr std::size_t longest_address = 256;
constexpr std::size_t longest_version = 64;
constexpr std::uint32_t longest_clock_error_ms = 2'000'000'000;

constexpr std::array<std::string_view, 3> states{"serving", "draining", "left"};

std::optional<member_state> parse_state(std::string_view text) {
  const auto found = std::find(states.begin(), states.end(), text);
  if (found == states.end())
    return std::nullopt;
  return static_cast<member_state>(found - states.begin());
}

bool is_word(std::string_view text, std::size_t longest) {
  return !text.empty() && text.size() <= longest &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

struct key_writer {
  static std::string numbered(std::string_view prefix, std::uint64_t number) {
    return std::string{prefix} + std::to_string(number);
  }
  std::string operator()(const node_key& key) const { return std::string{node_prefix} + key.name; }
  std::string operator()(const claim_key& key) const {
    return numbered(claim_prefix, key.cls.value()) + "." + std::to_string(key.owner_epoch.value());
  }
  std::string operator()(const generation_key& key) const { return numbered(generation_prefix, key.number); }
  std::string operator()(const rules_key& key) const { return numbered(rules_prefix, key.number); }
  std::string operator()(const format_key& key) const { return numbered(format_prefix, key.number); }
};

std::optional<bucket_key> parse_claim_key(std::string_view text) {
  const auto dot = text.find('.');
  if (dot == std::string_view::npos)
    return std::nullopt;
  const auto cls = parse_plain<std::uint16_t>(text.substr(0, dot));
  const auto number = parse_plain<std::uint64_t>(text.substr(dot + 1));
  if (!cls || *cls == 0 || !number || *number == 0)
    return std::nullopt;
  return claim_key{class_id{*cls}, epoch{*number}};
}

/// The next one must not come near the end of the range: see `next_incarnation`.
bool is_incarnation(std::uint64_t number) {
  return number != 0 && number >> 62 == 0;
}

template <class Key>
std::optional<bucket_key> parse_numbered(std::string_view text) {
  const auto number = parse_plain<decltype(Key::number)>(text);
  return number && *number != 0 ? std::optional<bucket_key>{Key{*number}} : std::nullopt;
}

} // namespace

fitness fitness_of(const heartbeat& beat) {
  if (beat.state != member_state::serving || !beat.fit)
    return fitness::none;
  return !beat.ready ? fitness::fit : !beat.steady ? fitness::ready : fitness::steady;
}

bool is_node_name(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), allowed);
}

bool is_node_version(std::string_view text) {
  return is_word(text, longest_version);
}

std::string to_text(const bucket_key& key) {
  return std::visit(key_writer{}, key);
}

std::optional<bucket_key> parse_bucket_key(std::string_view text) {
  const auto after = [&](std::string_view prefix) { return text.substr(prefix.size()); };
  if (text.starts_with(claim_prefix))
    return parse_claim_key(after(claim_prefix));
  if (text.starts_with(node_prefix) && is_node_name(after(node_prefix)))
    return node_key{std::string{after(node_prefix)}};
  if (text.starts_with(generation_prefix))
    return parse_numbered<generation_key>(after(generation_prefix));
  if (text.starts_with(rules_prefix))
    return parse_numbered<rules_key>(after(rules_prefix));
  if (text.starts_with(format_prefix))
    return parse_numbered<format_key>(after(format_prefix));
  return std::nullopt;
}

std::string to_text(const heartbeat& beat) {
  ALLEYCAT_CHECK(is_node_name(beat.name) && is_incarnation(beat.incarnation) && beat.counter != 0);
  ALLEYCAT_CHECK(is_word(beat.address, longest_address) && is_node_version(beat.version));
  const auto ahead = std::int64_t{beat.clock_ahead_ms};
  return field_writer{}
      .add("v", version)
      .add("incarnation", beat.incarnation)
      .add("counter", beat.counter)
      .add("address", beat.address)
      .add("started", static_cast<std::uint64_t>(std::max<std::int64_t>(ms_of(beat.started), 0)))
      .add("version", beat.version)
      .add("rules", beat.rules)
      .add("agreed", beat.agreed)
      .add("protocol", beat.protocol)
      .add("reads", beat.reads)
      .add("writes", beat.writes)
      .add("state", states[static_cast<std::size_t>(beat.state)])
      .add("fit", std::uint64_t{beat.fit})
      .add("ready", std::uint64_t{beat.ready})
      .add("steady", std::uint64_t{beat.steady})
      .add("highest", beat.highest.value())
      .add("ahead", static_cast<std::uint64_t>(std::max<std::int64_t>(ahead, 0)))
      .add("behind", static_cast<std::uint64_t>(std::max<std::int64_t>(-ahead, 0)))
      .add("races", beat.load.races)
      .add("classes", beat.load.classes)
      .add("riders", beat.load.riders)
      .add("rate", beat.load.rate)
      .add("lag", beat.load.lag_ms)
      .add("cpu", beat.load.cpu_permille)
      .take();
}

std::optional<heartbeat> parse_heartbeat(std::string_view name, std::string_view text) {
  const field_reader fields{text};
  const auto incarnation = fields.number<std::uint64_t>("incarnation");
  const auto counter = fields.number<std::uint64_t>("counter");
  const auto address = fields.find("address");
  const auto started = fields.number<std::uint64_t>("started");
  const auto rules = fields.number<std::uint64_t>("rules");
  const auto protocol = fields.number<std::uint32_t>("protocol");
  const auto state = parse_state(fields.find("state").value_or(""));
  const auto program = fields.find("version").value_or("0");
  if (fields.number<std::uint64_t>("v") != version || !is_node_name(name) || !incarnation ||
      !is_incarnation(*incarnation) || !counter || *counter == 0 || !address || !is_word(*address, longest_address) ||
      !started || *started >> 62 != 0 || !rules || !protocol || !state || !is_node_version(program))
    return std::nullopt;
  const auto figure = [&](std::string_view field) { return fields.number<std::uint32_t>(field).value_or(0); };
  const auto clock = [&](std::string_view field) {
    return static_cast<std::int32_t>(std::min(figure(field), longest_clock_error_ms));
  };
  heartbeat beat;
  beat.name = name;
  beat.incarnation = *incarnation;
  beat.counter = *counter;
  beat.address = *address;
  beat.started = at_ms(static_cast<std::int64_t>(*started));
  beat.version = program;
  beat.rules = *rules;
  beat.agreed = fields.number<std::uint64_t>("agreed").value_or(0);
  beat.protocol = *protocol;
  beat.reads = std::max<std::uint32_t>(figure("reads"), 1);
  beat.writes = std::max<std::uint32_t>(figure("writes"), 1);
  beat.state = *state;
  beat.fit = figure("fit") == 1;
  beat.ready = figure("ready") == 1;
  beat.steady = figure("steady") == 1;
  beat.highest = epoch{fields.number<std::uint64_t>("highest").value_or(0)};
  beat.clock_ahead_ms = clock("ahead") - clock("behind");
  beat.load = {figure("races"), figure("classes"), figure("riders"), figure("rate"), figure("lag"), figure("cpu")};
  return beat;
}

std::string to_text(const claim& what) {
  ALLEYCAT_CHECK(is_node_name(what.owner) && is_incarnation(what.incarnation));
  ALLEYCAT_CHECK(what.to.empty() || (what.release && is_node_name(what.to)));
  field_writer text;
  text.add("v", version)
      .add("owner", what.owner)
      .add("incarnation", what.incarnation)
      .add("release", std::uint64_t{what.release})
      .add("since", static_cast<std::uint64_t>(std::max<std::int64_t>(ms_of(what.since), 0)));
  if (!what.to.empty())
    text.add("to", what.to);
  return text.take();
}

std::optional<claim> parse_claim(std::string_view text) {
  const field_reader fields{text};
  const auto owner = fields.find("owner");
  const auto incarnation = fields.number<std::uint64_t>("incarnation");
  const auto release = fields.find("release");
  const auto to = fields.find("to").value_or("");
  if (!owner || !is_node_name(*owner) || !incarnation || !is_incarnation(*incarnation) || !release ||
      (*release != "0" && *release != "1") || (!to.empty() && !is_node_name(to)))
    return std::nullopt;
  const auto since = fields.number<std::uint64_t>("since").value_or(0);
  return claim{std::string{*owner}, *incarnation, *release == "1", std::string{to},
               since >> 62 == 0 ? at_ms(static_cast<std::int64_t>(since)) : unix_ms{}};
}

} // namespace alleycat
