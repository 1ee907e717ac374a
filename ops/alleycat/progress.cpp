#include "ops/alleycat/progress.hpp"

#include <cstdio>
#include <fmt/format.h>
#include <unistd.h>

namespace alleycat::cli {

progress_bar::progress_bar(std::string unit) : unit_{std::move(unit)}, terminal_{isatty(STDERR_FILENO) == 1} {}

progress_bar::~progress_bar() {
  if (drawn_)
    std::fputc('\n', stderr);
}

void progress_bar::show(std::size_t done, std::size_t of) {
  constexpr std::size_t width = 40;
  const auto now = std::chrono::steady_clock::now();
  if (!terminal_ || (drawn_ && done != of && now - last_ < std::chrono::milliseconds{100}))
    return;
  last_ = now;
  drawn_ = true;
  const auto filled = of == 0 ? width : width * done / of;
  fmt::print(stderr, "\r[{}{}] {}/{} {}\x1b[K", std::string(filled, '#'), std::string(width - filled, ' '), done, of,
             unit_);
  std::fflush(stderr);
}

void progress_bar::say(const std::string& line) {
  fmt::print(stderr, "{}alleycat: {}\n", drawn_ ? "\r\x1b[K" : "", line);
  drawn_ = false;
}

} // namespace alleycat::cli
