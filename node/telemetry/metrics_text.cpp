#include "node/telemetry/metrics_text.hpp"

#include "node/telemetry/log.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <numeric>
#include <prometheus/check_names.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>
#include <stdexcept>

namespace alleycat {

struct collector::impl {
  std::map<std::string, prometheus::MetricFamily, std::less<>> families;

  prometheus::ClientMetric& sample(std::string_view name, std::string_view help, prometheus::MetricType type,
                                   const metric_labels& labels);
};

namespace {

[[noreturn]] void misuse(std::string_view name, std::string_view what) {
  throw std::logic_error{fmt::format("metric {}: {}", name, what)};
}

std::vector<prometheus::ClientMetric::Label> checked_labels(std::string_view name, const metric_labels& labels) {
  std::vector<prometheus::ClientMetric::Label> checked;
  for (const auto& [key, value] : labels) {
    if (!prometheus::CheckLabelName(key))
      misuse(name, "bad label name " + key);
    checked.push_back({key, value});
  }
  std::sort(checked.begin(), checked.end());
  return checked;
}

} // namespace

prometheus::ClientMetric& collector::impl::sample(std::string_view name, std::string_view help,
                                                  prometheus::MetricType type, const metric_labels& labels) {
  if (!prometheus::CheckMetricName(std::string{name}) || help.empty() || help.find('\n') != std::string_view::npos)
    misuse(name, "bad name, or no help of one line");
  auto found = families.find(name);
  if (found == families.end())
    found = families.emplace(name, prometheus::MetricFamily{std::string{name}, std::string{help}, type, {}}).first;
  auto& family = found->second;
  if (family.type != type || family.help != help)
    misuse(name, "there already with another kind or help");
  auto checked = checked_labels(name, labels);
  const auto same = [&](const auto& other) { return other.label == checked; };
  if (std::any_of(family.metric.begin(), family.metric.end(), same))
    misuse(name, "the same labels twice");
  auto& metric = family.metric.emplace_back();
  metric.label = std::move(checked);
  return metric;
}

collector::collector() : impl_{std::make_unique<impl>()} {}
collector::~collector() = default;

void collector::counter(std::string_view name, std::string_view help, double value, const metric_labels& labels) {
  if (!name.ends_with("_total"))
    misuse(name, "a counter ends in _total");
  impl_->sample(name, help, prometheus::MetricType::Counter, labels).counter.value = value;
}

void collector::gauge(std::string_view name, std::string_view help, double value, const metric_labels& labels) {
  if (name.ends_with("_total"))
    misuse(name, "a gauge does not end in _total");
  impl_->sample(name, help, prometheus::MetricType::Gauge, labels).gauge.value = value;
}

void collector::histogram(std::string_view name, std::string_view help, std::span<const double> upper_bounds,
                          std::span<const std::uint64_t> counts, double sum, const metric_labels& labels) {
  if (counts.size() != upper_bounds.size() + 1 || !std::is_sorted(upper_bounds.begin(), upper_bounds.end()))
    misuse(name, "bounds must ascend, with one count more than bounds");
  auto& histogram = impl_->sample(name, help, prometheus::MetricType::Histogram, labels).histogram;
  std::uint64_t cumulative = 0;
  for (std::size_t i = 0; i < upper_bounds.size(); ++i) {
    cumulative += counts[i];
    histogram.bucket.push_back({cumulative, upper_bounds[i]});
  }
  // The serializer adds the bucket of infinity from the sample count.
  histogram.sample_count = cumulative + counts.back();
  histogram.sample_sum = sum;
}

std::string collector::text() const {
  std::vector<prometheus::MetricFamily> families;
  for (const auto& [name, family] : impl_->families)
    families.push_back(family);
  return prometheus::TextSerializer{}.Serialize(families);
}

metrics_page::metrics_page() {
  add(collect_build);
  add(collect_process);
}

void metrics_page::add(source from) {
  const std::lock_guard lock{mutex_};
  sources_.push_back(std::move(from));
}

std::string metrics_page::text() {
  const std::lock_guard lock{mutex_};
  collector page;
  for (const auto& from : sources_) {
    try {
      from(page);
    } catch (const std::exception& fault) {
      ++failures_;
      log_event(log_level::error, "metrics.source_failed", {{"what", fault.what()}});
    }
  }
  page.counter("alleycat_metrics_failures_total", "Sources of this page that could not tell their numbers.",
               static_cast<double>(failures_));
  return page.text();
}

} // namespace alleycat
