#include "node/peers/counters.hpp"

namespace alleycat {

std::shared_ptr<peer_counters> peer_book::of(const std::string& node) {
  const std::lock_guard lock{mutex_};
  const bool known = by_name_.contains(node);
  auto& slot = by_name_[known || by_name_.size() < most_names ? node : std::string{}];
  if (!slot)
    slot = std::make_shared<peer_counters>();
  return slot;
}

std::vector<std::pair<std::string, std::shared_ptr<const peer_counters>>> peer_book::all() const {
  const std::lock_guard lock{mutex_};
  return {by_name_.begin(), by_name_.end()};
}

} // namespace alleycat
