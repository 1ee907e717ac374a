#include "cluster/records.hpp"

#include "cluster/fields.hpp"

#include <algorithm>
#include <array>

namespace alleycat {

namespace {

constexpr std::string_view node_prefix = "node.";
constexpr std::string_view claim_prefix = "claim.";
constexpr std::string_view generation_prefix = "generation.";
constexpr std::string_view rules_text_key = "rules";
constexpr std::uint64_t version = 1;
constexpr std::size_t longest_address = 256;

constexpr std::array<std::string_view, 3> states{"serving", "draining", "left"};

std::optional<member_state> parse_state(std::string_view text) {
  const auto found = std::find(states.begin(), states.end(), text);
  if (found == states.end())
    return std::nullopt;
  return static_cast<member_state>(found - states.begin());
}

bool is_address(std::string_view text) {
  return !text.empty() && text.size() <= longest_address &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

struct key_writer {
  std::string operator()(const node_key& key) const { return std::string{node_prefix} + key.name; }
  std::string operator()(const claim_key& key) const {
    return std::string{claim_prefix} + to_text(key.what) + "." + std::to_string(key.at.value());
  }
  std::string operator()(const generation_key& key) const {
    return std::string{generation_prefix} + std::to_string(key.number);
  }
  std::string operator()(const rules_key&) const { return std::string{rules_text_key}; }
};

std::optional<bucket_key> parse_claim_key(std::string_view text) {
  const auto dot = text.find('.');
  if (dot == std::string_view::npos)
    return std::nullopt;
  const auto what = parse_entity(text.substr(0, dot));
  const auto at = parse_plain<std::uint64_t>(text.substr(dot + 1));
  if (!what || !at || *at == 0)
    return std::nullopt;
  return claim_key{*what, epoch{*at}};
}

} // namespace

bool is_node_name(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), allowed);
}

std::string to_text(const bucket_key& key) {
  return std::visit(key_writer{}, key);
}

std::optional<bucket_key> parse_bucket_key(std::string_view text) {
  if (text == rules_text_key)
    return rules_key{};
  if (text.starts_with(claim_prefix))
    return parse_claim_key(text.substr(claim_prefix.size()));
  if (text.starts_with(node_prefix) && is_node_name(text.substr(node_prefix.size())))
    return node_key{std::string{text.substr(node_prefix.size())}};
  if (text.starts_with(generation_prefix))
    if (const auto number = parse_plain<std::uint64_t>(text.substr(generation_prefix.size())); number && *number != 0)
      return generation_key{*number};
  return std::nullopt;
}

std::string to_text(const heartbeat& beat) {
  return field_writer{}
      .add("v", version)
      .add("incarnation", beat.incarnation)
      .add("counter", beat.counter)
      .add("address", beat.address)
      .add("started", static_cast<std::uint64_t>(std::max<unix_ms>(beat.started, 0)))
      .add("rules", beat.rules)
      .add("protocol", beat.protocol)
      .add("state", states[static_cast<std::size_t>(beat.state)])
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
  if (fields.number<std::uint64_t>("v") != version || !is_node_name(name) || !incarnation || *incarnation == 0 ||
      !counter || *counter == 0 || !address || !is_address(*address) || !started || *started >> 62 != 0 || !rules ||
      !protocol || !state)
    return std::nullopt;
  heartbeat beat;
  beat.name = name;
  beat.incarnation = *incarnation;
  beat.counter = *counter;
  beat.address = *address;
  beat.started = static_cast<unix_ms>(*started);
  beat.rules = *rules;
  beat.protocol = *protocol;
  beat.state = *state;
  const auto figure = [&](std::string_view field) { return fields.number<std::uint32_t>(field).value_or(0); };
  beat.load = {figure("races"), figure("classes"), figure("riders"), figure("rate"), figure("lag"), figure("cpu")};
  return beat;
}

std::string to_text(const claim& what) {
  field_writer text;
  text.add("v", version)
      .add("owner", what.owner)
      .add("incarnation", what.incarnation)
      .add("release", std::uint64_t{what.release});
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
  if (fields.number<std::uint64_t>("v") != version || !owner || !is_node_name(*owner) || !incarnation ||
      *incarnation == 0 || !release || (*release != "0" && *release != "1") || (!to.empty() && !is_node_name(to)))
    return std::nullopt;
  return claim{std::string{*owner}, *incarnation, *release == "1", std::string{to}};
}

} // namespace alleycat
