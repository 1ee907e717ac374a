#include "actors/name_book.hpp"

#include "racing/folded_name.hpp"

#include <algorithm>
#include <charconv>
#include <mutex>
#include <utility>

namespace alleycat {

namespace {

/// Decimal digits of a racer's number.
class digits {
public:
  explicit digits(racer_id racer) : end_{std::to_chars(text_.data(), text_.data() + text_.size(), racer.value()).ptr} {}
  std::string_view text() const { return {text_.data(), static_cast<std::size_t>(end_ - text_.data())}; }

private:
  std::array<char, 10> text_{};
  char* end_;
};

/// Without blanks around it.
std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(' ');
  return first == std::string_view::npos ? std::string_view{}
                                         : text.substr(first, text.find_last_not_of(' ') - first + 1);
}

} // namespace

std::string name_book::of(racer_id racer) const {
  const auto& s = shards_[racer.value() % shards];
  {
    const std::shared_lock lock{s.mutex};
    if (const auto found = s.places.find(racer); found != s.places.end())
      if (const auto& name = s.entries[found->second].name; !name.empty())
        return name;
  }
  return "racer " + std::to_string(racer.value());
}

bool name_book::knows(racer_id racer) const {
  const auto& s = shards_[racer.value() % shards];
  const std::shared_lock lock{s.mutex};
  const auto found = s.places.find(racer);
  return found != s.places.end() && !s.entries[found->second].own.empty();
}

void name_book::set(racer_id racer, const std::string& name) {
  auto& s = shards_[racer.value() % shards];
  {
    const std::shared_lock lock{s.mutex};
    if (const auto known = s.places.find(racer); known != s.places.end() && s.entries[known->second].own == name)
      return;
  }
  const std::unique_lock lock{s.mutex};
  const auto known = s.places.find(racer);
  put(s, racer, name, known == s.places.end() ? std::nullopt : s.entries[known->second].instead);
}

void name_book::show(racer_id racer, const std::optional<std::string>& instead) {
  auto& s = shards_[racer.value() % shards];
  const std::unique_lock lock{s.mutex};
  const auto known = s.places.find(racer);
  put(s, racer, known == s.places.end() ? std::string{} : s.entries[known->second].own, instead);
}

void name_book::forget(racer_id racer) {
  auto& s = shards_[racer.value() % shards];
  const std::unique_lock lock{s.mutex};
  if (s.places.contains(racer))
    put(s, racer, {}, std::nullopt);
}

void name_book::put(shard& in, racer_id racer, std::string own, std::optional<std::string> instead) {
  const auto [place, fresh] = in.places.try_emplace(racer, in.entries.size());
  if (fresh)
    in.entries.emplace_back();
  const auto& name = instead ? *instead : own;
  in.entries[place->second] = {racer, name, folded_name(name), own, instead};
}

name_book::people name_book::search(std::string_view text, std::size_t limit,
                                    const std::optional<hit_place>& after) const {
  const auto wanted = folded_name(trimmed(text));
  if (wanted.empty())
    return {};
  struct hit {
    hit_place place;
    std::string name;
  };
  std::vector<hit> hits;
  people found;
  for (const auto& s : shards_) {
    const std::shared_lock lock{s.mutex};
    for (const auto& each : s.entries) {
      if (each.name.empty())
        continue;
      const digits number{each.racer};
      if (!number.text().starts_with(wanted) && !has_word(each.folded, wanted))
        continue;
      ++found.of;
      hit_place place{number.text() != wanted, each.folded, each.racer};
      if (!after || place > *after)
        hits.push_back({std::move(place), each.name});
    }
  }
  const auto shown = std::min(limit, hits.size());
  std::partial_sort(hits.begin(), hits.begin() + static_cast<std::ptrdiff_t>(shown), hits.end(),
                    [](const hit& a, const hit& b) { return a.place < b.place; });
  for (std::size_t i = 0; i < shown; ++i)
    found.rows.push_back({hits[i].place.racer, std::move(hits[i].name)});
  if (shown != 0 && shown < hits.size())
    found.last = std::move(hits[shown - 1].place);
  return found;
}

} // namespace alleycat
