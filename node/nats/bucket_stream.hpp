/// The stream of the bucket `ALLEYCAT_CLUSTER`: what is asked of it by calls that block, each for at most a second. Nothing is kept
/// between two calls.
#pragma once

#include "node/nats/nats_connection.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace alleycat {

/// The key that names the bucket; written once, by whoever finds it without, and told to nobody.
inline constexpr std::string_view bucket_identity_key = "identity";

/// Whether it is a marker where a key was, by NATS' KV.
bool is_deletion(natsMsg* message);

struct bucket_look {
  std::string failure; ///< empty: there was an answer
  bool silent = false; ///< nobody answered at all
  std::string identity;
  std::uint64_t last_sequence = 0;
};
/// Which bucket is there, and how far it goes; makes it if it is gone.
bucket_look look_at_bucket(jsCtx* js);

struct bucket_watch {
  natsSubscription* subscription = nullptr; ///< null: it failed
  std::string failure;
};
/// The last entry of each key, then each new one.
/// @param take  called on a thread of nats.c; goes when nats.c is done with the subscription, which may be after `close_bucket_watch`
bucket_watch open_bucket_watch(jsCtx* js, std::function<void(nats_message)> take);
/// Tells the server too, and waits for its answer. @param watch  null: nothing to do
void close_bucket_watch(natsSubscription* watch);

using keys_and_sequences = std::vector<std::pair<std::string, std::uint64_t>>;
/// Removes these markers, up to just them: what was written later to the same key stays.
/// @param go_on  asked before each
/// @returns those that are gone
keys_and_sequences purge_markers(jsCtx* js, const keys_and_sequences& old, const std::function<bool()>& go_on);

} // namespace alleycat
