#include "persistence/store.hpp"

namespace alleycat {

void store_on_lmdb::put_rides(lmdb::txn& in, race_key key, const std::vector<layout::block_ride<std::string>>& rides) {
  for (const auto& block : layout::encode_blocks(rides))
    in.put(tables_.rides, layout::ride_key(key, block.racer), block.content);
}

void store_on_lmdb::remove_rides(lmdb::txn& in, race_key key) {
  const auto start = layout::race_key_of(key);
  std::vector<std::string> blocks;
  {
    lmdb::cursor at{in, tables_.rides};
    for (auto entry = at.at_or_after(start); entry && entry->key.starts_with(start); entry = at.next())
      blocks.emplace_back(entry->key);
  }
  for (const auto& block : blocks)
    in.remove(tables_.rides, block);
}

std::optional<layout::stored_ride> store_on_lmdb::find_ride(const lmdb::txn& in, race_key key, racer_id racer) const {
  // In the last block that does not begin after the racer.
  lmdb::cursor at{in, tables_.rides};
  const auto block = at.before(layout::ride_key(key, racer) + '\0');
  if (!block || !block->key.starts_with(layout::race_key_of(key)))
    return std::nullopt;
  for (const auto& ride : layout::decode_block(block->value))
    if (ride.racer == racer)
      return layout::decode_ride(key, racer, ride.content);
  return std::nullopt;
}

void store_on_lmdb::each_ride(const lmdb::txn& in, race_key key,
                              const std::function<void(racer_id, std::string_view content)>& visit) const {
  const auto start = layout::race_key_of(key);
  lmdb::cursor at{in, tables_.rides};
  for (auto entry = at.at_or_after(start); entry && entry->key.starts_with(start); entry = at.next())
    for (const auto& ride : layout::decode_block(entry->value))
      visit(ride.racer, ride.content);
}

} // namespace alleycat
