/// The KV bucket `ALLEYCAT_CLUSTER` on JetStream.
///
///     connected ──▶ look (is it the same bucket? make it if it is gone) ──▶ watch from the last entry of each key
///         ▲                                                                    │ all told: entries_read
///         │   reconnected · asked to read all · own entry not seen in 2 s ·    ▼
///         └──────────── sequence went backwards · nobody answers ───────── watching
///
/// Written by plain JetStream publishing: a creation expects that its subject never had a message, which holds on every server, also
/// with replicas (nats-server 2.9.10 lets two compare-and-swap *updates* of a replicated subject win, and nats.c's `kvStore_Create`
/// falls back to one after a deletion). The layout is that of NATS' KV, so `nats kv` and others can read it, but for the key
/// `identity`: whoever finds the bucket without writes one, and by it an emptied and refilled bucket is known to be another. What
/// blocks (looking, opening and closing the watch, cleaning: bucket_stream.hpp) has a thread of its own, so that no heartbeat waits
/// for it. Read back by direct get, of which any replica answers: what it finds is so, what it does not find may yet be there.
#pragma once

#include "cluster/bucket.hpp"
#include "node/nats/bucket_stream.hpp"
#include "node/nats/nats_connection.hpp"
#include "node/nats/streams.hpp"
#include "node/nats/worker.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

namespace alleycat {

struct bucket_settings {
  /// Of a creation or a reading; then its outcome is unknown.
  std::chrono::milliseconds call_deadline{2'000};
  /// An own entry that is stored and not seen by the watch for so long: the watch is dead.
  std::chrono::milliseconds watch_deadline{2'000};
  /// How long the marker of a deleted key stays, by the server's clock. It must outlive every request to create that key.
  std::chrono::milliseconds markers_stay = std::chrono::hours{48};
  /// How often markers are looked at.
  std::chrono::milliseconds clean_each = std::chrono::minutes{10};
};

class jetstream_bucket : public bucket_port {
public:
  /// @param tell  called on a thread of the bucket, one event at a time
  /// @throws std::runtime_error for a URL that is none. A server that does not answer is waited for, for ever.
  jetstream_bucket(const std::vector<std::string>& urls, const std::string& node_name,
                   std::function<void(const bucket_event&)> tell, bucket_settings settings = {});
  /// What was asked before has been sent when it returns, if there is a connection.
  ~jetstream_bucket() override;

  void put(const std::string& key, const std::string& value) override;
  void create(const std::string& key, const std::string& value) override;
  void read(const std::string& key) override;
  void erase(const std::string& key) override;
  void read_all(std::uint64_t token) override;

  const nats_connection& connection() const { return connection_; }
  /// How often everything was read: 1 for the first time.
  std::uint64_t readings() const { return readings_.load(); }
  /// How often the bucket was found to be another one.
  std::uint64_t losses() const { return losses_.load(); }

private:
  using clock = std::chrono::steady_clock;

  enum class call : std::uint8_t { put, create, read, erase };
  struct asked {
    call what = call::put;
    std::string key, value;
  };
  struct read_all_asked {
    std::uint64_t token = 0;
  };
  struct answered {
    std::uint64_t id = 0;
    std::string status; ///< "503": nobody there, "404": no such message; empty: a real answer
    std::string payload;
    bool deleted = false; ///< of a read entry
  };
  struct watched {
    std::uint64_t watch = 0;
    nats_message message;
  };
  struct reconnected {};
  struct subscribed {
    std::uint64_t watch = 0;
    bucket_watch to;
  };
  struct cleaned {
    keys_and_sequences markers;
  };
  using job = std::variant<asked, read_all_asked, answered, watched, reconnected, bucket_look, subscribed, cleaned>;

  /// Outlives the bucket as long as a callback of the library may come. Bounded by what the bucket holds and what was asked.
  struct jobs {
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<job> waiting;
    bool stopping = false;

    void push(job what);
  };

  struct pending {
    call what = call::put;
    std::string key;
    clock::time_point deadline;
  };
  struct marker {
    std::uint64_t sequence = 0;
    nats_time time;
  };

  // cluster_bucket.cpp: requests and answers
  void work();
  void look_around(clock::time_point now);
  void handle(asked& x);
  void handle(answered& x);
  void answer_read(const pending& to, const answered& x);
  /// @returns whether this write came after the one before: else the bucket may be another one
  bool in_order(std::uint64_t id, std::uint64_t sequence);
  void give_up(const pending& what);

  // cluster_bucket_watch.cpp: what is told of all entries
  void handle(read_all_asked& x);
  void handle(reconnected& x);
  void handle(bucket_look& x);
  void handle(subscribed& x);
  void handle(watched& x);
  void handle(cleaned& x);
  void read_soon(std::chrono::milliseconds pause);
  void begin_reading();
  void lose();
  void watch();
  void end_watch();
  void all_told();
  void clean();

  std::function<void(const bucket_event&)> tell_;
  bucket_settings settings_;
  std::shared_ptr<jobs> jobs_ = std::make_shared<jobs>();
  std::atomic<std::uint64_t> readings_{0};
  std::atomic<std::uint64_t> losses_{0};

  // Of the thread.
  std::map<std::uint64_t, pending> pending_; ///< by id
  std::uint64_t last_id_ = 0;
  std::uint64_t stored_id_ = 0;       ///< the latest write that was confirmed
  std::uint64_t stored_sequence_ = 0; ///< its place in the stream
  std::uint64_t highest_ = 0;         ///< sequence, of anything
  std::string identity_;              ///< what names the bucket; empty: never seen
  std::optional<clock::time_point> behind_since_;
  std::uint64_t token_ = 0;
  std::optional<clock::time_point> read_at_; ///< a reading is due then
  bool looking_ = false;
  bool reading_ = false;
  std::uint64_t reading_token_ = 0;
  std::uint64_t reading_to_ = 0; ///< all is told when this sequence is reached
  clock::time_point reading_since_;
  std::optional<clock::time_point> quiet_since_; ///< the server has no more to tell, though it should
  std::uint64_t watch_ = 0;
  natsSubscription* subscription_ = nullptr;
  std::uint64_t watched_to_ = 0; ///< sequence
  std::uint64_t awaited_ = 0;    ///< an own entry of this sequence has to come
  clock::time_point awaited_since_;
  std::map<std::string, marker> markers_;
  nats_time newest_; ///< of any entry, by the server's clock
  clock::time_point clean_at_;
  bool cleaning_ = false;

  // Last, since their callbacks use the rest.
  nats_connection connection_;
  jetstream js_;
  std::string inbox_;
  nats_subscription answers_;
  std::atomic<bool> stopping_{false};
  std::unique_ptr<worker> blocking_;
  std::thread thread_;
};

} // namespace alleycat
