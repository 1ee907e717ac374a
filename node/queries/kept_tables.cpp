#include "node/queries/kept_tables.hpp"

#include "messages/past_json.hpp"

#include <algorithm>
#include <memory>
#include <span>
#include <utility>

namespace alleycat {

namespace {

/// FNV-1a, over numbers.
class fingerprint {
public:
  fingerprint& add(std::uint64_t number) {
    for (int i = 0; i < 8; ++i, number >>= 8U)
      value_ = (value_ ^ (number & 0xFFU)) * 0x100000001B3U;
    return *this;
  }
  std::uint64_t value() const { return value_; }

private:
  std::uint64_t value_ = 0xCBF29CE484222325U;
};

/// Of what orders the rows, and not of names or of who published it.
std::uint64_t print_of(race_key key, journal_position as_of, own_second second, std::span<const standing> rows) {
  fingerprint print;
  print.add(key.cls.value()).add(key.race.value()).add(as_of.value()).add(second.value());
  for (const auto& row : rows)
    print.add(row.racer.value()).add(row.rank).add(row.total.value()).add(row.excluded ? 1 : 0);
  return print.value();
}

} // namespace

race_table table_of(std::shared_ptr<const standings> table) {
  return {table->key, table->rows.size(), print_of(table->key, table->as_of, own_second{}, table->rows),
          [table](const rows_shown& shown, std::string& out) { encode_standings(*table, out, shown); }};
}

race_table table_of(std::shared_ptr<const race_moment> table) {
  return {table->key, table->rows.size(), print_of(table->key, table->as_of, table->second, table->rows),
          [table](const rows_shown& shown, std::string& out) { encode_moment(*table, out, shown); }};
}

race_table table_of(std::shared_ptr<const race_result> table) {
  return {table->key, table->rows.size(), print_of(table->key, table->as_of, own_second{}, table->rows),
          [table](const rows_shown& shown, std::string& out) { encode_result(*table, out, shown); }};
}

void kept_tables::drop_old(time_point now) {
  while (!entries_.empty() && entries_.front().used + patience < now)
    entries_.pop_front();
}

void kept_tables::keep(race_table table, time_point now) {
  drop_old(now);
  std::erase_if(entries_, [&](const entry& each) { return each.table.print == table.print; });
  if (entries_.size() == most)
    entries_.pop_front();
  entries_.push_back({std::move(table), now});
}

std::optional<race_table> kept_tables::find(race_key key, std::uint64_t print, time_point now) {
  drop_old(now);
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const entry& each) {
    return each.table.key == key && each.table.print == print;
  });
  return found == entries_.end() ? std::nullopt : std::optional{found->table};
}

} // namespace alleycat
