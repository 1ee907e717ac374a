/// The JetStream streams a node needs, created or checked at start.
#pragma once

#include "node/config/node_config.hpp"
#include "node/nats/nats_connection.hpp"
#include "node/nats/stream_info.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace alleycat {

struct js_deleter {
  void operator()(jsCtx* js) const { jsCtx_Destroy(js); }
};
using jetstream = std::unique_ptr<jsCtx, js_deleter>;

/// @throws std::runtime_error when there is no memory
jetstream jetstream_of(const nats_connection& connection);

/// Creates what is missing: one journal per class, results, bests, edits, generations, dead letters. A stream that is
/// there keeps its data; its limits are set to ours. Three replicas on a NATS cluster, one on a single nats-server.
/// @throws std::runtime_error in words for an operator: no answer, JetStream off, limits that do not fit
void ensure_streams(jsCtx* js, const node_config& config);

/// Looks whether one of them is gone, the next one with each call, as when a server lost its disk while this node ran; if
/// so, creates all that are missing. @returns the name of the stream that was gone, or nothing
/// @throws std::runtime_error like `ensure_streams`
std::optional<std::string> ensure_lost_streams(jsCtx* js, const node_config& config, std::size_t& turn);

/// Creates the cluster's KV bucket if it is missing: one value a key, kept for ever; replicas as above.
/// @throws std::runtime_error like `ensure_streams`
void ensure_bucket(jsCtx* js);

/// Notes that a generation of epochs is in use, where a lost bucket takes nothing with it; once more does no harm.
/// @throws std::runtime_error when it was not confirmed within 2 s
void write_generation_note(jsCtx* js, std::uint64_t number);
/// The highest that was noted; 0 for none. Makes the stream if it is gone, with whatever else the server lost.
/// @returns nothing when there was no answer within 2 s
std::optional<std::uint64_t> highest_noted_generation(jsCtx* js);

/// @returns nothing when the stream did not answer within 2 s
std::optional<journal_contents> contents_of_journal(jsCtx* js, class_id cls, bool with_subjects);

struct stream_size {
  std::string name;
  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;
  std::uint64_t max_bytes = 0; ///< 0 = without limit
};
/// Alleycat's streams and the cluster's bucket, by name. @returns nothing when there was no answer within 2 s
std::optional<std::vector<stream_size>> sizes_of_streams(jsCtx* js);

} // namespace alleycat
