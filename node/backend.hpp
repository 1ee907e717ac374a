/// A node, put together.
#pragma once

#include "node/config/node_config.hpp"

#include <memory>
#include <string>
#include <vector>

namespace alleycat {

/// Everything between NATS, the data folder and HTTP.
///
///     starting --(streams there, store open)--> running --stop()--> flushing --(nothing unstored)--> left
class backend {
public:
  /// @param urls  of NATS
  /// @throws std::runtime_error in words for an operator
  backend(const node_config& config, const std::vector<std::string>& urls);
  ~backend();
  backend(const backend&) = delete;
  backend& operator=(const backend&) = delete;

  /// Takes no more updates, commits what is pending, ends the actors.
  void stop();

  /// Whether actors answer; waits for it, 2 s at most.
  bool answers() const;

  /// Takes over what may change while a node runs: limits, ages, pauses; of the rest nothing. One thread at a time.
  /// @throws std::runtime_error in words for an operator; then nothing but limits of streams may have changed
  void change(const node_config& config);

  std::uint16_t http_port() const;

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace alleycat
