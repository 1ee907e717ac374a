/// The TOML file of a node's configuration.
#pragma once

#include "node/config/node_config.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace alleycat {

/// Takes over into `config` what the text gives; all or part of the keys may be missing.
/// @param file_name  for messages only
/// @returns the first fault as "file:line:column: what", or nothing. `config` is then half changed.
std::optional<std::string> apply_toml(node_config& config, std::string_view toml, const std::string& file_name);

/// Valid TOML with every key, its meaning and its value. Read again it gives the same configuration.
std::string config_text(const node_config& config);

} // namespace alleycat
