#include "racing/check.hpp"

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace alleycat::detail {

namespace {

/// Compilers are given paths from the root of a machine, or relative to the build folder: "../../racing/ids.hpp".
std::string_view in_project(std::string_view file) {
  constexpr std::string_view here = __FILE__;
  constexpr auto root = here.substr(0, here.size() - std::string_view{"racing/check.cpp"}.size());
  if (file.starts_with(root))
    file.remove_prefix(root.size());
  while (file.starts_with("../"))
    file.remove_prefix(3);
  return file;
}

} // namespace

void check_failed(const char* file, int line, const char* expression) noexcept {
  const auto shown = in_project(file);
  std::fprintf(stderr, "%.*s:%d: check failed: %s\n", static_cast<int>(shown.size()), shown.data(), line, expression);
  std::abort();
}

} // namespace alleycat::detail
