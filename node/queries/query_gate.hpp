/// How many questions a node takes on at once.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>

namespace alleycat {

/// Questions under way at most: more are answered `busy`. What they cost the class actors stays below what a rider notices.
inline constexpr std::size_t most_questions = 200;
/// Bytes of a question's body at most.
inline constexpr std::size_t most_question_bytes = 4'096;

/// Counts questions from their arrival to their answer, so that none waits in a mailbox without a bound. Thread safe.
class query_gate {
public:
  /// Stands for one question under way, for as long as any copy of it lives.
  using pass = std::shared_ptr<const void>;

  explicit query_gate(std::size_t limit = most_questions) : limit_{limit} {}

  /// @returns null when `limit` questions are under way
  pass enter();
  std::size_t under_way() const { return count_->load(); }

private:
  std::size_t limit_;
  std::shared_ptr<std::atomic<std::size_t>> count_ = std::make_shared<std::atomic<std::size_t>>(0);
};

} // namespace alleycat
