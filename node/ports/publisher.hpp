/// What leaves for riders and other systems, as JSON on NATS.
#pragma once

#include "actors/meters.hpp"
#include "actors/name_book.hpp"
#include "actors/ports.hpp"
#include "node/nats/nats_connection.hpp"

#include <functional>

namespace alleycat {

/// Any thread may publish; each has its own buffer.
class nats_publisher : public publish_port {
public:
  /// @param live     sends at once; neither has a buffer over reconnections
  /// @param views    gathers what it sends
  /// @param trusted  whether what is owned here is known to be owned at this moment; any thread, cheap
  nats_publisher(const nats_connection& live, const nats_connection& views, const clock_port& clock,
                 const name_book& names, meters& counts, std::function<bool()> trusted);

  void publish(const term& under, const standings& table) override;
  void publish(const term& under, const rider_view& view) override;
  void publish_leaderboard(const term& under, std::span<const leaderboard_row> rows, std::size_t of) override;
  void publish_opened(const term& under, race_key key) override;
  void publish_result(const term& under, race_key key, std::string_view stored) override;
  void publish_closed(const term& under, const race_result& result) override;
  void publish_record(const term& under, racer_id racer, const final_score& record) override;

  /// `alleycat.event.<kind>`; `fields` are JSON members without braces.
  void publish_event(std::string_view kind, std::string_view fields);

private:
  bool may_leave(const term& under, const nats_connection& by);

  const nats_connection& live_;
  const nats_connection& views_;
  const clock_port& clock_;
  const name_book& names_;
  meters& counts_;
  std::function<bool()> trusted_;
};

} // namespace alleycat
