#include "messages/subjects.hpp"

#include <array>
#include <charconv>
#include <span>

namespace alleycat {

namespace {

constexpr std::string_view root = "alleycat";
constexpr std::string_view bucket_root = "$KV.ALLEYCAT_CLUSTER.";
constexpr std::size_t most_tokens = 10;

void append_token(std::string& out, std::string_view token) {
  out += '.';
  out += token;
}

void append_token(std::string& out, std::uint64_t number) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  append_token(out, std::string_view{digits.data(), end});
}

template <class Tag, class Number>
void append_token(std::string& out, named_number<Tag, Number> id) {
  append_token(out, std::uint64_t{id.value()});
}

/// `alleycat` and the tokens, joined by '.'.
template <class... Tokens>
std::string join(const Tokens&... tokens) {
  std::string out{root};
  (append_token(out, tokens), ...);
  return out;
}

template <class Id>
std::optional<Id> parse_number(std::string_view token, typename Id::number_type least) {
  if (token.empty() || (token.size() > 1 && token.front() == '0'))
    return std::nullopt;
  typename Id::number_type value{};
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), value);
  if (error != std::errc{} || end != token.data() + token.size() || value < least)
    return std::nullopt;
  return Id{value};
}

/// The tokens of a subject behind `alleycat.`; none for another root, an empty token or too many.
class tokens {
public:
  explicit tokens(std::string_view subject) {
    std::size_t begin = 0;
    while (count_ < most_tokens) {
      const auto dot = subject.find('.', begin);
      const auto token = subject.substr(begin, dot == std::string_view::npos ? dot : dot - begin);
      if (token.empty())
        break;
      all_[count_++] = token;
      if (dot == std::string_view::npos) {
        ok_ = all_[0] == root;
        return;
      }
      begin = dot + 1;
    }
  }

  /// Whether there are `count` tokens behind the root, the first being `first`.
  bool are(std::string_view first, std::size_t count) const { return ok_ && count_ == count + 1 && all_[1] == first; }
  std::string_view operator[](std::size_t index) const { return all_[index + 1]; }
  /// All behind the root.
  std::span<const std::string_view> rest() const {
    return ok_ ? std::span{all_}.subspan(1, count_ - 1) : std::span<const std::string_view>{};
  }

private:
  std::array<std::string_view, most_tokens> all_{};
  std::size_t count_ = 0;
  bool ok_ = false;
};

std::optional<race_key> parse_key(std::string_view cls, std::string_view race) {
  const auto c = parse_class_id(cls);
  const auto r = parse_race_id(race);
  if (!c || !r)
    return std::nullopt;
  return race_key{*c, *r};
}

/// `alleycat.race.<class>.<race>.<what>`
std::optional<race_key> parse_race_subject(std::string_view subject, std::string_view what) {
  const tokens t{subject};
  if (!t.are("race", 4) || t[3] != what)
    return std::nullopt;
  return parse_key(t[1], t[2]);
}

/// `alleycat.racer.<racer>.<what>`
std::optional<racer_id> parse_racer_subject(std::string_view subject, std::string_view what) {
  const tokens t{subject};
  if (!t.are("racer", 3) || t[2] != what)
    return std::nullopt;
  return parse_racer_id(t[1]);
}

} // namespace

std::string journal_stream(class_id cls) {
  return "ALLEYCAT_JOURNAL_" + std::to_string(cls.value());
}
std::string journal_wildcard(class_id cls) {
  return join("journal", cls, "*");
}
std::string best_wildcard(class_id cls) {
  return join("best", cls, "*", "*");
}
std::string ride_wildcard(racer_id racer) {
  return join("ride", "*", "*", racer);
}

std::string best_wildcard(racer_id racer) {
  return join("best", "*", racer, "*");
}

std::string ride_wildcard(race_key key) {
  return join("ride", key.cls, key.race, "*");
}

std::string update_subject(class_id cls, racer_id racer) {
  return join("update", cls, racer);
}
std::string batch_subject(std::string_view gateway) {
  return join("batch", gateway);
}
std::string journal_subject(race_key key) {
  return join("journal", key.cls, key.race);
}
std::string standings_subject(race_key key) {
  return join("race", key.cls, key.race, "standings");
}
std::string top_subject(race_key key) {
  return join("race", key.cls, key.race, "top");
}
std::string result_subject(race_key key) {
  return join("race", key.cls, key.race, "result");
}
std::string stored_result_subject(race_key key) {
  return join("result", key.cls, key.race);
}
std::string ride_subject(race_key key, racer_id racer) {
  return join("ride", key.cls, key.race, racer);
}
std::string best_subject(class_id cls, racer_id racer, epoch owner_epoch) {
  return join("best", cls, racer, owner_epoch);
}
std::string edit_subject(racer_id racer) {
  return join("edit", racer);
}
std::string view_subject(racer_id racer) {
  return join("racer", racer, "view");
}
std::string ghost_subject(racer_id racer) {
  return join("racer", racer, "ghost");
}
std::string leaderboard_subject(class_id cls) {
  return join("class", cls, "leaderboard");
}
std::string event_subject(std::string_view kind) {
  return join("event", kind);
}
std::string query_subject(std::string_view verb_and_args) {
  return join("query", verb_and_args);
}
std::string deadletter_subject(class_id cls) {
  return join("deadletter", cls);
}
std::string node_ask_subject(std::string_view node) {
  return join("node", node, std::string_view{"ask"});
}

