#include "racing/failpoint.hpp"

#include <atomic>
#include <charconv>
#include <cstdlib>
#include <string>
#include <unistd.h>

namespace alleycat {

namespace {

/// "name" or "name:nth".
struct chosen_point {
  std::string name;
  int nth = 1;

  chosen_point() {
    const char* text = std::getenv("ALLEYCAT_FAILPOINT");
    if (text == nullptr)
      return;
    name = text;
    if (const auto colon = name.find(':'); colon != std::string::npos) {
      std::from_chars(name.data() + colon + 1, name.data() + name.size(), nth);
      name.resize(colon);
    }
  }
};

} // namespace

void failpoint(std::string_view name) {
  static const chosen_point chosen;
  static std::atomic<int> passed{0};
  if (name == chosen.name && passed.fetch_add(1) + 1 == chosen.nth)
    ::_exit(137);
}

std::chrono::milliseconds planted_clock_offset() {
  static const char* const text = std::getenv("ALLEYCAT_CLOCK_OFFSET_MS");
  static const std::int64_t offset = text == nullptr ? 0 : std::strtoll(text, nullptr, 10);
  return std::chrono::milliseconds{offset};
}

bool planted_fault(std::string_view name) {
  static const char* const chosen = std::getenv("ALLEYCAT_FAULT");
  return chosen != nullptr && name == chosen;
}

} // namespace alleycat
