#include "racing/time.hpp"

#include "cluster/timing.hpp"

#include <catch2/catch.hpp>

#include <type_traits>

namespace alleycat {
namespace {

template <class To, class From>
concept takes = std::is_convertible_v<From, To>;
template <class A, class B>
concept comparable = requires(A a, B b) {
  a < b;
};
template <class A, class B>
concept addable = requires(A a, B b) {
  a + b;
};
template <class A, class B>
concept subtractable = requires(A a, B b) {
  a - b;
};

// Each clock has moments of its own: none stands for another, not even by an explicit conversion.
template <class A, class B>
constexpr bool do_not_mix =
    !takes<A, B> && !takes<B, A> && !std::is_constructible_v<A, B> && !std::is_constructible_v<B, A> &&
    !std::is_assignable_v<A&, B> && !std::is_assignable_v<B&, A> && !comparable<A, B> && !subtractable<A, B> &&
    !subtractable<B, A> && !addable<A, B>;
static_assert(do_not_mix<unix_ms, steady_ns>);
static_assert(do_not_mix<unix_ms, steady_time>);
static_assert(do_not_mix<steady_ns, steady_time>);

// A moment is no duration, a duration no moment; a number is neither.
template <class Moment>
constexpr bool is_a_moment =
    !takes<Moment, milliseconds> && !takes<milliseconds, Moment> && !comparable<Moment, milliseconds> &&
    !std::is_constructible_v<milliseconds, Moment> && !addable<Moment, Moment> && !takes<Moment, std::int64_t> &&
    !takes<std::int64_t, Moment> && !comparable<Moment, std::int64_t> && !addable<Moment, std::int64_t> &&
    addable<Moment, milliseconds> && subtractable<Moment, Moment>;
static_assert(is_a_moment<unix_ms>);
static_assert(is_a_moment<steady_ns>);
static_assert(is_a_moment<steady_time>);
static_assert(!takes<milliseconds, std::int64_t> && !takes<std::int64_t, milliseconds> &&
              !comparable<milliseconds, std::int64_t>);

// Coarser units convert by themselves, finer ones only where somebody says how.
static_assert(takes<milliseconds, std::chrono::seconds> && !takes<milliseconds, std::chrono::nanoseconds>);
static_assert(takes<unix_ms, std::chrono::sys_days> && !takes<unix_ms, std::chrono::system_clock::time_point>);

// Nothing is paid for it.
static_assert(sizeof(unix_ms) == sizeof(std::int64_t) && std::is_trivially_copyable_v<unix_ms>);
static_assert(sizeof(steady_ns) == sizeof(std::int64_t) && std::is_trivially_copyable_v<steady_ns>);

} // namespace

TEST_CASE("numbers at the border are milliseconds since 1970, before it negative") {
  CHECK(ms_of(at_ms(1'620'051'628'707)) == 1'620'051'628'707);
  CHECK(at_ms(86'400'000) == unix_ms{std::chrono::days{1}});
  CHECK(ms_of(at_ms(-1)) == -1);
  CHECK(at_ms(0) == unix_ms{});
}

} // namespace alleycat
