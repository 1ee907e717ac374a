#include "node/backend.hpp"

#include "actors/archive.hpp"
#include "actors/calendar.hpp"
#include "actors/defaults.hpp"
#include "actors/editor.hpp"
#include "actors/errors.hpp"
#include "actors/follower.hpp"
#include "actors/ingest.hpp"
#include "actors/registry.hpp"
#include "actors/retention.hpp"
#include "actors/store.hpp"
#include "cluster/rule_text.hpp"
#include "messages/subjects.hpp"
#include "node/cluster_side.hpp"
#include "node/config/options.hpp"
#include "node/config/peer_address.hpp"
#include "node/held_port.hpp"
#include "node/http/http_server.hpp"
#include "node/http/web_folder.hpp"
#include "node/metrics.hpp"
#include "node/nats/worker.hpp"
#include "node/peers/wire.hpp"
#include "node/ports/answers.hpp"
#include "node/ports/dead_letters.hpp"
#include "node/ports/ephemeral_journal.hpp"
#include "node/ports/journal.hpp"
#include "node/ports/publisher.hpp"
#include "node/ports/results.hpp"
#include "node/ports/results_log_reader.hpp"
#include "node/ports/updates.hpp"
#include "node/queries/queries.hpp"
#include "node/queries/services.hpp"
#include "node/status.hpp"
#include "node/telemetry/log.hpp"
#include "node/telemetry/version.hpp"
#include "persistence/lmdb_store.hpp"
#include "racing/failpoint.hpp"

#include <caf/all.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <mutex>
#include <random>
#include <stdexcept>
#include <thread>
#include <utility>

namespace alleycat {

namespace {

using namespace std::chrono_literals;

constexpr auto streams_deadline = 60s;
constexpr auto flush_deadline = 10s;
constexpr auto ready_deadline = 2s;
constexpr auto health_interval = 1s;
constexpr auto keeper_interval = 1s;
constexpr auto health_deadline = 1s;
/// For the server to know the subscriptions of this node.
constexpr auto subscription_deadline = 5s;
/// Messages that wait for the query thread.
constexpr int query_limit = 10'000;
constexpr std::size_t archive_readers = 3;

class system_clock_port : public clock_port {
public:
  unix_ms now() const override {
    return std::chrono::floor<milliseconds>(std::chrono::system_clock::now()) + planted_clock_offset();
  }
  steady_ns steady() const override { return std::chrono::steady_clock::now(); }
};

class node_log : public log_port {
public:
  void info(std::string_view event, std::initializer_list<fact> facts) override {
    write(log_level::info, event, facts);
  }
  void warn(std::string_view event, std::initializer_list<fact> facts) override {
    write(log_level::warn, event, facts);
  }
  void fatal(std::string_view event, std::initializer_list<fact> facts) override {
    write(log_level::error, event, facts);
    std::_Exit(1);
  }

private:
  static void write(log_level level, std::string_view event, std::initializer_list<fact> facts) {
    std::vector<log_field> fields;
    for (const auto& f : facts)
      std::visit([&](const auto& value) { fields.emplace_back(f.key, value); }, f.value);
    log_event(level, event, fields);
  }
};

class actor_config : public caf::actor_system_config {
public:
  explicit actor_config(const std::optional<peer_tls>& tls) {
    alleycat::add_error_category(*this);
    set("scheduler.policy", caf::atom("sharing"));
    // CAF takes four at least: on fewer cores they only wake and push each other. Not one alone: a merge takes its time.
    set("scheduler.max-threads", std::max(std::size_t{2}, std::size_t{std::thread::hardware_concurrency()}));
    set("logger.verbosity", caf::atom("quiet"));
    configure_peers(*this, tls);
  }
};

std::optional<peer_tls> tls_of(const node_config& config) {
  if (config.tls_cert.empty())
    return std::nullopt;
  return peer_tls{config.tls_cert, config.tls_key, config.tls_ca};
}

/// Written by the thread that reloads, read by others.
class latest_config {
public:
  node_config read() const {
    const std::lock_guard lock{mutex_};
    return config_;
  }
  void write(const node_config& config) {
    const std::lock_guard lock{mutex_};
    config_ = config;
  }

private:
  mutable std::mutex mutex_;
  node_config config_;
};

/// Whether SIGTERM or SIGINT waits: the thread that takes them (node/main.cpp) is still busy here.
bool asked_to_leave() {
  sigset_t waiting;
  return sigpending(&waiting) == 0 && (sigismember(&waiting, SIGTERM) == 1 || sigismember(&waiting, SIGINT) == 1);
}

/// Tries until JetStream answers: a NATS that starts beside us needs its time.
void wait_for_streams(jsCtx* js, const node_config& config) {
  const auto deadline = std::chrono::steady_clock::now() + streams_deadline;
  for (;;) {
    try {
      return ensure_streams(js, config);
    } catch (const std::runtime_error& e) {
      if (std::chrono::steady_clock::now() >= deadline || asked_to_leave())
        throw;
      log_event(log_level::warn, "nats.not_ready", {{"error", e.what()}});
      std::this_thread::sleep_for(1s);
    }
  }
}

/// How long updates may wait in the socket: a fifth of what they wait for their batch when the node starts, and never so long that a
/// rider's answer would be noticeably later.
std::chrono::microseconds longest_nap(const node_config& config) {
  return std::min<std::chrono::microseconds>(4ms, std::chrono::milliseconds{config.journal.linger_ms} / 5);
}

} // namespace

struct backend::impl {
  impl(const node_config& config, const std::vector<std::string>& servers)
      : node_name{config.name}, urls{servers},
        incoming{urls, config.name + " updates", {}, while_away::buffer, sending::gathered, longest_nap(config)},
        outgoing{urls, config.name + " out"}, live{urls, config.name + " live", {}, while_away::drop, sending::at_once},
        views{urls, config.name + " views", {}, while_away::drop}, journal{urls, config.name},
        results_log{urls, config.name}, ephemeral{config.journal.storage == journal_storage::off
                                                      ? std::make_unique<ephemeral_journal>(urls, config.name,
                                                                                            config.rules.classes, clock)
                                                      : nullptr},
        results_out{urls, config.name}, results_removal{urls, config.name}, letters{outgoing, clock},
        answers{outgoing, clock}, desk{outgoing, clock, config.name}, caf_config{tls_of(config)} {}

