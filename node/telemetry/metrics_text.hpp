/// The /metrics page, in Prometheus' text format.
///
/// Numbers live where they are counted (atomics of an actor, a server's figures); they are collected when the page is
/// asked for. No Prometheus type leaves metrics_text.cpp. Names and meanings are in metric_table.hpp.
#pragma once

#include "node/telemetry/metric_table.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace alleycat {

/// Name and value. All samples of one metric have the same label names.
using metric_labels = std::vector<std::pair<std::string, std::string>>;

/// Takes the numbers of one scrape. Samples of one metric may come from several callbacks.
/// All throw std::logic_error for labels other than the row's, a value that does not go with its kind, and a sample that is
/// there already.
class collector {
public:
  collector();
  ~collector();
  collector(const collector&) = delete;
  collector& operator=(const collector&) = delete;

  /// A counter or gauge. @param value  of a counter: never falls while the process lives
  void add(const metric_row& what, double value, const metric_labels& labels = {});

  /// @param upper_bounds  ascending, without infinity
  /// @param counts  observations in each bucket, one more than `upper_bounds`: the last one counts what lies above
  ///   all bounds; not cumulative
  void histogram(const metric_row& what, std::span<const double> upper_bounds, std::span<const std::uint64_t> counts,
                 double sum, const metric_labels& labels = {});

  std::string text() const;

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

class metrics_page {
public:
  using source = std::function<void(collector&)>;

  /// With what every process tells: `alleycat_build_info` and the `process_*` metrics.
  metrics_page();

  /// @param from  called for every scrape, one scrape at a time, on the thread that asks; must not block
  void add(source from);

  /// Asks every source. One that throws is left out, logged and counted in `alleycat_metrics_failures_total`. Any
  /// thread.
  std::string text();

private:
  std::mutex mutex_;
  std::vector<source> sources_;
  std::uint64_t failures_ = 0;
};

/// CPU seconds, memory, file descriptors, threads and start time of this process, from /proc.
void collect_process(collector& into);

/// `alleycat_build_info{version,revision,caf,nats,lmdb} 1`.
void collect_build(collector& into);

} // namespace alleycat
