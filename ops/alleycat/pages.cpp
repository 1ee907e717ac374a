#include "ops/alleycat/pages.hpp"

#include "ops/alleycat/text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace alleycat::cli {

void add_page_options(CLI::App& command, page_options& options) {
  command.add_option("--after", options.after, "the page behind the one that ended with this text");
  command.add_option("--fields", options.fields, "only these fields of the rows, separated by commas: for --json")
      ->delimiter(',');
}

void put_page(const page_options& options, nlohmann::json& body) {
  if (!options.after.empty()) {
    body["after"] = options.after;
    body.erase("offset");
  }
  if (!options.fields.empty())
    body["fields"] = options.fields;
}

void show_next(const nlohmann::json& answer) {
  if (const auto next = answer.find("next"); next != answer.end() && next->is_string())
    fmt::print("More: --after '{}'\n", printable(next->get<std::string>()));
}

} // namespace alleycat::cli
