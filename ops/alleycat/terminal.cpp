#include "ops/alleycat/terminal.hpp"

#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace alleycat::cli {

namespace {

const char* style_of(board_line::kind kind) {
  switch (kind) {
  case board_line::kind::heading:
    return "\x1b[1m";
  case board_line::kind::titles:
  case board_line::kind::note:
    return "\x1b[2m";
  case board_line::kind::row:
    break;
  }
  return "";
}

void write(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

} // namespace

terminal_size size_of_terminal() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) {
    return {};
  }
  return {size.ws_col, size.ws_row};
}

bool output_is_terminal() {
  return isatty(STDOUT_FILENO) == 1;
}

full_screen::full_screen() : colours_{std::getenv("NO_COLOR") == nullptr} {
  write("\x1b[?1049h\x1b[?25l\x1b[?7l");
}

full_screen::~full_screen() {
  write("\x1b[?7h\x1b[?25h\x1b[?1049l");
}

void full_screen::draw(const std::vector<board_line>& lines) {
  // One write, each line erased behind its text, so that nothing flickers.
  std::string page = "\x1b[H";
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto* style = colours_ ? style_of(lines[i].is) : "";
    page += fmt::format("{}{}{}{}\x1b[K", i == 0 ? "" : "\r\n", style, lines[i].text, *style == '\0' ? "" : "\x1b[0m");
  }
  write(page + "\x1b[J");
}

} // namespace alleycat::cli
