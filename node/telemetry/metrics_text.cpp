#include "node/telemetry/metrics_text.hpp"

#include "node/telemetry/log.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>
#include <stdexcept>

namespace alleycat {

struct collector::impl {
  std::map<std::string, prometheus::MetricFamily, std::less<>> families;

  prometheus::ClientMetric& sample(const metric_row& what, const metric_labels& labels);
};

namespace {

[[noreturn]] void misuse(std::string_view name, std::string_view what) {
  throw std::logic_error{fmt::format("metric {}: {}", name, what)};
}

std::vector<prometheus::ClientMetric::Label> checked_labels(const metric_row& what, const metric_labels& labels) {
  std::vector<prometheus::ClientMetric::Label> checked;
  for (const auto& [key, value] : labels)
    checked.push_back({key, value});
  std::sort(checked.begin(), checked.end());
  std::string names;
  for (const auto& label : checked)
    names += (names.empty() ? "" : " ") + label.name;
  if (names != what.labels)
    misuse(what.name, fmt::format("labels \"{}\" instead of \"{}\"", names, what.labels));
  return checked;
}

prometheus::MetricType type_of(metric_kind kind) {
  switch (kind) {
  case metric_kind::counter:
    return prometheus::MetricType::Counter;
  case metric_kind::gauge:
    return prometheus::MetricType::Gauge;
  case metric_kind::histogram:
    break;
  }
  return prometheus::MetricType::Histogram;
}

} // namespace

prometheus::ClientMetric& collector::impl::sample(const metric_row& what, const metric_labels& labels) {
  auto found = families.find(what.name);
  if (found == families.end()) {
    const std::string name{what.name};
    found =
        families.emplace(name, prometheus::MetricFamily{name, std::string{what.help}, type_of(what.kind), {}}).first;
  }
  auto& family = found->second;
  auto checked = checked_labels(what, labels);
  const auto same = [&](const auto& other) { return other.label == checked; };
  if (std::any_of(family.metric.begin(), family.metric.end(), same))
    misuse(what.name, "the same labels twice");
  auto& metric = family.metric.emplace_back();
  metric.label = std::move(checked);
  return metric;
}

collector::collector() : impl_{std::make_unique<impl>()} {}
collector::~collector() = default;

void collector::add(const metric_row& what, double value, const metric_labels& labels) {
  if (what.kind == metric_kind::histogram)
    misuse(what.name, "a histogram is not one number");
  auto& sample = impl_->sample(what, labels);
  if (what.kind == metric_kind::counter)
    sample.counter.value = value;
  else
    sample.gauge.value = value;
}

void collector::histogram(const metric_row& what, std::span<const double> upper_bounds,
                          std::span<const std::uint64_t> counts, double sum, const metric_labels& labels) {
  if (what.kind != metric_kind::histogram)
    misuse(what.name, "is no histogram");
  if (counts.size() != upper_bounds.size() + 1 || !std::is_sorted(upper_bounds.begin(), upper_bounds.end()))
    misuse(what.name, "bounds must ascend, with one count more than bounds");
  auto& histogram = impl_->sample(what, labels).histogram;
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
  page.add(metric("alleycat_metrics_failures_total"), static_cast<double>(failures_));
  return page.text();
}

} // namespace alleycat