std::string bucket_subject(std::string_view key) {
  std::string subject{bucket_root};
  return subject += key;
}
std::string generation_subject(std::uint64_t number) {
  return join("generation", number);
}
std::string direct_get_subject(std::string_view stream) {
  std::string subject{"$JS.API.DIRECT.GET."};
  return subject += stream;
}

std::optional<class_id> parse_class_id(std::string_view token) {
  return parse_number<class_id>(token, 1);
}
std::optional<race_id> parse_race_id(std::string_view token) {
  return parse_number<race_id>(token, 0);
}
std::optional<racer_id> parse_racer_id(std::string_view token) {
  return parse_number<racer_id>(token, 0);
}
std::optional<own_second> parse_own_second(std::string_view token) {
  return parse_number<own_second>(token, 1);
}

std::optional<update_address> parse_update_subject(std::string_view subject) {
  const tokens t{subject};
  if (!t.are("update", 3))
    return std::nullopt;
  const auto cls = parse_class_id(t[1]);
  const auto racer = parse_racer_id(t[2]);
  if (!cls || !racer)
    return std::nullopt;
  return update_address{*cls, *racer};
}

std::optional<std::string_view> parse_batch_subject(std::string_view subject) {
  const tokens t{subject};
  if (!t.are("batch", 2))
    return std::nullopt;
  return t[1];
}

std::optional<race_key> parse_journal_subject(std::string_view subject) {
  const tokens t{subject};
  if (!t.are("journal", 3))
    return std::nullopt;
  return parse_key(t[1], t[2]);
}

std::optional<race_key> parse_standings_subject(std::string_view subject) {
  return parse_race_subject(subject, "standings");
}

std::optional<race_key> parse_result_subject(std::string_view subject) {
  return parse_race_subject(subject, "result");
}
std::optional<race_key> parse_stored_result_subject(std::string_view subject) {
  const tokens t{subject};
  if (!t.are("result", 3))
    return std::nullopt;
  const auto cls = parse_class_id(t[1]);
  const auto race = parse_race_id(t[2]);
  return cls && race ? std::optional{race_key{*cls, *race}} : std::nullopt;
}

std::optional<ride_address> parse_ride_subject(std::string_view subject) {
  const tokens t{subject};
  if (!t.are("ride", 4))
    return std::nullopt;
  const auto key = parse_key(t[1], t[2]);
  const auto racer = parse_racer_id(t[3]);
  if (!key || !racer)
    return std::nullopt;
  return ride_address{*key, *racer};
}

std::optional<best_address> parse_best_subject(std::string_view subject) {
  const tokens t{subject};
  if (!t.are("best", 4))
    return std::nullopt;
  const auto cls = parse_class_id(t[1]);
  const auto racer = parse_racer_id(t[2]);
  const auto by = parse_number<epoch>(t[3], 0);
  if (!cls || !racer || !by)
    return std::nullopt;
  return best_address{*cls, *racer, *by};
}

std::optional<std::string> bucket_key_of(std::string_view subject) {
  if (!subject.starts_with(bucket_root) || subject.size() == bucket_root.size())
    return std::nullopt;
  return std::string{subject.substr(bucket_root.size())};
}

std::optional<std::uint64_t> parse_generation_subject(std::string_view subject) {
  const tokens t{subject};
  const auto number = t.are("generation", 2) ? parse_number<epoch>(t[1], 1) : std::nullopt;
  return number ? std::optional{number->value()} : std::nullopt;
}

std::optional<racer_id> parse_edit_subject(std::string_view subject) {
  const tokens t{subject};
  return t.are("edit", 2) ? parse_racer_id(t[1]) : std::nullopt;
}

std::optional<racer_id> parse_view_subject(std::string_view subject) {
  return parse_racer_subject(subject, "view");
}
std::optional<racer_id> parse_ghost_subject(std::string_view subject) {
  return parse_racer_subject(subject, "ghost");
}

std::optional<std::vector<std::string_view>> parse_query_subject(std::string_view subject) {
  const tokens t{subject};
  const auto rest = t.rest();
  if (rest.size() < 2 || rest.front() != "query")
    return std::nullopt;
  return std::vector<std::string_view>(rest.begin() + 1, rest.end());
}

bool may_answer(std::string_view reply_subject) {
  constexpr std::string_view inbox = "_INBOX.";
  return reply_subject.starts_with(inbox) && reply_subject.size() > inbox.size();
}

} // namespace alleycat
