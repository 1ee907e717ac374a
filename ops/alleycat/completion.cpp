/// `alleycat completion`: what bash, zsh and fish need to complete commands and flags, from the commands themselves.
#include "ops/alleycat/commands.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

namespace alleycat::cli {

namespace {

/// A word that may be typed, and what it does.
struct completed_word {
  std::string text;
  std::string what;
  bool takes_value = false;
};

std::vector<completed_word> commands_of(const CLI::App& app) {
  std::vector<completed_word> words;
  for (const auto* command : app.get_subcommands({}))
    words.push_back({command->get_name(), command->get_description()});
  return words;
}

std::vector<completed_word> flags_of(const CLI::App& app) {
  std::vector<completed_word> words;
  for (const auto* option : app.get_options())
    for (const auto& flag : option->get_lnames())
      words.push_back({"--" + flag, option->get_description(), option->get_items_expected_max() > 0});
  return words;
}

std::string joined(const std::vector<completed_word>& words) {
  std::string text;
  for (const auto& word : words)
    text += word.text + ' ';
  return text;
}

/// Inside single quotes of zsh and fish.
std::string quoted(std::string_view text, std::string_view instead_of_quote) {
  std::string out = "'";
  for (const char c : text)
    out += c == '\'' ? std::string{instead_of_quote} : std::string{c};
  return out + "'";
}

void print_bash(const CLI::App& app) {
  const auto common = joined(flags_of(app));
  fmt::print("# bash completion of alleycat:  source <(alleycat completion)\n"
             "_alleycat() {{\n"
             "  local words\n"
             "  case \"${{COMP_WORDS[1]}}\" in\n");
  for (const auto* command : app.get_subcommands({}))
    fmt::print("    {}) words=\"{}{}{}\" ;;\n", command->get_name(), joined(commands_of(*command)),
               joined(flags_of(*command)), common);
  const auto all = joined(commands_of(app)) + common;
  fmt::print("    *) words=\"{}\" ;;\n"
             "  esac\n"
             "  [ \"$COMP_CWORD\" -eq 1 ] && words=\"{}\"\n"
             "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"${{COMP_WORDS[COMP_CWORD]}}\")\n"
             "}}\n"
             "complete -o default -F _alleycat alleycat\n",
             all, all);
}

/// `'word:what it does'`, as `_describe` wants them.
std::string described(const std::vector<completed_word>& words) {
  std::string text;
  for (const auto& [word, what, takes_value] : words) {
    std::string escaped;
    for (const char c : word)
      escaped += c == ':' ? std::string{"\\:"} : std::string{c};
    escaped += ':';
    escaped += what;
    text += ' ';
    text += quoted(escaped, R"('\'')");
  }
  return text;
}

void print_zsh(const CLI::App& app) {
  fmt::print("#compdef alleycat\n"
             "# zsh completion of alleycat:  source <(alleycat completion zsh)\n"
             "_alleycat() {{\n"
             "  local -a words_ flags\n"
             "  flags=({})\n"
             "  if (( CURRENT == 2 )); then\n"
             "    words_=({})\n"
             "  else\n"
             "    case \"${{words[2]}}\" in\n",
             described(flags_of(app)), described(commands_of(app)));
  for (const auto* command : app.get_subcommands({}))
    fmt::print("      {}) words_=({}) flags+=({}) ;;\n", command->get_name(), described(commands_of(*command)),
               described(flags_of(*command)));
  fmt::print("    esac\n"
             "  fi\n"
             "  if [[ \"${{words[CURRENT]}}\" == -* ]]; then\n"
             "    _describe -o flag flags\n"
             "  elif (( ${{#words_}} )); then\n"
             "    _describe command words_\n"
             "  else\n"
             "    _files\n"
             "  fi\n"
             "}}\n"
             // Loaded from a folder of $fpath the file is the function's own body; sourced it registers the function.
             "if [ \"$funcstack[1]\" = _alleycat ]; then\n"
             "  _alleycat \"$@\"\n"
             "else\n"
             "  compdef _alleycat alleycat\n"
             "fi\n");
}

void print_fish_words(const std::vector<completed_word>& words, const std::string& condition) {
  for (const auto& [word, what, takes_value] : words) {
    const bool is_flag = word.starts_with("--");
    fmt::print("complete -c alleycat{} {} {} -d {}\n", condition.empty() ? "" : " -n " + quoted(condition, R"(\')"),
               is_flag ? takes_value ? "-r -l" : "-l" : "-f -a", is_flag ? word.substr(2) : word,
               quoted(what, R"(\')"));
  }
}

void print_fish(const CLI::App& app) {
  fmt::print("# fish completion of alleycat:  alleycat completion fish | source\n");
  print_fish_words(flags_of(app), "");
  print_fish_words(commands_of(app), "__fish_use_subcommand");
  for (const auto* command : app.get_subcommands({})) {
    const auto condition = "__fish_seen_subcommand_from " + command->get_name();
    print_fish_words(commands_of(*command), condition);
    print_fish_words(flags_of(*command), condition);
  }
}

} // namespace

void add_completion(CLI::App& app) {
  auto* command = app.add_subcommand("completion", "Print the completion for a shell: source <(alleycat completion)");
  auto shell = std::make_shared<std::string>("bash");
  command->add_option("shell", *shell, "bash, zsh or fish")
      ->check(CLI::IsMember({"bash", "zsh", "fish"}))
      ->capture_default_str();
  command->callback([shell, &app] {
    if (*shell == "zsh")
      print_zsh(app);
    else if (*shell == "fish")
      print_fish(app);
    else
      print_bash(app);
  });
}

} // namespace alleycat::cli
