/// The journal on JetStream.
#pragma once

#include "actors/ports.hpp"
#include "node/nats/nats_connection.hpp"
#include "node/nats/stream_feed.hpp"
#include "node/nats/streams.hpp"
#include "node/nats/worker.hpp"

#include <array>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

namespace alleycat {

/// Writers publish with a reply subject `<inbox>.<writer>.<token>`; one subscription takes all PubAcks. It also takes the answers
/// of journals that are listed: each is every second, so no thread waits for them. Each reader is a feed of its own. What
/// blocks happens on worker threads: some make consumers, so that of many races that are opened at once none waits behind
/// all the others; one looks up and purges.
class jetstream_journal : public journal_port {
public:
  jetstream_journal(const std::vector<std::string>& urls, const std::string& node_name);
  ~jetstream_journal() override;

  std::unique_ptr<journal_writer> open_writer(std::function<void(journal_ack)> acks) override;
  std::unique_ptr<journal_reader> open_reader(race_key key, std::shared_ptr<handoff<journal_item>> into,
                                              std::function<void()> wake) override;
  void mark(race_key key, const close_mark& mark, std::function<void(bool)> acked) override;
  void purge(race_key key) override;
  void check(race_key key, const journal_stamp& stamp, std::function<void(stamp_check)> found) override;
  void list(class_id cls, std::function<void(journal_listing)> found) override;
  std::uint32_t fill_percent(class_id cls) const override;

  const nats_connection& connection() const { return connection_; }
  jsCtx* context() const { return js_.get(); }

private:
  class writer;
  class reader;

  void take_ack(natsMsg* message);
  void take_listing(std::uint64_t token, std::string_view json);
  void tell(class_id cls, journal_contents contents, const std::function<void(journal_listing)>& found);
  void resubscribe_all();
  void note_fill(class_id cls, std::uint32_t percent);
  void look_at_fills();

  struct asked_listing {
    std::uint64_t token = 0;
    std::function<void(journal_listing)> found;
  };
  struct fill {
    std::uint32_t percent = 0;
    std::chrono::steady_clock::time_point since{}; ///< of `percent`
    bool wanted = false;                           ///< somebody asked since the last look
  };
  mutable std::mutex fill_mutex_;
  mutable std::map<class_id, fill> fills_;

  std::mutex mutex_; ///< guards what follows
  std::map<std::uint32_t, std::function<void(journal_ack)>> writers_;
  std::vector<std::weak_ptr<stream_feed>> feeds_;
  std::map<std::uint64_t, std::function<void(bool)>> marks_; ///< that wait for their PubAck
  std::uint64_t next_mark_ = 1;
  std::map<class_id, asked_listing> listings_; ///< that wait for their answer; the last of each class
  std::uint64_t next_listing_ = 1;
  std::size_t next_maker_ = 0;
  std::uint32_t next_writer_ = 1; ///< 0 stands for marks
  bool stopping_ = false;

  // Last, since their callbacks use the rest.
  nats_connection connection_;
  jetstream js_;
  std::string inbox_;
  std::array<worker, 16> makers_; ///< of consumers; a feed keeps to its own
  worker blocking_;
  nats_subscription acks_;
};

} // namespace alleycat
