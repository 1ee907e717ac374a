#include "actors/name_book.hpp"

#include <mutex>

namespace alleycat {

std::string name_book::of(racer_id racer) const {
  const auto& s = shards_[racer.value() % shards];
  {
    const std::shared_lock lock{s.mutex};
    if (const auto found = s.names.find(racer); found != s.names.end())
      return found->second;
  }
  return "racer " + std::to_string(racer.value());
}

void name_book::set(racer_id racer, const std::string& name) {
  auto& s = shards_[racer.value() % shards];
  const std::unique_lock lock{s.mutex};
  s.names.insert_or_assign(racer, name);
}

} // namespace alleycat
