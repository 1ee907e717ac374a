#include "actors/failpoint.hpp"

namespace alleycat {

void failpoint(std::string_view) {}

bool planted_fault(std::string_view) {
  return false;
}

} // namespace alleycat
