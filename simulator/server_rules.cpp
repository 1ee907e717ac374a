#include "simulator/server_rules.hpp"

#include <nlohmann/json.hpp>

namespace alleycat::sim {

std::optional<server_rules> read_rules(std::string_view answer) {
  const auto json = nlohmann::ordered_json::parse(answer, nullptr, false);
  if (!json.is_object() || !json.contains("rules") || !json["rules"].is_object()) {
    return std::nullopt;
  }
  const auto& rules = json["rules"];
  server_rules out;
  bool good = true;
  const auto read = [&](const char* name, std::uint32_t lowest, std::uint32_t& value) {
    if (const auto at = rules.find(name); at != rules.end()) {
      good = good && at->is_number_unsigned() && *at >= lowest && *at <= 86'400;
      value = good ? at->get<std::uint32_t>() : value;
    }
  };
  read("windowSeconds", 1, out.window_seconds);
  read("rideSeconds", 1, out.ride_seconds);
  read("graceSeconds", 0, out.grace_seconds);
  read("capacity", 1, out.capacity);
  if (!good) {
    return std::nullopt;
  }
  out.json = rules.dump();
  return out;
}

} // namespace alleycat::sim
