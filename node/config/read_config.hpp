/// Reading a node's configuration: flags over environment over TOML file over defaults.
///
/// Every key stands once, in the table of options.cpp; flags, environment variables, file keys, `--help` and
/// `--print-config` are made from it. Reading a configuration looks at the arguments, the given environment and the
/// file, at nothing else.
#pragma once

#include "node/config/node_config.hpp"

#include <map>
#include <string>
#include <variant>

namespace alleycat {

/// The program has nothing to run: print `text` and leave with `code` (0 done, 2 wrong usage).
struct early_exit {
  int code = 0;
  std::string text; ///< ends in a newline
  bool to_stderr = false;
};

/// Name to value.
using environment = std::map<std::string, std::string, std::less<>>;

/// Those variables of this process whose names begin with `ALLEYCAT_`.
environment alleycat_environment();

/// @param argc,argv  as main() gets them; argv[0] is the program's name
/// @param env  variables that do not begin with `ALLEYCAT_` are passed over; of those that do, an unknown one is an
///   error (those of the `alleycat` command and of the tests are let through)
std::variant<node_config, early_exit> read_config(int argc, const char* const* argv, const environment& env);

} // namespace alleycat
