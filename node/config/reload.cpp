#include "node/config/reload.hpp"

#include "node/config/options.hpp"

namespace alleycat {

config_changes take_over(node_config& running, const node_config& read) {
  config_changes changes;
  for (const auto& opt : options()) {
    const auto value = opt.get(read);
    if (value == opt.get(running))
      continue;
    (opt.live ? changes.taken : changes.need_restart).push_back(opt.key);
    if (opt.live)
      opt.set(running, value);
  }
  if (running.rules.classes != read.rules.classes)
    changes.need_restart.emplace_back("class");
  return changes;
}

} // namespace alleycat
