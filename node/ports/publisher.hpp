/// What leaves for riders and other systems, as JSON on NATS.
#pragma once

#include "actors/meters.hpp"
#include "actors/name_book.hpp"
#include "actors/ports.hpp"
#include "node/nats/nats_connection.hpp"
#include "node/ports/event_outbox.hpp"

#include <functional>

namespace alleycat {

/// Any thread may publish; each has its own buffer.
class nats_publisher : public publish_port {
public:
  struct connections {
    const nats_connection& live;     ///< sends at once, and without a buffer over reconnections, as does the next
    const nats_connection& views;    ///< gathers what it sends
    const nats_connection& outgoing; ///< keeps what it cannot send: for news that are as true later
  };

  /// @param trusted  whether what is owned here is known to be owned at this moment; any thread, cheap
  nats_publisher(const connections& by, const clock_port& clock, const name_book& names, meters& counts,
                 std::function<bool()> trusted);

  void publish(const term& under, const standings& table) override;
  void publish(const term& under, const rider_view& view) override;
  void publish_leaderboard(const term& under, std::span<const leaderboard_row> rows, std::size_t of) override;
  void publish_opened(const term& under, race_key key) override;
  void publish_result(const term& under, race_key key, std::string_view stored) override;
  void publish_closed(const term& under, const race_result& result) override;
  void publish_record(const term& under, racer_id racer, const final_score& record) override;

  /// `alleycat.event.<kind>`, of the cluster itself: under no term, so it is told also when the node is back from an absence,
  /// and again until it has surely left.
  /// @param fields  JSON members without braces
  void publish_cluster_event(std::string_view kind, std::string_view fields);

private:
  bool may_leave(const term& under, const nats_connection& connection);
  void publish_event(std::string_view kind, std::string_view fields);
  std::string event_json(std::string_view kind, std::string_view fields) const;

  connections by_;
  const clock_port& clock_;
  const name_book& names_;
  meters& counts_;
  std::function<bool()> trusted_;
  event_outbox cluster_events_;
};

} // namespace alleycat
