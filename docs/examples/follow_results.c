/* Follows the results of Alleycat into SQLite: every ride with its seconds once, however often this is killed.
 *
 *     follow-results nats://127.0.0.1:4222 results.db
 *
 * Exactly once takes three things: the consumer is durable, a batch is one transaction under the rides' own keys, and it is
 * acknowledged behind the commit. Runs until it is stopped; ACK_WAIT_MS is how long the server waits before it sends again. */
#define _POSIX_C_SOURCE 200809L
#include <nats/nats.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ride.pb-c.h"

#define STREAM "ALLEYCAT_RESULTS"
#define DURABLE "follow-results"

static volatile sig_atomic_t stopped = 0;

static void on_signal(int number) {
  (void)number;
  stopped = 1;
}

static void fail(const char* doing, const char* why) {
  fprintf(stderr, "follow-results: %s: %s\n", doing, why);
  exit(1);
}

static void check_nats(natsStatus status, const char* doing) {
  if (status != NATS_OK)
    fail(doing, natsStatus_GetText(status));
}

/* -- the database -------------------------------------------------------------------------------------------------------- */

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS ride (class INTEGER, race INTEGER, racer INTEGER, name TEXT, rank INTEGER, finished INTEGER,"
    " furthest INTEGER, seconds INTEGER, total INTEGER, closed INTEGER, PRIMARY KEY (class, race, racer));"
    "CREATE TABLE IF NOT EXISTS second (class INTEGER, race INTEGER, racer INTEGER, second INTEGER, cadence INTEGER,"
    " resistance INTEGER, output INTEGER, total INTEGER, PRIMARY KEY (class, race, racer, second));"
    "CREATE TABLE IF NOT EXISTS race (class INTEGER, race INTEGER, racers INTEGER, finished INTEGER, closed INTEGER,"
    " PRIMARY KEY (class, race));";

struct database {
  sqlite3* file;
  sqlite3_stmt *ride, *second, *race;
};

static void check_sql(sqlite3* file, int code, int wanted, const char* doing) {
  if (code != wanted)
    fail(doing, sqlite3_errmsg(file));
}

static void run_sql(sqlite3* file, const char* sql) {
  check_sql(file, sqlite3_exec(file, sql, NULL, NULL, NULL), SQLITE_OK, sql);
}

static sqlite3_stmt* prepared(sqlite3* file, const char* sql) {
  sqlite3_stmt* statement = NULL;
  check_sql(file, sqlite3_prepare_v2(file, sql, -1, &statement, NULL), SQLITE_OK, sql);
  return statement;
}

static void open_database(struct database* db, const char* path) {
  if (sqlite3_open(path, &db->file) != SQLITE_OK)
    fail(path, sqlite3_errmsg(db->file));
  run_sql(db->file, schema);
  db->ride = prepared(db->file, "INSERT OR REPLACE INTO ride VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  db->second = prepared(db->file, "INSERT OR REPLACE INTO second VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  db->race = prepared(db->file, "INSERT OR REPLACE INTO race SELECT json_extract(?1, '$.classId'), json_extract(?1, '$.raceId'),"
                                " json_extract(?1, '$.racers'), json_extract(?1, '$.finished'), json_extract(?1, '$.ts')");
}

static void run_statement(struct database* db, sqlite3_stmt* statement) {
  check_sql(db->file, sqlite3_step(statement), SQLITE_DONE, "storing");
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
}

/* -- messages ------------------------------------------------------------------------------------------------------------- */

static int is_present(const Alleycat__V1__Ride* ride, size_t second) {
  const size_t at = (second - 1) / 8;
  return ride->present.len == 0 || (at < ride->present.len && (ride->present.data[at] >> ((second - 1) % 8) & 1) != 0);
}

/* Columns hold differences to the value before. An output is (cadence + 35) * (resistance + 65) / 100; in tenths on both sides it
 * is a whole number of 0.0001. */
static void take_ride(struct database* db, const void* data, size_t size) {
  Alleycat__V1__Ride* ride = alleycat__v1__ride__unpack(NULL, size, data);
  if (ride == NULL)
    fail("a ride", "it is no Protobuf message of ride.proto");
  sqlite3_int64 cadence = 0, resistance = 0, total = 0;
  size_t arrived = 0;
  for (size_t second = 1; second <= ride->furthest; ++second) {
    if (!is_present(ride, second))
      continue;
    if (arrived >= ride->n_cadence || arrived >= ride->n_resistance)
      fail("a ride", "it has fewer values than seconds");
    cadence += ride->cadence[arrived];
    resistance += ride->resistance[arrived];
    ++arrived;
    const sqlite3_int64 output = (cadence + 350) * (resistance + 650);
    total += output;
    const sqlite3_int64 row[] = {ride->class_id, ride->race_id, ride->racer_id, (sqlite3_int64)second,
                                 cadence,        resistance,    output,         total};
    for (int i = 0; i < 8; ++i)
      sqlite3_bind_int64(db->second, i + 1, row[i]);
    run_statement(db, db->second);
  }
  sqlite3_bind_int64(db->ride, 1, ride->class_id);
  sqlite3_bind_int64(db->ride, 2, ride->race_id);
  sqlite3_bind_int64(db->ride, 3, ride->racer_id);
  sqlite3_bind_text(db->ride, 4, ride->name.len == 0 ? "" : (const char*)ride->name.data, (int)ride->name.len, SQLITE_STATIC);
  if (ride->rank != 0) /* 0: did not finish */
    sqlite3_bind_int64(db->ride, 5, ride->rank);
  sqlite3_bind_int64(db->ride, 6, ride->finished);
  sqlite3_bind_int64(db->ride, 7, ride->furthest);
  sqlite3_bind_int64(db->ride, 8, (sqlite3_int64)arrived);
  sqlite3_bind_int64(db->ride, 9, total);
  sqlite3_bind_int64(db->ride, 10, ride->closed);
  run_statement(db, db->ride);
  alleycat__v1__ride__free_unpacked(ride, NULL);
}

static void take(struct database* db, natsMsg* message) {
  const char* data = natsMsg_GetData(message);
  const int size = natsMsg_GetDataLength(message);
  if (strncmp(natsMsg_GetSubject(message), "alleycat.ride.", strlen("alleycat.ride.")) == 0) {
    take_ride(db, data, (size_t)size);
  } else {
    sqlite3_bind_text(db->race, 1, data, size, SQLITE_STATIC);
    run_statement(db, db->race);
  }
}

/* -- following ------------------------------------------------------------------------------------------------------------ */

static natsSubscription* follow(jsCtx* js) {
  const char* wait_ms = getenv("ACK_WAIT_MS");
  jsConsumerConfig config;
  jsConsumerConfig_Init(&config);
  config.Durable = DURABLE;
  config.AckPolicy = js_AckExplicit;
  config.AckWait = (wait_ms != NULL ? atoll(wait_ms) : 30000) * 1000000;
  config.MaxAckPending = 1000;
  check_nats(js_AddConsumer(NULL, js, STREAM, &config, NULL, NULL), "a consumer of " STREAM);
  jsSubOptions options;
  jsSubOptions_Init(&options);
  options.Stream = STREAM;
  options.Consumer = DURABLE;
  natsSubscription* subscription = NULL;
  check_nats(js_PullSubscribe(&subscription, js, "alleycat.>", DURABLE, NULL, &options, NULL), "following " STREAM);
  return subscription;
}

int main(int argc, char** argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: follow-results NATS_URL FILE\n");
    return 2;
  }
  signal(SIGINT, on_signal);
  signal(SIGTERM, on_signal);
  struct database db;
  open_database(&db, argv[2]);

  natsOptions* options = NULL;
  natsConnection* nats = NULL;
  jsCtx* js = NULL;
  check_nats(natsOptions_Create(&options), "NATS client");
  check_nats(natsOptions_SetURL(options, argv[1]), argv[1]);
  check_nats(natsOptions_SetMaxReconnect(options, -1), "NATS client");
  check_nats(natsConnection_Connect(&nats, options), argv[1]);
  check_nats(natsConnection_JetStream(&js, nats, NULL), "JetStream");
  natsSubscription* subscription = follow(js);

  while (!stopped) {
    natsMsgList batch = {0};
    const natsStatus status = natsSubscription_Fetch(&batch, subscription, 20, 1000, NULL);
    if (status != NATS_OK && status != NATS_TIMEOUT) {
      /* NATS is away, and the client connects again. */
      fprintf(stderr, "follow-results: %s\n", natsStatus_GetText(status));
      nanosleep(&(struct timespec){.tv_sec = 1}, NULL);
    }
    if (batch.Count == 0)
      continue;
    run_sql(db.file, "BEGIN");
    for (int i = 0; i < batch.Count; ++i)
      take(&db, batch.Msgs[i]);
    run_sql(db.file, "COMMIT");
    for (int i = 0; i < batch.Count; ++i)
      natsMsg_Ack(batch.Msgs[i], NULL); /* one that is lost comes again, and changes nothing */
    printf("stored %d\n", batch.Count);
    fflush(stdout);
    natsMsgList_Destroy(&batch);
  }

  natsSubscription_Destroy(subscription);
  jsCtx_Destroy(js);
  natsConnection_Destroy(nats);
  natsOptions_Destroy(options);
  nats_Close();
  sqlite3_finalize(db.ride);
  sqlite3_finalize(db.second);
  sqlite3_finalize(db.race);
  sqlite3_close(db.file);
  return 0;
}
