/// `alleycat completion`: what bash needs to complete commands and flags.
#include "ops/alleycat/commands.hpp"

#include <fmt/format.h>

#include <string>

namespace alleycat::cli {

namespace {

/// Flags of a command and names of its subcommands, as words.
std::string words_of(const CLI::App& command) {
  std::string words;
  for (const auto* sub : command.get_subcommands({})) {
    words += sub->get_name() + ' ';
  }
  for (const auto* option : command.get_options()) {
    for (const auto& flag : option->get_lnames()) {
      words += "--" + flag + ' ';
    }
  }
  return words;
}

void print_completion(const CLI::App& app) {
  std::string common;
  for (const auto* option : app.get_options()) {
    for (const auto& flag : option->get_lnames()) {
      common += "--" + flag + ' ';
    }
  }
  fmt::print("# bash completion of alleycat:  source <(alleycat completion)\n"
             "_alleycat() {{\n"
             "  local words\n"
             "  case \"${{COMP_WORDS[1]}}\" in\n");
  for (const auto* command : app.get_subcommands({})) {
    fmt::print("    {}) words=\"{}{}\" ;;\n", command->get_name(), words_of(*command), common);
  }
  fmt::print("    *) words=\"{}\" ;;\n"
             "  esac\n"
             "  [ \"$COMP_CWORD\" -eq 1 ] && words=\"{}\"\n"
             "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"${{COMP_WORDS[COMP_CWORD]}}\")\n"
             "}}\n"
             "complete -F _alleycat alleycat\n",
             words_of(app), words_of(app));
}

} // namespace

void add_completion(CLI::App& app) {
  auto* command = app.add_subcommand("completion", "Print the completion for bash: source <(alleycat completion)");
  command->callback([&app] { print_completion(app); });
}

} // namespace alleycat::cli
