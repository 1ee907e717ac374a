/// Assertions about our own code, on in every build.
///
/// For what must hold whatever comes in: preconditions (`@pre`) and invariants. Never for input: that is refused, by name. A check
/// that fails is a fault of the program; the process ends at once, since state that cannot be right must not be stored or
/// told to anybody. It is started again and reads its journals anew.
#pragma once

namespace alleycat::detail {

/// Writes "<file>:<line>: check failed: <expression>" to standard error and aborts.
/// @param file  as `__FILE__`
[[noreturn, gnu::cold]] void check_failed(const char* file, int line, const char* expression) noexcept;

} // namespace alleycat::detail

/// Costs a comparison. Evaluates its argument exactly once; may stand wherever a statement may.
#define ALLEYCAT_CHECK(...)                                                                                            \
  do {                                                                                                                 \
    if (!(__VA_ARGS__)) [[unlikely]]                                                                                   \
      ::alleycat::detail::check_failed(__FILE__, __LINE__, #__VA_ARGS__);                                              \
  } while (false)
