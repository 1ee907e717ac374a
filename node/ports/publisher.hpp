/// What leaves for riders and other systems, as JSON on NATS.
#pragma once

#include "actors/meters.hpp"
#include "actors/name_book.hpp"
#include "actors/ports.hpp"
#include "node/nats/nats_connection.hpp"

namespace alleycat {

/// Any thread may publish; each has its own buffer.
class nats_publisher : public publish_port {
public:
  nats_publisher(const nats_connection& connection, const clock_port& clock, const name_book& names, epoch owner_epoch);

  void publish(const standings& table) override;
  void publish(const rider_view& view) override;
  void publish_leaderboard(class_id cls, std::span<const leaderboard_row> rows, std::size_t of) override;
  void publish_opened(race_key key, epoch owner_epoch) override;
  void publish_closed(const race_result& result) override;
  void publish_record(class_id cls, racer_id racer, const final_score& record) override;

  /// `alleycat.event.<kind>`; `fields` are JSON members without braces.
  void publish_event(std::string_view kind, std::string_view fields);

private:
  const nats_connection& connection_;
  const clock_port& clock_;
  const name_book& names_;
  epoch owner_epoch_;
};

} // namespace alleycat
