#include "node/config/read_config.hpp"

#include "node/config/config_file.hpp"
#include "node/config/options.hpp"
#include "node/config/peer_address.hpp"
#include "node/telemetry/version.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <unistd.h>

extern "C" char** environ;

namespace alleycat {

namespace {

constexpr std::string_view env_prefix = "ALLEYCAT_";
constexpr std::string_view env_config = "ALLEYCAT_CONFIG";
/// Not of the node: the `alleycat` command's server, the tests' programs, the crash tests' points and faults.
constexpr std::string_view foreign_variables[] = {"ALLEYCAT_NATS", "ALLEYCAT_BIN", "ALLEYCAT_RIDES", "ALLEYCAT_FAULT",
                                                  "ALLEYCAT_CLOCK_OFFSET_MS"};
constexpr std::string_view env_failpoint = "ALLEYCAT_FAILPOINT";

constexpr std::string_view footer = R"(
Every flag --section.key is also `key` in [section] of the TOML file and
ALLEYCAT_SECTION_KEY in the environment. A flag overrules the environment, the
environment the file. The classes are [[class]] tables of the file. The file is
--config or ALLEYCAT_CONFIG. --print-config writes one with everything in it.

SIGHUP reads all of it again. A running node takes over what is marked so, and
says what would need a restart; with a fault in it nothing changes.

Exit codes: 0 done, 1 failed, 2 wrong usage.)";

early_exit wrong_usage(std::string_view program, std::string_view what) {
  return {2, fmt::format("{}: {}\n", program, what), true};
}

/// What the command line said, not yet understood.
struct command_line {
  std::map<std::string, std::string, std::less<>> values; ///< by key
  std::string file;
  bool check = false;
  bool rebuild = false;
  bool print = false;
};

std::string help_of(const option& opt, const node_config& defaults) {
  return wrapped(description(opt, defaults), 80);
}

std::string placeholder(const option& opt) {
  if (std::holds_alternative<whole_number>(opt.kind) || std::holds_alternative<any_number>(opt.kind))
    return "NUMBER";
  if (std::holds_alternative<one_of>(opt.kind))
    return "WORD";
  if (std::holds_alternative<address>(opt.kind))
    return "HOST:PORT";
  return std::holds_alternative<text_list>(opt.kind) ? "URL[,URL]" : "TEXT";
}

std::string program_name(const char* path) {
  const std::string_view name{path ? path : "alleycat-node"};
  return std::string{name.substr(name.rfind('/') + 1)};
}

std::variant<command_line, early_exit> parse_arguments(int argc, const char* const* argv, const std::string& program) {
  command_line line;
  CLI::App app{
      "The Alleycat backend: takes the updates of bikes, ranks races second by second and hands the results on.",
      program};
  const auto defaults = default_config();
  bool wants_version = false;
  app.add_option("--config", line.file, "TOML file with any of the keys below")->type_name("FILE");
  app.add_flag("--rebuild", line.rebuild,
               "Set the LMDB file of the data folder aside and build it again from the streams");
  app.add_flag_callback(
      "--insecure", [&line] { line.values["node.insecure"] = "yes"; },
      "Let node.listen be open to others without TLS, on a network where everybody is trusted");
  app.add_flag("--check-config", line.check, "Read the configuration, say what is wrong with it, and leave");
  app.add_flag("--print-config", line.print,
               "Print the configuration in effect as a TOML file with comments, and leave");
  app.add_flag("--version", wants_version, "Print the versions of the program and its libraries, and leave");
  for (const auto& opt : options()) {
    const auto flags = opt.short_flag.empty() ? opt.flag() : fmt::format("--{},{}", opt.short_flag, opt.flag());
    app.add_option_function<std::string>(
           flags, [&line, &opt](const std::string& text) { line.values[std::string{opt.key}] = text; },
           help_of(opt, defaults))
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast)
        ->type_name(placeholder(opt))
        ->group(fmt::format("[{}]", opt.section()));
  }
  app.footer(std::string{footer});
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return early_exit{0, app.help(), false};
  } catch (const CLI::ParseError& fault) {
    return wrong_usage(program, fmt::format("{}; --help lists the flags", fault.what()));
  }
  if (wants_version)
    return early_exit{0, version_text(program), false};
  return line;
}

