#include "ops/alleycat/table.hpp"

#include <algorithm>
#include <cstdio>
#include <fmt/format.h>

namespace alleycat::cli {

namespace {

constexpr std::size_t gap = 2;
constexpr std::size_t narrowest = 8;

std::string line_of(const std::vector<std::string>& cells, const std::vector<column>& columns,
                    const std::vector<std::size_t>& widths) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    line.append(i == 0 ? 0 : gap, ' ').append(pad(cells[i], widths[i], columns[i].where));
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

} // namespace

std::vector<std::string> table::lines(std::size_t width) const {
  std::vector<std::string> titles;
  std::vector<std::size_t> widths;
  for (const auto& c : columns) {
    titles.push_back(c.title);
    widths.push_back(cli::columns(c.title));
  }
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], cli::columns(row[i]));
    }
  }
  if (width > 0 && !widths.empty()) {
    auto total = gap * (widths.size() - 1);
    std::size_t widest = widths.size();
    for (std::size_t i = 0; i < widths.size(); ++i) {
      total += widths[i];
      if (columns[i].where == align::left && (widest == widths.size() || widths[i] > widths[widest])) {
        widest = i;
      }
    }
    if (total > width && widest < widths.size() && widths[widest] > narrowest) {
      widths[widest] -= std::min(widths[widest] - narrowest, total - width);
    }
  }
  std::vector<std::string> out{line_of(titles, columns, widths)};
  for (const auto& row : rows) {
    out.push_back(line_of(row, columns, widths));
  }
  if (width > 0) {
    for (auto& line : out) {
      line = fit(line, width);
    }
  }
  return out;
}

void print(const table& t) {
  for (const auto& line : t.lines()) {
    fmt::print("{}\n", line);
  }
}

} // namespace alleycat::cli
