#include "node/queries/query_gate.hpp"

namespace alleycat {

query_gate::pass query_gate::enter() {
  if (count_->fetch_add(1) >= limit_) {
    count_->fetch_sub(1);
    return nullptr;
  }
  // Passes may outlive the gate: an answer from another node can come late.
  return {count_.get(), [count = count_](const void*) { count->fetch_sub(1); }};
}

} // namespace alleycat
