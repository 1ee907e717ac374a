/// Names and help of everything the actors count.
#pragma once

#include "actors/meters.hpp"
#include "node/nats/nats_connection.hpp"
#include "node/ports/dead_letters.hpp"
#include "node/telemetry/metrics_text.hpp"

#include <filesystem>
#include <vector>

namespace alleycat {

void collect_meters(const meters& counts, collector& into);
/// @param data  the node's data folder, whose disk is measured
void collect_store(const meters& counts, unix_ms now, const std::filesystem::path& data, collector& into);
void collect_dead_letters(const dead_letters& letters, collector& into);
void collect_connections(const std::vector<const nats_connection*>& connections, collector& into);

} // namespace alleycat
