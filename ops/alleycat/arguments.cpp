#include "messages/subjects.hpp"
#include "ops/alleycat/commands.hpp"

namespace alleycat::cli {

// Ids are canonical decimal everywhere; CLI11 alone would also take 0x10 and 010.

void add_class_argument(CLI::App& command, std::uint16_t& cls) {
  command.add_option("class", cls, "class id, 1..65535")->required()->check([](const std::string& text) {
    return parse_class_id(text) ? std::string{} : "'" + text + "' is not a class id (1..65535)";
  });
}

void add_race_argument(CLI::App& command, std::uint32_t& race) {
  command.add_option("race", race, "race id, 0..4294967295")->required()->check([](const std::string& text) {
    return parse_race_id(text) ? std::string{} : "'" + text + "' is not a race id (0..4294967295)";
  });
}

void add_racer_argument(CLI::App& command, std::uint32_t& racer) {
  command.add_option("racer", racer, "racer id, 0..4294967295")->required()->check([](const std::string& text) {
    return parse_racer_id(text) ? std::string{} : "'" + text + "' is not a racer id (0..4294967295)";
  });
}

} // namespace alleycat::cli
