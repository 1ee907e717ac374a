/// The one table of configuration keys.
#pragma once

#include "node/config/node_config.hpp"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace alleycat {

using option_value = std::variant<std::int64_t, double, std::string, std::vector<std::string>>;

/// What a value may be.
struct whole_number {
  std::int64_t low, high;
};
/// With or without a fraction.
struct any_number {
  double low, high;
};
struct any_text {};
/// Letters, digits, `-` and `_`, 1..64 of them.
struct plain_name {};
struct one_of {
  std::vector<std::string_view> words;
};
/// HOST:PORT, an IPv6 address in brackets.
struct address {
  bool may_be_empty = false;
};
/// In text, separated by commas.
struct text_list {};
using value_kind = std::variant<whole_number, any_number, any_text, plain_name, one_of, address, text_list>;

/// `key` "race.window_seconds" is the TOML key `window_seconds` in `[race]`, the flag `--race.window_seconds` and the
/// variable `ALLEYCAT_RACE_WINDOW_SECONDS`.
struct option {
  std::string_view key;
  std::string_view short_flag; ///< without `--`; may be empty
  value_kind kind;
  std::string_view doc; ///< one sentence or two, with the consequence of another value
  std::function<option_value(const node_config&)> get;
  /// Takes only what `fault_in` has nothing against.
  std::function<void(node_config&, const option_value&)> set;
  std::string_view default_words = {}; ///< for a default that is not the same everywhere
  bool live = false;                   ///< a running node takes another value over, on SIGHUP

  std::string_view section() const { return key.substr(0, key.find('.')); }
  std::string_view name() const { return key.substr(key.find('.') + 1); }
  std::string flag() const { return "--" + std::string{key}; }
  std::string variable() const;
};

/// In the order of `--help` and `--print-config`; options of one section stand together.
std::span<const option> options();

/// @returns null for a key that is not there.
const option* find_option(std::string_view key);

/// A value given as text: by a flag or by the environment.
/// @returns nothing if a number was wanted and is not there.
std::optional<option_value> value_from_text(const option& opt, std::string_view text);

/// @returns what is wrong, after "… must be ": "a whole number in 1..900", or nothing.
std::optional<std::string> fault_in(const option& opt, const option_value& value);

/// "a whole number in 1..900", "one of file, memory, off".
std::string allowed_values(const option& opt);

/// What stands below an option in the help and in the file: `doc`, what it takes, its default, whether it is live.
std::string description(const option& opt, const node_config& defaults);

/// As TOML writes it.
std::string toml_literal(const option_value& value);

/// @pre `text` is an address.
host_port parse_host_port(std::string_view text);
std::string to_string(const host_port& where);

/// Blanks become line ends where a line would pass `columns`.
std::string wrapped(std::string_view text, std::size_t columns);

/// The best of `known` for something mistyped, or nothing if none is near.
std::optional<std::string> nearest(std::string_view mistyped, std::span<const std::string> known);

} // namespace alleycat
