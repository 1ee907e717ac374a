/// What was refused at the door, kept for a day so that people can see why.
#pragma once

#include "actors/meters.hpp"
#include "actors/ports.hpp"
#include "node/nats/nats_connection.hpp"

#include <mutex>
#include <string_view>

namespace alleycat {

/// Publishes to `alleycat.deadletter.<class>` (class 0: not known), at most 100 a second; what is beyond is only counted.
/// `{"ts","subject","error","bytes","excerpt"}`: at most 256 bytes of the payload, as JSON text, other bytes than
/// printable ASCII as '?'.
class dead_letters {
public:
  dead_letters(const nats_connection& connection, const clock_port& clock);

  /// Any thread.
  void add(class_id cls, std::string_view subject, refusal reason, std::string_view payload);
  void add(class_id cls, std::string_view subject, std::string_view reason, std::string_view payload);

  const counter& published() const { return published_; }
  const counter& dropped() const { return dropped_; }

private:
  const nats_connection& connection_;
  const clock_port& clock_;
  counter published_;
  counter dropped_;
  std::mutex mutex_; ///< guards what follows
  unix_ms second_{};
  std::uint32_t in_second_ = 0;
};

} // namespace alleycat
