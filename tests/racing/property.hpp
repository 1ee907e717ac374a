/// rapidcheck inside Catch2.
#pragma once

#include <catch2/catch.hpp>
#include <rapidcheck.h>

#include <cstdint>
#include <sstream>
#include <utility>

namespace alleycat {

/// A seed for a generator of its own, from the whole range from the first test on.
inline rc::Gen<std::uint64_t> any_seed() {
  return rc::gen::noShrink(rc::gen::resize(rc::kNominalSize, rc::gen::arbitrary<std::uint64_t>()));
}

/// Fails the test, with the smallest counterexample and the seed, unless `property` holds `times` times.
template <class Property>
void holds(int times, Property&& property) {
  auto params = rc::detail::configuration().testParams;
  params.maxSuccess = times;
  const rc::detail::TestResult result =
      rc::detail::checkTestable(std::forward<Property>(property), rc::detail::TestMetadata{}, params);
  std::ostringstream report;
  report << "RC_PARAMS=\"seed=" << params.seed << "\"\n";
  rc::detail::printResultMessage(result, report);
  INFO(report.str());
  const bool held = result.template is<rc::detail::SuccessResult>();
  REQUIRE(held);
}

} // namespace alleycat
