#include "racing/failpoint.hpp"

// A program that defines these itself (alleycat-node-crash) never links this file: a library's member is only taken for what is
// still undefined.

namespace alleycat {

void failpoint(std::string_view) {}

std::chrono::milliseconds planted_clock_offset() {
  return {};
}

bool planted_fault(std::string_view) {
  return false;
}

} // namespace alleycat
