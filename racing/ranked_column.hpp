/// Rows kept in the order of a ranking, for tables of very many.
#pragma once

#include "racing/check.hpp"
#include "racing/ids.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace alleycat {

/// What a column ranks: value and racer by row. The arrays belong to the table.
struct ranked_rows {
  std::span<const score> value;
  std::span<const racer_id> racer;
};

/// Row numbers by (value descending, racer id ascending), in blocks of at most `BlockSize` with a directory of what each begins
/// with. Looking a value up goes through the directory, which is small and in one piece, and then through one block; moving a row
/// costs one block, however long the column is.
///
///     directory:  first value   9000  7000  4000        blocks:  [9000 8000 7500] [7000 7000] [4000 ...]
///                 rows before      0     3     5
///
/// A row's value must not change while it stands here: erase, change, insert.
template <std::size_t BlockSize>
class ranked_column {
public:
  using row = std::uint32_t;

  std::size_t size() const { return size_; }
  std::size_t blocks() const { return blocks_.size(); }

  /// Takes over rows that are sorted already. O(rows).
  void assign(std::span<const row> sorted, const ranked_rows& rows) {
    clear();
    // Some room in each block, or the first insertions would split them all.
    constexpr auto fill = std::max<std::size_t>(1, BlockSize - BlockSize / 16);
    for (std::size_t at = 0; at < sorted.size(); at += fill) {
      const auto part = sorted.subspan(at, std::min(fill, sorted.size() - at));
      auto& b = *blocks_.emplace_back(std::make_unique<block>());
      std::copy(part.begin(), part.end(), b.rows.begin());
      b.size = static_cast<std::uint32_t>(part.size());
      first_.push_back(rows.value[part.front()]);
      before_.push_back(at);
    }
    size_ = sorted.size();
  }

  /// Places are wrong until `settle`. O(BlockSize + log rows).
  void insert(row r, const ranked_rows& rows) {
    ++size_;
    if (blocks_.empty()) {
      add_block(0, rows.value[r])->rows[0] = r;
      blocks_[0]->size = 1;
      return;
    }
    auto b = block_for(rows.value[r], rows.racer[r], rows);
    if (blocks_[b]->size == BlockSize) {
      split(b, rows);
      b = block_for(rows.value[r], rows.racer[r], rows);
    }
    auto& into = *blocks_[b];
    const auto at = place_in(into, rows.value[r], rows.racer[r], rows);
    ALLEYCAT_CHECK(into.size < BlockSize);
    ALLEYCAT_CHECK(at == into.size || into.rows[static_cast<std::size_t>(at)] != r);
    std::copy_backward(into.rows.begin() + at, into.rows.begin() + into.size, into.rows.begin() + into.size + 1);
    into.rows[static_cast<std::size_t>(at)] = r;
    ++into.size;
    if (at == 0)
      first_[b] = rows.value[r];
  }

  /// @pre the row stands here, by the value it has in `rows`
  void erase(row r, const ranked_rows& rows) {
    const auto b = block_for(rows.value[r], rows.racer[r], rows);
    auto& from = *blocks_[b];
    const auto at = place_in(from, rows.value[r], rows.racer[r], rows);
    ALLEYCAT_CHECK(at < from.size && from.rows[static_cast<std::size_t>(at)] == r);
    --size_;
    std::copy(from.rows.begin() + at + 1, from.rows.begin() + from.size, from.rows.begin() + at);
    --from.size;
    if (from.size == 0) {
      blocks_.erase(blocks_.begin() + static_cast<std::ptrdiff_t>(b));
      first_.erase(first_.begin() + static_cast<std::ptrdiff_t>(b));
    } else if (at == 0) {
      first_[b] = rows.value[from.rows[0]];
    }
  }

  /// After insertions and erasures: counts the places anew, and packs blocks that have become too empty. O(blocks).
  void settle(const ranked_rows& rows) {
    if (blocks_.size() > 4 && blocks_.size() * BlockSize > 4 * size_) {
      std::vector<row> all;
      all.reserve(size_);
      each(0, size_, [&](row r) { all.push_back(r); });
      assign(all, rows);
    }
    before_.resize(blocks_.size());
    std::size_t sum = 0;
    for (std::size_t b = 0; b < blocks_.size(); ++b) {
      before_[b] = sum;
      sum += blocks_[b]->size;
    }
    ALLEYCAT_CHECK(sum == size_);
  }

  /// How many rows have a higher value. O(log rows).
  std::size_t higher(score value, const ranked_rows& rows) const {
    auto s = begin_higher(value, rows);
    finish({&s, 1});
    return s.higher();
  }

  /// A search for how many rows have a higher value, on its way: where many run together they wait for memory together.
  class search {
  public:
    /// @pre `finish` was called
    std::size_t higher() const { return before_ + at_; }

