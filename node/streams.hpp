/// The JetStream streams a node needs, created or checked at start.
#pragma once

#include "node/config.hpp"
#include "node/nats_connection.hpp"

#include <memory>
#include <vector>

namespace alleycat {

struct js_deleter {
  void operator()(jsCtx* js) const { jsCtx_Destroy(js); }
};
using jetstream = std::unique_ptr<jsCtx, js_deleter>;

/// @throws std::runtime_error when there is no memory
jetstream jetstream_of(const nats_connection& connection);

/// Creates what is missing: one journal per class, results, bests, edits, dead letters. A stream that is there keeps its
/// data; its limits are set to ours.
/// @throws std::runtime_error in words for an operator: no answer, JetStream off, limits that do not fit
void ensure_streams(jsCtx* js, const node_config& config);

/// Subjects with messages in the journals of these classes, ascending.
/// @returns nothing when a stream did not answer within 2 s
std::optional<std::vector<race_key>> journal_subjects_of(jsCtx* js, const std::vector<class_rules>& classes);

} // namespace alleycat
