/// What a running node does with a configuration that was read again.
#pragma once

#include "node/config/node_config.hpp"

#include <string_view>
#include <vector>

namespace alleycat {

/// Keys, in the order of the table.
struct config_changes {
  std::vector<std::string_view> taken;
  std::vector<std::string_view> need_restart; ///< `class` among them for the [[class]] tables
};

/// Takes over into `running` the options of `read` that are live, and nothing else.
config_changes take_over(node_config& running, const node_config& read);

} // namespace alleycat
