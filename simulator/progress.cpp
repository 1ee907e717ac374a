#include "simulator/progress.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace alleycat::sim {

namespace {

constexpr std::size_t widest_bar = 30;
constexpr std::size_t narrowest_bar = 5;

std::size_t width_of(std::FILE* out) {
  winsize size{};
  return ::ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 100;
}

} // namespace

std::string progress_line(const summary& s, std::uint32_t second, std::uint32_t seconds, bool connected,
                          std::size_t width) {
  auto text = fmt::format("{} riders  second {}/{}  sent {}  acked {}  pending {}", s.riders, second, seconds, s.sent,
                          s.acknowledged, s.pending);
  for (const auto& [name, count] : s.refused) {
    text += fmt::format("  {} {}", name, count);
  }
  for (const auto& [name, count] : s.put_off) {
    text += fmt::format("  {} {}", name, count);
  }
  if (!connected) {
    text += "  NOT CONNECTED";
  }
  if (width >= text.size() + narrowest_bar + 3) {
    const auto bar = std::min(widest_bar, width - text.size() - 3);
    const auto done = seconds == 0 ? 0 : std::min<std::size_t>(bar, bar * second / seconds);
    text = fmt::format("[{:#<{}}{:-<{}}] {}", "", done, "", bar - done, text);
  }
  text.resize(std::min(text.size(), width));
  return text;
}

progress::progress(bool quiet, std::FILE* out)
    : quiet_{quiet}, out_{out}, terminal_{!quiet && ::isatty(fileno(out)) == 1} {}

progress::~progress() {
  if (drawn_ && terminal_) {
    std::fputc('\n', out_);
  }
}

void progress::show(moment now, const summary& s, std::uint32_t second, std::uint32_t seconds, bool connected) {
  if (quiet_ || now < next_) {
    return;
  }
  next_ = now + (terminal_ ? std::chrono::milliseconds{200} : std::chrono::milliseconds{5'000});
  draw(s, second, seconds, connected);
}

void progress::finish(const summary& s, std::uint32_t second, std::uint32_t seconds, bool connected) {
  if (quiet_) {
    return;
  }
  draw(s, second, seconds, connected);
  if (terminal_) {
    std::fputc('\n', out_);
    drawn_ = false;
  }
}

void progress::note(const std::string& text) {
  if (!quiet_) {
    fmt::print(out_, "{}{}\n", terminal_ && drawn_ ? "\r\x1b[K" : "", text);
    std::fflush(out_);
  }
}

void progress::draw(const summary& s, std::uint32_t second, std::uint32_t seconds, bool connected) {
  if (terminal_) {
    // One column stays free: some terminals wrap when the last one is written.
    fmt::print(out_, "\r{}\x1b[K", progress_line(s, second, seconds, connected, width_of(out_) - 1));
    drawn_ = true;
  } else {
    fmt::print(out_, "{}\n", progress_line(s, second, seconds, connected, 400));
  }
  std::fflush(out_);
}

} // namespace alleycat::sim
