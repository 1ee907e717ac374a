#include "node/ports/dead_letters.hpp"

#include "messages/json.hpp"
#include "messages/subjects.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace alleycat {

namespace {

constexpr std::uint32_t most_per_second = 100;
constexpr std::size_t excerpt_bytes = 256;

std::string printable(std::string_view bytes) {
  std::string text{bytes.substr(0, excerpt_bytes)};
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c < 0x20 || c > 0x7e; }, '?');
  return text;
}

} // namespace

dead_letters::dead_letters(const nats_connection& connection, const clock_port& clock)
    : connection_{connection}, clock_{clock} {}

void dead_letters::add(class_id cls, std::string_view subject, refusal reason, std::string_view payload) {
  add(cls, subject, to_string(reason), payload);
}

void dead_letters::add(class_id cls, std::string_view subject, std::string_view reason, std::string_view payload) {
  const auto now = clock_.now();
  {
    const std::lock_guard lock{mutex_};
    if (const auto second = std::chrono::floor<std::chrono::seconds>(now); second != second_) {
      second_ = second;
      in_second_ = 0;
    }
    if (++in_second_ > most_per_second) {
      dropped_.add();
      return;
    }
  }
  auto json = fmt::format(R"({{"ts":{},"subject":)", ms_of(now));
  append_json_string(printable(subject), json);
  json += fmt::format(R"(,"error":"{}","bytes":{},"excerpt":)", reason, payload.size());
  append_json_string(printable(payload), json);
  json += '}';
  connection_.publish(deadletter_subject(cls).c_str(), json);
  published_.add();
}

} // namespace alleycat
