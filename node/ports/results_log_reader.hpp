/// The results stream and the changelog, as the history actor reads them.
#pragma once

#include "actors/ports.hpp"
#include "node/nats/nats_connection.hpp"
#include "node/nats/stream_feed.hpp"
#include "node/nats/streams.hpp"
#include "node/nats/worker.hpp"

#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace alleycat {

/// Header of a result in the stream: the stamp of the journal it was made from, "<position> <milliseconds> <checksum>".
inline constexpr const char* journal_stamp_header = "Alleycat-Journal";
std::string stamp_text(const journal_stamp& stamp);
/// @returns a stamp with what the text says; none where it is none of ours
std::optional<journal_stamp> parse_stamp(std::string_view text);

/// A message of ALLEYCAT_RESULTS or ALLEYCAT_BESTS as what it carries.
decltype(results_log_item::content) decode_history(natsMsg* message);

class jetstream_results_log : public results_log_port {
public:
  jetstream_results_log(const std::vector<std::string>& urls, const std::string& node_name);
  ~jetstream_results_log() override;

  std::unique_ptr<results_log_reader> open_reader(record_stream stream, const stream_cursor& after,
                                                  std::shared_ptr<handoff<results_log_item>> into,
                                                  std::function<void()> wake) override;

  /// The epoch of who wrote last into the results stream or the changelog; 0 = nobody.
  /// @throws std::runtime_error when JetStream does not answer
  epoch last_epoch() const;
  const nats_connection& connection() const { return connection_; }

private:
  class reader;
  void resubscribe_all();

  std::mutex mutex_; ///< guards what follows
  std::vector<std::weak_ptr<stream_feed>> feeds_;
  bool stopping_ = false;

  // Last, since their callbacks use the rest.
  nats_connection connection_;
  jetstream js_;
  worker worker_;
};

} // namespace alleycat
