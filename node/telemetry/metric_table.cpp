#include "node/telemetry/metric_table.hpp"

#include <fmt/format.h>

namespace alleycat {

namespace {

constexpr std::string_view head = R"(# Metrics

What a node serves at `/metrics`, in Prometheus' text format. Written from `node/telemetry/metric_table.hpp`; a test fails when
the two differ (`node_base_test "[write-docs]"` writes it anew). No metric has a racer or a race in a label: there are too many
of them.

Metrics of actors have the names that CAF has from 0.18 on (`caf_...`), so that dashboards outlive an upgrade; CAF 0.17 has
none, they are counted in `actors/metered.hpp`. Unlike CAF we give the type of the actor with rejected messages too.

Where they are shown: [operations.md](operations.md). What to do about them: [runbook.md](runbook.md).
)";

std::string_view text(metric_kind kind) {
  switch (kind) {
  case metric_kind::counter:
    return "counter";
  case metric_kind::gauge:
    return "gauge";
  case metric_kind::histogram:
    break;
  }
  return "histogram";
}

std::string with_commas(std::string_view labels) {
  std::string result;
  for (const char c : labels)
    result += c == ' ' ? std::string{", "} : std::string{c};
  return result;
}

} // namespace

std::string describe_metrics() {
  std::string page{head};
  std::string_view group;
  for (const auto& row : metric_table) {
    if (row.group != group)
      page += fmt::format("\n## {}\n\n| metric | type | labels | unit | meaning |\n|---|---|---|---|---|\n", row.group);
    group = row.group;
    page += fmt::format("| `{}` | {} | {} | {} | {} |\n", row.name, text(row.kind), with_commas(row.labels), row.unit,
                        row.help);
  }
  return page;
}

} // namespace alleycat
