#include "tests/bench/table_scan.hpp"

#include <algorithm>

namespace alleycat::bench {

namespace {

/// The number behind the next `key`; moves `json` behind it.
/// @param decimals  -1: a whole number; 0: one with up to four decimals, in ten-thousandths
std::uint64_t next_number(std::string_view& json, std::string_view key, bool& found, int decimals = -1) {
  const auto at = json.find(key);
  found = at != std::string_view::npos;
  if (!found)
    return 0;
  json.remove_prefix(at + key.size());
  std::uint64_t value = 0;
  bool behind_point = false;
  for (; !json.empty() && ((json.front() >= '0' && json.front() <= '9') || json.front() == '.');
       json.remove_prefix(1)) {
    if (json.front() == '.') {
      behind_point = true;
      continue;
    }
    value = 10 * value + static_cast<std::uint64_t>(json.front() - '0');
    decimals += behind_point ? 1 : 0;
  }
  for (; decimals >= 0 && decimals < 4; ++decimals)
    value *= 10;
  return value;
}

std::uint64_t mixed(std::uint64_t hash, std::uint64_t value) {
  hash ^= value + 0x9e3779b97f4a7c15U + (hash << 6) + (hash >> 2);
  return hash * 0xbf58476d1ce4e5b9U;
}

} // namespace

std::optional<seen_table> scan_table(std::string_view json, bool with_checksum) {
  const auto rows_at = json.find(R"("rows":[)");
  if (rows_at == std::string_view::npos)
    return std::nullopt;
  json.remove_prefix(rows_at);
  seen_table table;
  table.least_second = ~0U;
  for (;;) {
    bool found = false;
    if (with_checksum) {
      const auto rank = next_number(json, R"("rank":)", found);
      if (!found)
        break;
      table.checksum = mixed(table.checksum, rank);
      table.checksum = mixed(table.checksum, next_number(json, R"("racerId":)", found));
    }
    const auto second = static_cast<std::uint32_t>(next_number(json, R"("second":)", found));
    if (!found)
      break;
    ++table.rows;
    table.least_second = std::min(table.least_second, second);
    table.furthest = std::max(table.furthest, second);
    if (with_checksum) {
      table.checksum = mixed(table.checksum, next_number(json, R"("total":)", found, 0));
      const auto all_time = next_number(json, R"("allTimeRank":)", found);
      table.without_all_time += all_time == 0 ? 1U : 0U;
      table.checksum = mixed(table.checksum, all_time);
    }
  }
  if (table.rows == 0)
    table.least_second = 0;
  return table;
}

} // namespace alleycat::bench
