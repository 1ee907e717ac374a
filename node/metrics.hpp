/// Where the numbers of /metrics come from; what they mean is in telemetry/metric_table.hpp.
#pragma once

#include "actors/meters.hpp"
#include "node/cluster_side.hpp"
#include "node/nats/nats_connection.hpp"
#include "node/nats/stream_watch.hpp"
#include "node/ports/dead_letters.hpp"
#include "node/queries/query_meters.hpp"
#include "node/telemetry/metrics_text.hpp"

#include <filesystem>
#include <string_view>
#include <utility>
#include <vector>

namespace alleycat {

void collect_meters(const meters& counts, collector& into);
void collect_actors(collector& into);
/// @param data   the node's data folder, whose disk is measured
/// @param limit  bytes that LMDB's map may grow to
void collect_store(const meters& counts, unix_ms now, const std::filesystem::path& data, std::uint64_t limit,
                   collector& into);
void collect_dead_letters(const dead_letters& letters, collector& into);
void collect_connections(const std::vector<const nats_connection*>& connections, collector& into);
/// Backlogs of one name are added.
void collect_backlogs(const std::vector<std::pair<std::string_view, nats_subscription::backlog>>& backlogs,
                      collector& into);
void collect_streams(const stream_watch& streams, collector& into);
void collect_queries(const query_meters& queries, collector& into);
/// @param counts  its classes are those asked about
void collect_cluster(const cluster_side& cluster, const meters& counts, collector& into);

} // namespace alleycat