  void take_limits(const node_config& config);
  void open_store(const node_config& config);
  void make_publisher();
  void join_cluster(const node_config& config);
  void look_at_health();
  void look_at_streams();
  void start_actors();
  archive_actor spawn_archives();
  void start_ingest(const node_config& config);
  void start_listening(const node_config& config);
  void start_http(const node_config& config);
  std::vector<std::pair<std::string_view, nats_subscription::backlog>> backlogs() const;
  std::string not_ready();
  void stop();

  // In the order of dependence: what stands below uses what stands above.
  std::string node_name;
  std::vector<std::string> urls;
  system_clock_port clock;
  node_log log;
  meters counts;
  query_meters asked;
  name_book names;
  correction_book edits;
  latest_config taken;
  std::atomic<std::uint64_t> store_limit{0};
  std::unique_ptr<lmdb_store> records;
  nats_connection incoming;
  nats_connection outgoing; ///< answers, events of the cluster
  nats_connection live;     ///< standings, results, events
  nats_connection views;    ///< one for each rider and second
  jetstream_journal journal;
  jetstream_results_log results_log;
  std::unique_ptr<ephemeral_journal> ephemeral; ///< with `journal.storage off`
  results_writer results_out;
  results_writer results_removal; ///< of its own: closing races do not wait while old ones are removed
  dead_letters letters;
  answer_desk answers;
  service_desk desk;
  std::unique_ptr<nats_publisher> publisher;
  nats_publisher* publisher_seen = nullptr;
  cluster_side cluster{counts, publisher_seen};
  actor_context context;

  actor_config caf_config;
  std::unique_ptr<caf::actor_system> system;
  store_actor store_handle;
  store_actor reader_handle;
  archive_actor archive_handle;
  calendar_actor calendar_handle;
  results_actor results_handle;
  results_actor removal_handle;
  editor_actor editor_handle;
  follower_actor follower_handle;
  retention_actor retention_handle;
  registry_actor registry_handle;
  query_actor query_handle;
  std::vector<ingest_actor> ingests;

