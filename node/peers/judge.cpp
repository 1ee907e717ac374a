#include "node/peers/judge.hpp"

#include "cluster/rule_text.hpp"

namespace alleycat {

namespace {

constexpr std::uint64_t most_epochs_ahead = 1'000;

} // namespace

std::optional<std::pair<peer_fault, std::string>> judge_hello(const peer_hello& said, const peer_hello& own,
                                                              std::uint32_t format) {
  if (said.rules_digest != own.rules_digest) {
    std::string differences;
    for (const auto& line : rule_differences(said.rules, own.rules))
      differences += (differences.empty() ? "" : "; ") + line;
    return std::pair{peer_fault::other_rules, differences};
  }
  if (said.oldest_format > format || said.newest_format < format)
    return std::pair{peer_fault::other_formats, "it reads formats " + std::to_string(said.oldest_format) + " to " +
                                                    std::to_string(said.newest_format) + ", the cluster writes " +
                                                    std::to_string(format)};
  return std::nullopt;
}

bool is_plausible(epoch said, epoch highest) {
  return said.value() <= highest.value() || said.value() - highest.value() <= most_epochs_ahead;
}

} // namespace alleycat
