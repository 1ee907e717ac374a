/// Tables that come in pages: which page, and how to get the next one.
#pragma once

#include <CLI/CLI.hpp>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace alleycat::cli {

struct page_options {
  std::string after;               ///< cursor of an answer; empty: the first page
  std::vector<std::string> fields; ///< of the rows; empty: all
};

/// Adds --after and --fields.
void add_page_options(CLI::App& command, page_options& options);

/// Puts them into the body of a question.
void put_page(const page_options& options, nlohmann::json& body);

/// Below a table whose answer says that others follow: how to see them.
void show_next(const nlohmann::json& answer);

} // namespace alleycat::cli
