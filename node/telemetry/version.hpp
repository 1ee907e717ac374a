/// What this build is made of.
#pragma once

#include <string>
#include <string_view>

namespace alleycat {

struct build_versions {
  std::string_view alleycat; ///< "0.1.0"
  std::string_view commit;   ///< short git commit at configure time, or "unknown"
  std::string_view caf;
  std::string_view nats_c;
  std::string_view lmdb;
};

const build_versions& versions();

/// One line for each part, ending in a newline: what `--version` prints.
std::string version_text(std::string_view program);

} // namespace alleycat
