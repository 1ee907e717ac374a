#include "simulator/log_writer.hpp"

#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <iterator>
#include <system_error>
#include <unistd.h>

namespace alleycat::sim {

namespace {

constexpr std::size_t flush_above = 1U << 20;

} // namespace

log_writer::log_writer(const std::string& path) {
  if (path.empty()) {
    return;
  }
  file_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file_ < 0) {
    throw std::system_error{errno, std::generic_category(), path};
  }
}

log_writer::~log_writer() {
  if (file_ >= 0) {
    try {
      flush();
    } catch (const std::system_error&) {
      // `end` has flushed before, and reported it.
    }
    ::close(file_);
  }
}

void log_writer::start(std::string_view fields) {
  if (file_ < 0) {
    return;
  }
  fmt::format_to(std::back_inserter(lines_), "{{\"t\":\"start\"{}{}}}\n", fields.empty() ? "" : ",", fields);
  flush();
}

void log_writer::sent(std::uint64_t number, unix_ms ts, std::uint32_t sends, send_reason why,
                      std::string_view update_json) {
  if (file_ < 0) {
    return;
  }
  auto out = std::back_inserter(lines_);
  fmt::format_to(out, "{{\"t\":\"sent\",\"n\":{},\"ts\":{}", number, ms_of(ts));
  if (sends > 0) {
    fmt::format_to(out, ",\"again\":{},\"why\":\"{}\"", sends, to_string(why));
  }
  fmt::format_to(out, ",\"update\":{}}}\n", update_json);
  if (lines_.size() > flush_above) {
    flush();
  }
}

void log_writer::lost(std::uint64_t number, unix_ms ts, std::uint32_t sends, send_reason why) {
  if (file_ >= 0) {
    fmt::format_to(std::back_inserter(lines_), "{{\"t\":\"lost\",\"n\":{},\"ts\":{},\"again\":{},\"why\":\"{}\"}}\n",
                   number, ms_of(ts), sends, to_string(why));
  }
}

void log_writer::answer(std::uint64_t number, unix_ms ts, bool settled_before, std::string_view answer_json) {
  if (file_ >= 0) {
    fmt::format_to(std::back_inserter(lines_), "{{\"t\":\"answer\",\"n\":{},\"ts\":{}{},\"answer\":{}}}\n", number,
                   ms_of(ts), settled_before ? ",\"again\":true" : "", answer_json);
  }
}

void log_writer::answer_lost(std::uint64_t number, unix_ms ts, std::string_view answer_json) {
  if (file_ >= 0) {
    fmt::format_to(std::back_inserter(lines_), "{{\"t\":\"answer_lost\",\"n\":{},\"ts\":{},\"answer\":{}}}\n", number,
                   ms_of(ts), answer_json);
  }
}

void log_writer::no_responders(std::uint64_t number, unix_ms ts) {
  if (file_ >= 0) {
    fmt::format_to(std::back_inserter(lines_), "{{\"t\":\"no_responders\",\"n\":{},\"ts\":{}}}\n", number, ms_of(ts));
  }
}

void log_writer::given_up(std::uint64_t number, unix_ms ts) {
  if (file_ >= 0) {
    fmt::format_to(std::back_inserter(lines_), "{{\"t\":\"given_up\",\"n\":{},\"ts\":{}}}\n", number, ms_of(ts));
  }
}

void log_writer::end(std::string_view fields) {
  if (file_ < 0) {
    return;
  }
  fmt::format_to(std::back_inserter(lines_), "{{\"t\":\"end\"{}{}}}\n", fields.empty() ? "" : ",", fields);
  flush();
}

void log_writer::flush() {
  std::string_view rest{lines_};
  while (!rest.empty()) {
    const auto written = ::write(file_, rest.data(), rest.size());
    if (written < 0) {
      if (errno == EINTR) {
        continue;
      }
      throw std::system_error{errno, std::generic_category(), "the log"};
    }
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  lines_.clear();
}

} // namespace alleycat::sim
