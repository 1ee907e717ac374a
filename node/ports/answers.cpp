#include "node/ports/answers.hpp"

#include "messages/json.hpp"
#include "racing/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace alleycat {

namespace {

/// Begins the address of an update in a batch: "\n<batch>.<index>". No NATS subject begins so.
constexpr char batch_sign = '\n';

std::string& answer_buffer() {
  thread_local std::string buffer;
  buffer.clear();
  return buffer;
}

} // namespace

answer_desk::answer_desk(const nats_connection& connection, const clock_port& clock)
    : connection_{connection}, clock_{clock} {}

std::vector<std::string> answer_desk::expect_batch(const std::string& reply_to, std::size_t count) {
  ALLEYCAT_CHECK(count > 0);
  std::vector<std::string> addresses(count);
  if (reply_to.empty())
    return addresses;
  const std::lock_guard lock{mutex_};
  const auto id = next_batch_++;
  auto& batch = batches_[id];
  batch.reply_to = reply_to;
  batch.missing = count;
  for (std::size_t i = 0; i < count; ++i)
    addresses[i] = fmt::format("{}{}.{}", batch_sign, id, i);
  return addresses;
}

template <class Settle>
void answer_desk::settle(const std::string& reply_to, Settle&& how) {
  std::uint64_t id = 0;
  std::size_t index = 0;
  const auto* end = reply_to.data() + reply_to.size();
  const auto dot = std::from_chars(reply_to.data() + 1, end, id).ptr;
  std::from_chars(dot + 1, end, index);
  const std::lock_guard lock{mutex_};
  const auto found = batches_.find(id);
  if (found == batches_.end())
    return;
  auto& batch = found->second;
  ALLEYCAT_CHECK(batch.missing > 0);
  how(batch, index);
  if (--batch.missing != 0)
    return;
  const auto json = fmt::format(R"({{"ok":{},"stored":{},"seq":{},"refused":[{}],"ts":{}}})", batch.refused.empty(),
                                batch.stored, batch.highest.value(), batch.refused, ms_of(clock_.now()));
  connection_.publish(batch.reply_to.c_str(), json);
  batches_.erase(found);
}

void answer_desk::stored(const std::string& reply_to, journal_position position) {
  if (reply_to.front() == batch_sign)
    return settle(reply_to, [&](open_batch& batch, std::size_t) {
      ++batch.stored;
      batch.highest = std::max(batch.highest, position);
    });
  auto& json = answer_buffer();
  encode_stored(position, clock_.now(), json);
  connection_.publish(reply_to.c_str(), json);
}

void answer_desk::refused(const std::string& reply_to, refusal reason, std::string_view why) {
  if (reply_to.front() == batch_sign)
    return settle(reply_to, [&](open_batch& batch, std::size_t index) {
      auto& list = batch.refused;
      list +=
          fmt::format(R"({}{{"index":{},"error":"{}","message":)", list.empty() ? "" : ",", index, to_string(reason));
      append_json_string(why, list);
      list += fmt::format(R"(,"retry":{}}})", worth_a_retry(reason));
    });
  auto& json = answer_buffer();
  encode_refused(reason, why, clock_.now(), json);
  connection_.publish(reply_to.c_str(), json);
}

} // namespace alleycat
