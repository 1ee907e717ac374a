/// `journal.storage off`: the same batches, kept by nobody.
#pragma once

#include "actors/ports.hpp"
#include "node/nats/nats_connection.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <vector>

namespace alleycat {

/// Sends batches over core NATS, on the subjects of the journal, and reads them from there. Acknowledges what was handed to the
/// connection. To compare with only: what is on its way when a process ends is lost, a race that was lost cannot be
/// rebuilt, and one node has to be alone.
class ephemeral_journal : public journal_port {
public:
  ephemeral_journal(const std::vector<std::string>& urls, const std::string& node_name,
                    const std::vector<class_rules>& classes, const clock_port& clock);

  std::unique_ptr<journal_writer> open_writer(std::function<void(journal_ack)> acks) override;
  /// A race is read by one reader, once.
  std::unique_ptr<journal_reader> open_reader(race_key key, std::shared_ptr<handoff<journal_item>> into,
                                              std::function<void()> wake) override;
  void mark(race_key key, const close_mark& mark, std::function<void(bool)> acked) override;
  void purge(race_key) override {}
  /// What is not kept cannot have become another.
  void check(race_key, const journal_stamp&, std::function<void(stamp_check)> found) override {
    found(stamp_check::same);
  }
  void list(class_id cls, std::function<void(journal_listing)> found) override;
  std::uint32_t fill_percent(class_id) const override { return 0; }

private:
  class writer;
  class reader;
  struct race_feed;

  void take(natsMsg* message);
  std::shared_ptr<race_feed> feed_of(race_key key);

  const clock_port& clock_;
  std::mutex mutex_; ///< guards the map, not the feeds
  std::map<race_key, std::shared_ptr<race_feed>> feeds_;
  // Last, since their callbacks use the rest.
  nats_connection connection_;
  std::vector<nats_subscription> subscriptions_;
};

} // namespace alleycat
