/// What somebody would build instead: the frame that the bare loop and the Redis rival share.
#pragma once

#include "messages/update_json.hpp"
#include "racing/standings.hpp"
#include "tests/bench/field.hpp"

#include <nats/nats.h>

#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace alleycat::bench {

struct peer_settings {
  std::string nats = "nats://127.0.0.1:4222";
  std::string redis; ///< path of its socket; empty: the bare loop
  std::uint32_t race_size =
      1'000; ///< a second is complete when so many riders have reported: told, where Alleycat finds out
  std::uint16_t classes = 6;
  std::uint32_t history = 40'000; ///< racers with bests in each class
  std::uint16_t seconds = 60;     ///< of the history
};

/// A rider of a race as a peer keeps them.
struct peer_rider {
  racer_id racer;
  std::string name;
  score total;
};

/// One race of a peer. No late seconds, no duplicates, nothing durable.
struct peer_race {
  race_key key;
  std::unordered_map<racer_id, std::uint32_t> row_of;
  std::vector<peer_rider> riders;
  std::vector<std::vector<score>> totals;    ///< [second][row]
  std::vector<std::vector<score>> outputs;   ///< [second][row]
  std::vector<std::vector<rank_t>> all_time; ///< [second][row]
  std::vector<std::uint32_t> reported;       ///< [second]
};

class peer {
public:
  explicit peer(const peer_settings& set);
  virtual ~peer();

  /// Takes updates until the process is told to stop.
  void run(const volatile bool& stopping);

protected:
  /// An update was counted: row and total are those of its rider.
  struct counted {
    peer_race* race = nullptr;
    std::uint32_t row = 0;
    own_second second;
    score total;
  };

  /// Ranks these; then every second that is complete is to be published.
  virtual void take(const std::vector<counted>& batch) = 0;
  /// Whether something of earlier batches is still to be done.
  virtual bool busy() const { return false; }
  /// Does it. Called when no update waits.
  virtual void settle() {}

  /// Publishes a complete second. @param order  rows, best first, ties by racer id
  void publish(peer_race& race, own_second second, const std::vector<std::uint32_t>& order);
  bool complete(const peer_race& race, own_second second) const;

  const peer_settings& set() const { return set_; }

private:
  void count(natsMsg* message);

  peer_settings set_;
  natsConnection* connection_ = nullptr;
  natsSubscription* subscription_ = nullptr;
  update_decoder decoder_;
  update update_;
  std::string why_;
  std::map<race_key, std::unique_ptr<peer_race>> races_;
  std::vector<counted> batch_;
  standings table_;
  std::string json_;
};

std::unique_ptr<peer> make_bare_loop(const peer_settings& set);
/// @throws std::runtime_error when Redis does not answer
std::unique_ptr<peer> make_redis_rival(const peer_settings& set);

} // namespace alleycat::bench