/// @param source  "--race.capacity" or "ALLEYCAT_RACE_CAPACITY", for the message
std::optional<std::string> apply_text(node_config& config, const option& opt, const std::string& text,
                                      const std::string& source) {
  const auto value = value_from_text(opt, text);
  const auto wanted = value ? fault_in(opt, *value) : allowed_values(opt);
  if (wanted)
    return fmt::format("{} must be {}, not \"{}\"", source, *wanted, text);
  opt.set(config, *value);
  return std::nullopt;
}

std::optional<std::string> apply_file(node_config& config, const std::string& file) {
  if (std::filesystem::is_directory(file))
    return fmt::format("cannot read {}: Is a directory", file);
  std::ifstream in{file, std::ios::binary};
  if (!in.is_open())
    return fmt::format("cannot read {}: {}", file, std::strerror(errno));
  const std::string text{std::istreambuf_iterator<char>{in}, {}};
  return apply_toml(config, text, file);
}

std::optional<std::string> unknown_variable(const environment& env) {
  std::vector<std::string> known{std::string{env_config}};
  for (const auto& opt : options())
    known.push_back(opt.variable());
  for (const auto& [name, value] : env) {
    if (!name.starts_with(env_prefix) || name.starts_with(env_failpoint) ||
        std::find(std::begin(foreign_variables), std::end(foreign_variables), name) != std::end(foreign_variables))
      continue;
    if (std::find(known.begin(), known.end(), name) != known.end())
      continue;
    const auto near = nearest(name, known);
    return fmt::format("unknown environment variable {}{}", name, near ? fmt::format("; did you mean {}?", *near) : "");
  }
  return std::nullopt;
}

/// What no single key can tell.
std::optional<std::string> fault_between_keys(const node_config& config) {
  if (config.data.empty())
    return "node.data must name a folder";
  if (config.http_cert.empty() != config.http_key.empty())
    return "http.cert and http.key belong together: give both or neither";
  if (config.own_nats_server() && config.nats_port != 0 && config.nats_port == config.ws_port)
    return fmt::format("nats.port and nats.ws_port must differ, both are {}", config.nats_port);
  for (const auto& origin : config.origins) {
    const auto host = origin.find("://");
    if (!(origin.starts_with("http://") || origin.starts_with("https://")) || host + 3 == origin.size() ||
        origin.find_first_of("/ ", host + 3) != std::string::npos)
      return fmt::format("http.origins must be like https://race.example or http://10.0.0.4:8080, not \"{}\"", origin);
  }
  if (auto fault = fault_in_peer_address(config))
    return fault;
  return first_fault(config.rules);
}

/// File, environment, flags: each overrules what came before.
std::optional<std::string> gather(node_config& config, const command_line& line, const environment& env) {
  if (auto fault = unknown_variable(env))
    return fault;
  auto file = line.file;
  if (const auto named = env.find(env_config); file.empty() && named != env.end())
    file = named->second;
  if (!file.empty())
    if (auto fault = apply_file(config, file))
      return fault;
  for (const auto& opt : options())
    if (const auto found = env.find(opt.variable()); found != env.end())
      if (auto fault = apply_text(config, opt, found->second, found->first))
        return fault;
  for (const auto& opt : options())
    if (const auto found = line.values.find(opt.key); found != line.values.end())
      if (auto fault = apply_text(config, opt, found->second, opt.flag()))
        return fault;
  return fault_between_keys(config);
}

} // namespace

environment alleycat_environment() {
  environment env;
  for (char** entry = environ; entry && *entry; ++entry) {
    const std::string_view text{*entry};
    const auto equals = text.find('=');
    if (equals != std::string_view::npos && text.starts_with(env_prefix))
      env.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return env;
}

std::variant<node_config, early_exit> read_config(int argc, const char* const* argv, const environment& env) {
  const auto program = program_name(argc > 0 ? argv[0] : nullptr);
  auto parsed = parse_arguments(argc, argv, program);
  if (auto* leave = std::get_if<early_exit>(&parsed))
    return std::move(*leave);
  const auto& line = std::get<command_line>(parsed);
  auto config = default_config();
  if (const auto fault = gather(config, line, env))
    return wrong_usage(program, *fault);
  if (line.print)
    return early_exit{0, config_text(config), false};
  if (line.check)
    return early_exit{0, "the configuration is valid\n", false};
  config.rebuild = line.rebuild;
  return config;
}

} // namespace alleycat
