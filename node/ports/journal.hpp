/// The journal on JetStream.
#pragma once

#include "actors/ports.hpp"
#include "node/nats/nats_connection.hpp"
#include "node/nats/stream_feed.hpp"
#include "node/nats/streams.hpp"
#include "node/nats/worker.hpp"

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

namespace alleycat {

/// Writers publish with a reply subject `<inbox>.<writer>.<token>`; one subscription takes all PubAcks. Each reader is a
/// feed of its own. What blocks (making consumers, listing, purging) happens on one worker thread.
class jetstream_journal : public journal_port {
public:
  /// @param classes  whose journals are listed
  jetstream_journal(const std::vector<std::string>& urls, const std::string& node_name,
                    std::vector<class_rules> classes);
  ~jetstream_journal() override;

  std::unique_ptr<journal_writer> open_writer(std::function<void(journal_ack)> acks) override;
  std::unique_ptr<journal_reader> open_reader(race_key key, std::shared_ptr<handoff<journal_item>> into,
                                              std::function<void()> wake) override;
  void mark(race_key key, const close_mark& mark) override;
  void purge(race_key key) override;
  void check(race_key key, const journal_stamp& stamp, std::function<void(bool)> found) override;

  /// Lists the journal's subjects once a second from now on. @param listed  called on the worker thread
  void list_to(std::function<void(std::vector<race_key>)> listed);

  const nats_connection& connection() const { return connection_; }
  jsCtx* context() const { return js_.get(); }

private:
  class writer;
  class reader;

  void take_ack(natsMsg* message);
  void resubscribe_all();
  void list_subjects();

  std::mutex mutex_; ///< guards what follows
  std::map<std::uint32_t, std::function<void(journal_ack)>> writers_;
  std::vector<std::weak_ptr<stream_feed>> feeds_;
  std::function<void(std::vector<race_key>)> listed_;
  std::uint32_t next_writer_ = 1;
  bool stopping_ = false;

  // Last, since their callbacks use the rest.
  nats_connection connection_;
  jetstream js_;
  std::vector<class_rules> classes_;
  std::string inbox_;
  nats_subscription acks_;
  worker worker_;
};

} // namespace alleycat
