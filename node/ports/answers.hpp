/// Answers to bikes and gateways.
#pragma once

#include "actors/ports.hpp"
#include "node/nats/nats_connection.hpp"

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace alleycat {

/// A single update is answered at once. The updates of a gateway's batch are answered together, when the last of them is
/// settled: `{"ok","stored","seq","refused":[{"index","error","message","retry"}],"ts"}`, `ok` when nothing was refused,
/// `seq` the highest journal sequence.
class answer_desk : public answer_port {
public:
  answer_desk(const nats_connection& connection, const clock_port& clock);

  /// Announces a batch. @returns what to give as `reply_to` for each of its updates; empty when nobody waits.
  /// @pre count > 0
  std::vector<std::string> expect_batch(const std::string& reply_to, std::size_t count);

  void stored(const std::string& reply_to, journal_position position) override;
  void refused(const std::string& reply_to, refusal reason, std::string_view why) override;

private:
  struct open_batch {
    std::string reply_to;
    std::size_t missing = 0;
    std::size_t stored = 0;
    journal_position highest;
    std::string refused; ///< JSON objects, separated by commas
  };

  template <class Settle>
  void settle(const std::string& reply_to, Settle&& how);

  const nats_connection& connection_;
  const clock_port& clock_;
  std::mutex mutex_; ///< guards what follows
  std::map<std::uint64_t, open_batch> batches_;
  std::uint64_t next_batch_ = 1;
};

} // namespace alleycat
