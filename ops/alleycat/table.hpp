/// A table with aligned columns, for people.
#pragma once

#include "ops/alleycat/text.hpp"

#include <string>
#include <vector>

namespace alleycat::cli {

struct column {
  std::string title;
  align where = align::left;
};

/// Cells must be printable (see text.hpp) and as many as there are columns.
struct table {
  std::vector<column> columns;
  std::vector<std::vector<std::string>> rows;

  /// The titles and the rows, each a line without its end and without spaces at its end; columns as wide as their widest
  /// cell, two spaces between them. With `width`, the widest left-aligned column shrinks (to 8 at least) until lines fit,
  /// and what is still too long is cut.
  std::vector<std::string> lines(std::size_t width = 0) const;
};

/// Writes all lines to standard output.
void print(const table& t);

} // namespace alleycat::cli
