#include "actors/name_book.hpp"

#include "racing/folded_name.hpp"

#include <algorithm>
#include <charconv>
#include <mutex>
#include <tuple>
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
      return s.entries[found->second].name;
  }
  return "racer " + std::to_string(racer.value());
}

void name_book::set(racer_id racer, const std::string& name) {
  auto& s = shards_[racer.value() % shards];
  {
    const std::shared_lock lock{s.mutex};
    if (const auto known = s.places.find(racer); known != s.places.end() && s.entries[known->second].name == name)
      return;
  }
  auto folded = folded_name(name);
  const std::unique_lock lock{s.mutex};
  const auto [place, fresh] = s.places.try_emplace(racer, s.entries.size());
  if (fresh)
    s.entries.push_back({racer, name, std::move(folded)});
  else
    s.entries[place->second] = {racer, name, std::move(folded)};
}

name_book::people name_book::search(std::string_view text, std::size_t limit) const {
  const auto wanted = folded_name(trimmed(text));
  if (wanted.empty())
    return {};
  struct hit {
    bool other = true; ///< not the very number
    std::string folded;
    person who;
  };
  std::vector<hit> hits;
  for (const auto& s : shards_) {
    const std::shared_lock lock{s.mutex};
    for (const auto& each : s.entries) {
      const digits number{each.racer};
      if (number.text().starts_with(wanted) || has_word(each.folded, wanted))
        hits.push_back({number.text() != wanted, each.folded, {each.racer, each.name}});
    }
  }
  people found{hits.size(), {}};
  const auto shown = std::min(limit, hits.size());
  std::partial_sort(hits.begin(), hits.begin() + static_cast<std::ptrdiff_t>(shown), hits.end(),
                    [](const hit& a, const hit& b) {
                      return std::tie(a.other, a.folded, a.who.racer) < std::tie(b.other, b.folded, b.who.racer);
                    });
  for (std::size_t i = 0; i < shown; ++i)
    found.rows.push_back(std::move(hits[i].who));
  return found;
}

} // namespace alleycat