  private:
    friend class ranked_column;
    const row* rows_ = nullptr; ///< of the block
    const score* value_ = nullptr;
    score wanted_;
    std::uint32_t size_ = 0;
    std::size_t before_ = 0;
    std::size_t at_ = 0;
  };

  /// Finds the block. O(log blocks). The column and `rows` must not change until `finish`.
  search begin_higher(score value, const ranked_rows& rows) const {
    search s;
    const auto b = static_cast<std::size_t>(
        std::partition_point(first_.begin(), first_.end(), [&](score first) { return first > value; }) -
        first_.begin());
    if (b == 0)
      return s; // nobody has more
    const auto& in = *blocks_[b - 1];
    s.rows_ = in.rows.data();
    s.value_ = rows.value.data();
    s.wanted_ = value;
    s.size_ = in.size;
    s.before_ = before_[b - 1];
    return s;
  }

  /// Ends searches, in whatever columns, step by step together.
  static void finish(std::span<search> together) {
    for (auto step = std::bit_floor(BlockSize); step != 0; step /= 2)
      for (auto& s : together) {
        // Without a jump that could be guessed wrong: each step would be, half of the time.
        const bool inside = s.at_ + step <= s.size_;
        const auto* at = inside ? s.rows_ + s.at_ + step - 1 : &nowhere;
        const auto* value = inside ? s.value_ : &nothing;
        s.at_ += static_cast<std::size_t>(value[*at] > s.wanted_) * step;
      }
  }

  /// Where (value, racer) stands, or would stand, from 0. O(log rows).
  std::size_t place(score value, racer_id racer, const ranked_rows& rows) const {
    if (blocks_.empty())
      return 0;
    const auto b = block_for(value, racer, rows);
    return before_[b] + static_cast<std::size_t>(place_in(*blocks_[b], value, racer, rows));
  }

  /// @param place  from 0, below `size()`. O(log rows).
  row at(std::size_t place) const {
    ALLEYCAT_CHECK(place < size_);
    const auto b = block_at(place);
    return blocks_[b]->rows[place - before_[b]];
  }

  /// Calls `visit(row)` for places [from, from + count), counted from 0. @pre from + count <= size()
  template <class Visit>
  void each(std::size_t from, std::size_t count, Visit&& visit) const {
    ALLEYCAT_CHECK(from <= size_ && count <= size_ - from);
    if (count == 0)
      return;
    auto b = from == 0 ? 0 : block_at(from);
    auto at = from == 0 ? 0 : from - before_[b];
    for (; count != 0; ++b, at = 0)
      for (; at < blocks_[b]->size && count != 0; ++at, --count)
        visit(blocks_[b]->rows[at]);
  }

private:
  static constexpr row nowhere = 0;
  static constexpr score nothing{};

  struct block {
    std::uint32_t size = 0;
    std::array<row, BlockSize> rows;
  };

  void clear() {
    blocks_.clear();
    first_.clear();
    before_.clear();
    size_ = 0;
  }

  block* add_block(std::size_t at, score first) {
    first_.insert(first_.begin() + static_cast<std::ptrdiff_t>(at), first);
    return blocks_.insert(blocks_.begin() + static_cast<std::ptrdiff_t>(at), std::make_unique<block>())->get();
  }

  void split(std::size_t b, const ranked_rows& rows) {
    constexpr auto kept = BlockSize / 2;
    auto& full = *blocks_[b];
    auto& next = *add_block(b + 1, rows.value[full.rows[kept]]);
    std::copy(full.rows.begin() + kept, full.rows.end(), next.rows.begin());
    next.size = BlockSize - kept;
    full.size = kept;
  }

  /// The last block that begins at or before (value, racer); the first one when none does. @pre there is a block
  std::size_t block_for(score value, racer_id racer, const ranked_rows& rows) const {
    ALLEYCAT_CHECK(!blocks_.empty());
    const auto begins_before = [&](const score& first) {
      const auto b = static_cast<std::size_t>(&first - first_.data());
      return first != value ? first > value : rows.racer[blocks_[b]->rows[0]] <= racer;
    };
    const auto after = std::partition_point(first_.begin(), first_.end(), begins_before);
    return after == first_.begin() ? 0 : static_cast<std::size_t>(after - first_.begin() - 1);
  }

  std::ptrdiff_t place_in(const block& b, score value, racer_id racer, const ranked_rows& rows) const {
    return std::partition_point(
               b.rows.begin(), b.rows.begin() + b.size,
               [&](row r) { return rows.value[r] != value ? rows.value[r] > value : rows.racer[r] < racer; }) -
           b.rows.begin();
  }

  std::size_t block_at(std::size_t place) const {
    return static_cast<std::size_t>(std::upper_bound(before_.begin(), before_.end(), place) - before_.begin() - 1);
  }

  std::vector<std::unique_ptr<block>> blocks_;
  std::vector<score> first_;        ///< [block] value of its first row
  std::vector<std::size_t> before_; ///< [block] rows in the blocks before it
  std::size_t size_ = 0;
};

} // namespace alleycat