  std::vector<std::unique_ptr<update_listener>> listeners;
  std::unique_ptr<query_entrance> entrance;
  nats_subscription query_subscription;
  nats_subscription ghost_subscription;
  std::unique_ptr<stream_watch> streams;
  metrics_page metrics;
  status_page status{context.rules, counts, cluster};
  std::unique_ptr<http_server> http;
  milliseconds drain_deadline = 10s;
  std::size_t keeper_turn = 0;
  std::unique_ptr<worker> health;
  std::unique_ptr<worker> keeper; ///< of streams
  bool stopped = false;
};

void backend::impl::take_limits(const node_config& config) {
  context.standings_min_interval = milliseconds{config.standings_min_interval_ms};
  context.journal_linger = milliseconds{config.journal.linger_ms};
  context.history_keep = milliseconds{static_cast<std::int64_t>(config.history_keep_days * 86'400'000)};
  records->limit_map(config.history_max_bytes);
  store_limit = config.history_max_bytes;
  taken.write(config);
}

void backend::impl::open_store(const node_config& config) {
  lmdb_options options;
  options.ride_seconds = config.rules.race.ride_seconds;
  options.max_map_bytes = config.history_max_bytes;
  if (config.rebuild) {
    log_event(log_level::info, "store.rebuild", {{"folder", (config.data / "store").string()}});
    set_aside_lmdb_store(config.data / "store");
  }
  records = open_lmdb_store(config.data / "store", options);
  records->each_name([this](racer_id racer, const std::string& name) { names.set(racer, name); });
  context.names = &names;
  context.edits = &edits;
  records->each_edit([this](const edit& e) { take_edit(context, e); });
  context.rules = config.rules;
  take_limits(config);
  context.clock = &clock;
  context.journal = ephemeral ? static_cast<journal_port*>(ephemeral.get()) : &journal;
  context.results_log = &results_log;
  context.answers = &answers;
  context.log = &log;
  context.counts = &counts;
  for (const auto& cls : config.rules.classes)
    counts.classes[cls.id];
  context.ownership = &cluster;
}

/// One handle for several that read at the same time: a long answer holds no other one up.
archive_actor backend::impl::spawn_archives() {
  const auto pool = caf::actor_pool::make(
      system->dummy_execution_unit(), archive_readers,
      [this] {
        return caf::actor_cast<caf::actor>(
            system->spawn<caf::detached>(archive, &context, static_cast<record_store*>(records.get())));
      },
      caf::actor_pool::round_robin());
  return caf::actor_cast<archive_actor>(pool);
}

void backend::impl::make_publisher() {
  publisher = std::make_unique<nats_publisher>(nats_publisher::connections{live, views, outgoing}, clock, names, counts,
                                               [this] { return cluster.trusted(); });
  publisher_seen = publisher.get();
  context.publisher = publisher.get();
}

void backend::impl::start_actors() {
  system = std::make_unique<caf::actor_system>(caf_config);
  store_handle = system->spawn<caf::detached>(store, &context, static_cast<record_store*>(records.get()));
  reader_handle = system->spawn<caf::detached>(store, &context, static_cast<record_store*>(records.get()));
  results_handle = system->spawn<caf::detached>(results, &results_out);
  removal_handle = system->spawn<caf::detached>(results, &results_removal);
  archive_handle = spawn_archives();
  calendar_handle = system->spawn<caf::detached>(calendar, &context, static_cast<record_store*>(records.get()));
  editor_handle = system->spawn(editor, &context, store_handle, removal_handle);
  follower_handle = system->spawn(follower, &context, store_handle, calendar_handle, editor_handle);
  registry_handle =
      system->spawn(registry, &context,
                    registry_partners{store_handle, reader_handle, archive_handle, results_handle, follower_handle});
  retention_handle =
      system->spawn(retention, &context, retention_partners{reader_handle, store_handle, removal_handle});
  query_handle = system->spawn(queries, &context, &outgoing,
                               query_partners{registry_handle, archive_handle, calendar_handle, editor_handle,
                                              removal_handle, &desk, &cluster, &asked});
}

void backend::impl::join_cluster(const node_config& config) {
  drain_deadline = std::chrono::seconds{config.drain_seconds};
  // Others are told the port before the peers listen on it.
  std::optional<held_port> held;
  if (config.listen.port == 0)
    held.emplace();
  const auto port = held ? held->number() : config.listen.port;
  auto told = advertised(config);
  if (told.port == 0)
    told.port = port;
  cluster_side::settings how;
  how.driver.urls = urls;
  auto& mine = how.driver.ownership;
  mine.name = config.name;
  mine.address = to_string(told);
  mine.started = clock.now();
  mine.version = std::string{versions().alleycat};
  mine.protocol = peer_protocol;
  mine.rules = rules_text(config.rules);
  mine.rules_digest = rules_digest(config.rules);
  for (const auto& cls : config.rules.classes)
    mine.classes.push_back(cls.id);
  mine.starts = records->count_start();
  mine.salt = static_cast<std::uint16_t>(std::random_device{}());
  mine.timing.drain = drain_deadline;
  how.driver.look_outside = [this, classes = mine.classes] {
    // The streams may have been lost together with the bucket: what this node stored is still known here.
    auto highest = results_log.last_epoch();
    for (const auto cls : classes)
      for (const auto& newest : records->races(cls, std::nullopt, 1))
        if (const auto stored = records->result(newest.key))
          highest = std::max(highest, stored->owner_epoch);
    return highest;
  };
  how.peers.hello = {std::string{versions().alleycat}, 1, mine.reads, mine.rules_digest, mine.rules};
  how.peers.listen_host = config.listen.host;
  how.peers.listen_port = port;
  how.peers.tls = tls_of(config).has_value();
  how.connection = &outgoing;
  how.before_listening = [&held] { held.reset(); };
  cluster.start(*system, std::move(how), registry_handle, query_handle);
  health = std::make_unique<worker>(health_interval, [this] { look_at_health(); });
  keeper = std::make_unique<worker>(keeper_interval, [this] { look_at_streams(); });
}

/// Fit: journal and output answer a round trip. Ready: the store has caught up.
void backend::impl::look_at_health() {
  const bool fit =
      journal.connection().answers(health_deadline) && live.answers(health_deadline) && views.answers(health_deadline);
  cluster.driver()->health(fit, counts.follower_current.value() != 0);
  node_load load;
  load.races = static_cast<std::uint32_t>(counts.races_open.value());
  load.riders = static_cast<std::uint32_t>(counts.riders_live.value());
  for (const auto& [cls, of] : counts.classes)
    load.lag_ms = std::max(load.lag_ms, static_cast<std::uint32_t>(of.lag_ms()));
  cluster.driver()->set_load(load);
  incoming.share(cluster.nodes());
  status.sample();
}

/// Nothing else makes them anew while the node runs: without them bikes are answered `busy`, and results wait.
void backend::impl::look_at_streams() {
  try {
    const auto config = taken.read();
    if (const auto gone = ensure_lost_streams(journal.context(), config, keeper_turn))
      log_event(log_level::error, "streams.lost", {{"stream", *gone}, {"done", std::string{"made anew, empty"}}});
  } catch (const std::exception& e) {
    log_event(log_level::warn, "streams.not_made", {{"error", e.what()}});
  }
}

/// Once the cluster is there: whoever owns a class is told of updates for it.
void backend::impl::start_ingest(const node_config& config) {
  for (std::uint32_t i = 0; i < config.journal.ingest_actors; ++i) {
    auto inbox = std::make_shared<handoff<arrival>>(defaults::inbox_limit);
    ingests.push_back(system->spawn(ingest, &context, inbox, registry_handle));
    listeners.push_back(std::make_unique<update_listener>(
        incoming, config.rules.race.ride_seconds, inbox,
        [handle = ingests.back()] { caf::anon_send(handle, arrived{}); }, answers, counts, letters));
  }
}

void backend::impl::start_listening(const node_config&) {
  entrance =
      std::make_unique<query_entrance>([this](query question) { caf::anon_send(query_handle, std::move(question)); },
                                       [this](const std::string& reply_to, const std::string& answer) {
                                         counts.questions_refused.add();
                                         desk.queries().add(answer, {});
                                         outgoing.publish(reply_to.c_str(), answer);
                                       });
  const auto ask = [this](natsMsg* message) {
    if (const auto reply = reply_of(message); may_answer(reply))
      entrance->take(subject_of(message), payload_of(message), reply);
  };
  const std::string queue{query_queue};
  query_subscription = outgoing.subscribe(std::string{all_queries}.c_str(), queue.c_str(), ask, query_limit);
  ghost_subscription = outgoing.subscribe(std::string{all_ghost_requests}.c_str(), queue.c_str(), ask, query_limit);
  desk.open();
  outgoing.flush(subscription_deadline); // who finds the node ready can ask it
}

std::vector<std::pair<std::string_view, nats_subscription::backlog>> backend::impl::backlogs() const {
  std::vector<std::pair<std::string_view, nats_subscription::backlog>> found{{"queries", query_subscription.waiting()},
                                                                             {"ghosts", ghost_subscription.waiting()}};
  for (const auto& listener : listeners) {
    found.emplace_back("updates", listener->waiting_updates());
    found.emplace_back("batches", listener->waiting_batches());
  }
  return found;
}

std::string backend::impl::not_ready() {
  if (!incoming.connected() || !outgoing.connected() || !journal.connection().connected())
    return "not connected to NATS";
  caf::scoped_actor self{*system};
  std::string reason;
  self->request(follower_handle, ready_deadline, get_follow_progress{})
      .receive(
          [&](const follow_progress& progress) {
            if (!progress.current)
              reason = "reading the history: " + std::to_string(progress.taken) + " messages taken, " +
                       std::to_string(progress.left) + " left";
          },
          [&](const caf::error& e) { reason = system->render(e); });
  if (!reason.empty())
    return reason;
  self->request(registry_handle, ready_deadline, get_open_races{})
      .receive(
          [&](const open_races& open) {
            const auto seen = cluster.picture();
            if (seen->draining)
              reason = "leaving the cluster";
            else if (seen->trusted == trust::stale)
              reason = "joining the cluster";
            for (const auto& cls : context.rules.classes) {
              const auto owner = seen->owners.find(cls.id);
              const auto owned = std::find_if(open.classes.begin(), open.classes.end(),
                                              [&](const owned_class& each) { return each.cls == cls.id; });
              if (owner == seen->owners.end())
                reason = "class " + std::to_string(cls.id.value()) + " has no owner yet";
              else if (owned != open.classes.end() ? !owned->ready : owner->second.name == node_name)
                reason = "reading class " + std::to_string(cls.id.value()) + " and its races";
            }
          },
          [&](const caf::error& e) { reason = system->render(e); });
  return reason;
}

void backend::impl::start_http(const node_config& config) {
  streams = std::make_unique<stream_watch>(outgoing);
  metrics.add([this](collector& into) { collect_meters(counts, into); });
  metrics.add(collect_actors);
  metrics.add(
      [this, data = config.data](collector& into) { collect_store(counts, clock.now(), data, store_limit, into); });
  metrics.add([this](collector& into) { collect_dead_letters(letters, into); });
  metrics.add([this](collector& into) {
    collect_connections({&incoming, &outgoing, &live, &views, &journal.connection()}, into);
  });
  metrics.add([this](collector& into) { collect_backlogs(backlogs(), into); });
  metrics.add([this](collector& into) { collect_streams(*streams, into); });
  metrics.add([this](collector& into) { collect_queries(asked, into); });
  metrics.add([this](collector& into) { collect_cluster(cluster, counts, into); });
  http =
      std::make_unique<http_server>(http_settings{.host = config.http.host,
                                                  .port = config.http.port,
                                                  .web = config.web.empty() ? find_page(program_folder()) : config.web,
                                                  .socket = {config.ws_url, config.ws_port},
                                                  .certificate = config.http_cert,
                                                  .key = config.http_key});
  http->handle("/healthz", [](auto, const auto&) { return http_reply{200, "text/plain; charset=utf-8", "alive\n"}; });
  http->handle("/readyz", [this](auto, const auto&) {
    const auto reason = not_ready();
    return reason.empty() ? http_reply{200, "text/plain; charset=utf-8", "ready\n"}
                          : http_reply{503, "text/plain; charset=utf-8", reason + "\n"};
  });
  http->handle("/metrics", [this](auto, const auto&) {
    return http_reply{200, "text/plain; version=0.0.4; charset=utf-8", metrics.text()};
  });
  http->handle("/status", [this](auto, const auto&) {
    return http_reply{200, "text/html; charset=utf-8", status.html(not_ready(), clock.now())};
  });
  http->handle("/status.json", [this](auto, const auto&) {
    return http_reply{200, "application/json", status.json(not_ready(), clock.now())};
  });
  http->handle("/status.css", [](auto, const auto&) {
    return http_reply{200, "text/css; charset=utf-8", status_page::css()};
  });
  const auto page_config = nlohmann::ordered_json{{"wsUrl", config.ws_url}, {"wsPort", config.ws_port}}.dump();
  http->handle("/config.json", [page_config](auto, const auto&) {
    return http_reply{200, "application/json", page_config};
  });
  if (const auto fault = http->start())
    throw std::runtime_error{*fault};
}

void backend::impl::stop() {
  if (std::exchange(stopped, true))
    return;
  cluster.drain(drain_deadline + 1s);
  health.reset();
  keeper.reset();
  listeners.clear();
  query_subscription = {};
  ghost_subscription = {};
  desk.close();
  if (http)
    http->stop();
  if (system) {
    caf::scoped_actor self{*system};
    for (const auto& handle : ingests)
      self->request(handle, flush_deadline, flush_pending{})
          .receive([](flushed) {}, [](const caf::error&) { log_event(log_level::warn, "node.flush_incomplete"); });
    outgoing.flush(2s);
    cluster.stop();
    for (const auto& handle : ingests)
      self->send_exit(handle, caf::exit_reason::user_shutdown);
    self->send_exit(query_handle, caf::exit_reason::user_shutdown);
    self->send_exit(registry_handle, caf::exit_reason::user_shutdown);
    self->send_exit(retention_handle, caf::exit_reason::user_shutdown);
    self->send_exit(follower_handle, caf::exit_reason::user_shutdown);
    self->send_exit(editor_handle, caf::exit_reason::user_shutdown);
    self->send_exit(results_handle, caf::exit_reason::user_shutdown);
    self->send_exit(removal_handle, caf::exit_reason::user_shutdown);
    self->send_exit(store_handle, caf::exit_reason::user_shutdown);
    self->send_exit(reader_handle, caf::exit_reason::user_shutdown);
    self->send_exit(archive_handle, caf::exit_reason::user_shutdown);
    self->send_exit(calendar_handle, caf::exit_reason::user_shutdown);
  }
  ingests.clear();
  query_handle = nullptr;
  registry_handle = nullptr;
  retention_handle = nullptr;
  follower_handle = nullptr;
  editor_handle = nullptr;
  results_handle = nullptr;
  removal_handle = nullptr;
  store_handle = nullptr;
  reader_handle = nullptr;
  archive_handle = nullptr;
  calendar_handle = nullptr;
  system.reset(); // waits for all actors
}

backend::backend(const node_config& config, const std::vector<std::string>& urls)
    : impl_{std::make_unique<impl>(config, urls)} {
  times_are_taken = config.timing == metrics_timing::on;
  try {
    impl_->open_store(config);
    wait_for_streams(impl_->journal.context(), config);
    impl_->make_publisher();
    impl_->start_actors();
    impl_->join_cluster(config);
    impl_->start_ingest(config);
    impl_->start_listening(config);
    impl_->start_http(config);
  } catch (...) {
    // The actor system waits for its actors, which wait to be told.
    impl_->stop();
    throw;
  }
}

backend::~backend() {
  stop();
}

void backend::stop() {
  impl_->stop();
}

bool backend::answers() const {
  bool answered = false;
  caf::scoped_actor self{*impl_->system};
  self->request(impl_->registry_handle, ready_deadline, get_open_races{})
      .receive([&](const open_races&) { answered = true; }, [](const caf::error&) {});
  return answered;
}

void backend::change(const node_config& config) {
  // First what may fail.
  if (config.journal.max_bytes != impl_->taken.read().journal.max_bytes)
    ensure_streams(impl_->journal.context(), config);
  impl_->take_limits(config);
}

std::uint16_t backend::http_port() const {
  return impl_->http->port();
}

} // namespace alleycat
