#include "racing/folded_name.hpp"

#include <array>
#include <cstdlib>
#include <memory>
#include <utf8proc.h>
#include <utility>

namespace alleycat {

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 5> undecomposed{
    {{"\xc3\xb8", "o"}, {"\xc5\x82", "l"}, {"\xc4\x91", "d"}, {"\xc4\xb1", "i"}, {"\xc3\xa6", "ae"}}};

struct release {
  void operator()(utf8proc_uint8_t* text) const { std::free(text); }
};

} // namespace

std::string folded_name(std::string_view name) {
  utf8proc_uint8_t* made = nullptr;
  const auto length = utf8proc_map(
      reinterpret_cast<const utf8proc_uint8_t*>(name.data()), static_cast<utf8proc_ssize_t>(name.size()), &made,
      static_cast<utf8proc_option_t>(UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_STRIPMARK | UTF8PROC_CASEFOLD |
                                     UTF8PROC_STABLE));
  const std::unique_ptr<utf8proc_uint8_t, release> owned{made};
  if (length < 0)
    return {};
  std::string folded(reinterpret_cast<const char*>(made), static_cast<std::size_t>(length));
  for (const auto& [from, to] : undecomposed)
    for (auto at = folded.find(from); at != std::string::npos; at = folded.find(from, at + to.size()))
      folded.replace(at, from.size(), to);
  return folded;
}

bool has_word(std::string_view folded, std::string_view wanted) {
  for (auto at = folded.find(wanted); at != std::string_view::npos; at = folded.find(wanted, at + 1))
    if (at == 0 || folded[at - 1] == ' ')
      return true;
  return false;
}

} // namespace alleycat
