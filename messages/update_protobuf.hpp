/// Internal: the Protobuf half of `update_decoder`.
#pragma once

#include "messages/update_json.hpp"

namespace alleycat::detail {

refusal decode_update_protobuf(std::string_view payload, std::uint32_t ride_seconds, update& out, std::string& why);
refusal decode_batch_protobuf(std::string_view payload, std::uint32_t ride_seconds, std::vector<batch_item>& out,
                              std::string& why);

/// Refuses a gateway's batch with too many updates.
refusal too_many(std::string& why);

} // namespace alleycat::detail
