/// The terminal as a page that is redrawn in place.
#pragma once

#include "ops/alleycat/board.hpp"

#include <cstddef>
#include <vector>

namespace alleycat::cli {

struct terminal_size {
  std::size_t columns = 80;
  std::size_t rows = 24;
};

/// Of standard output; 80 x 24 where it does not say.
terminal_size size_of_terminal();

bool output_is_terminal();

/// Takes the terminal's second screen, without cursor and line wrap, and gives everything back at its end.
class full_screen {
public:
  full_screen();
  ~full_screen();
  full_screen(const full_screen&) = delete;
  full_screen& operator=(const full_screen&) = delete;

  /// Lines must fit the terminal. Colours are left out where the environment has NO_COLOR.
  void draw(const std::vector<board_line>& lines);

private:
  bool colours_;
};

} // namespace alleycat::cli
