#include "node/nats/streams.hpp"

#include "messages/subjects.hpp"

#include <algorithm>
#include <stdexcept>

namespace alleycat {

namespace {

constexpr std::chrono::milliseconds answer_deadline{2'000};

struct stream_plan {
  std::string name;
  std::vector<std::string> subjects;
  jsStorageType storage = js_FileStorage;
  std::int64_t max_bytes = -1;
  std::chrono::nanoseconds max_age{0}; ///< 0 = for ever
  std::int64_t per_subject = -1;
  jsDiscardPolicy discard = js_DiscardNew;
  bool bucket = false; ///< as NATS' KV makes them
};

constexpr std::int64_t replicas_of_a_cluster = 3;

stream_plan generations_plan() {
  return {std::string{generations_stream}, {std::string{all_generations}}, js_FileStorage, -1, {}, 1, js_DiscardOld};
}

std::vector<stream_plan> plans(const node_config& config) {
  std::vector<stream_plan> all;
  const auto storage = config.journal.storage == journal_storage::memory ? js_MemoryStorage : js_FileStorage;
  const bool kept = config.journal.storage != journal_storage::off;
  for (const auto& c : kept ? config.rules.classes : std::vector<class_rules>{})
    all.push_back(
        {journal_stream(c.id), {journal_wildcard(c.id)}, storage, static_cast<std::int64_t>(config.journal.max_bytes)});
  all.push_back(
      {std::string{results_stream}, {std::string{all_results}, std::string{all_rides}}, js_FileStorage, -1, {}, 1});
  all.push_back({std::string{bests_stream}, {std::string{all_bests}}, js_FileStorage, -1, {}, 1, js_DiscardOld});
  all.push_back({std::string{edits_stream}, {std::string{all_edits}}});
  all.push_back(generations_plan());
  all.push_back({std::string{deadletter_stream},
                 {std::string{all_deadletters}},
                 js_FileStorage,
                 100LL << 20,
                 std::chrono::days{1},
                 -1,
                 js_DiscardOld});
  return all;
}

natsStatus ensure(jsCtx* js, const stream_plan& plan, std::int64_t replicas, jsErrCode& code) {
  jsStreamConfig config;
  jsStreamConfig_Init(&config);
  std::vector<const char*> subjects;
  for (const auto& s : plan.subjects)
    subjects.push_back(s.c_str());
  config.Name = plan.name.c_str();
  config.Subjects = subjects.data();
  config.SubjectsLen = static_cast<int>(subjects.size());
  config.Storage = plan.storage;
  config.MaxBytes = plan.max_bytes;
  config.MaxAge = plan.max_age.count();
  config.MaxMsgsPerSubject = plan.per_subject;
  config.Discard = plan.discard;
  // Create-only writes of a full subject must fail, not replace.
  config.DiscardNewPerSubject = plan.per_subject == 1 && plan.discard == js_DiscardNew && !plan.bucket;
  config.AllowDirect = true;
  config.AllowRollup = plan.bucket;
  config.DenyDelete = plan.bucket;
  config.Replicas = replicas;
  jsOptions options;
  jsOptions_Init(&options);
  options.Wait = 2 * answer_deadline.count();
  code = static_cast<jsErrCode>(0);
  const auto status = js_AddStream(nullptr, js, &config, &options, &code);
  return status != NATS_OK && code == JSStreamNameExistErr ? js_UpdateStream(nullptr, js, &config, &options, &code)
                                                           : status;
}

/// On a NATS cluster with replicas, on a single nats-server without: it says so itself.
/// @param replicas  to try first; what was found to be right when it returns
void ensure(jsCtx* js, const stream_plan& plan, std::int64_t& replicas) {
  auto code = static_cast<jsErrCode>(0);
  auto status = ensure(js, plan, replicas, code);
  if (status != NATS_OK && code == JSStreamReplicasNotSupportedErr && replicas > 1) {
    replicas = 1;
    status = ensure(js, plan, replicas, code);
  }
  if (status != NATS_OK && code == JSClusterNoPeersErr)
    throw std::runtime_error{"stream " + plan.name +
                             ": the NATS cluster has not three servers with JetStream that are up and have room"};
  if (status != NATS_OK)
    throw std::runtime_error{"stream " + plan.name + ": " + natsStatus_GetText(status) + " (JetStream error " +
                             std::to_string(static_cast<int>(code)) + ", " + nats_GetLastError(nullptr) + ")"};
}

} // namespace

jetstream jetstream_of(const nats_connection& connection) {
  jsCtx* js = nullptr;
  jsOptions options;
  jsOptions_Init(&options);
  options.Wait = answer_deadline.count();
  if (natsConnection_JetStream(&js, connection.get(), &options) != NATS_OK)
    throw std::runtime_error{"no JetStream context"};
  return jetstream{js};
}

void ensure_streams(jsCtx* js, const node_config& config) {
  auto replicas = replicas_of_a_cluster;
  for (const auto& plan : plans(config))
    ensure(js, plan, replicas);
}

std::optional<std::string> ensure_lost_streams(jsCtx* js, const node_config& config, std::size_t& turn) {
  const auto all = plans(config);
  const auto& looked_at = all[turn++ % all.size()];
  jsOptions options;
  jsOptions_Init(&options);
  options.Wait = answer_deadline.count();
  jsStreamInfo* info = nullptr;
  auto code = static_cast<jsErrCode>(0);
  const auto status = js_GetStreamInfo(&info, js, looked_at.name.c_str(), &options, &code);
  jsStreamInfo_Destroy(info);
  // A stream without a leader, or a server that is away, answers nothing or something else.
  if (status == NATS_OK || code != JSStreamNotFoundErr)
    return std::nullopt;
  ensure_streams(js, config);
  return looked_at.name;
}

void ensure_bucket(jsCtx* js) {
  auto replicas = replicas_of_a_cluster;
  stream_plan plan{std::string{cluster_stream}, {bucket_subject(">")}};
  plan.per_subject = 1;
  plan.bucket = true;
  ensure(js, plan, replicas);
}

void write_generation_note(jsCtx* js, std::uint64_t number) {
  jsPubOptions options;
  jsPubOptions_Init(&options);
  options.MaxWait = answer_deadline.count();
  const auto status = js_Publish(nullptr, js, generation_subject(number).c_str(), "", 0, &options, nullptr);
  if (status != NATS_OK)
    throw std::runtime_error{std::string{"a generation of epochs was not noted: "} + natsStatus_GetText(status)};
}

std::optional<std::uint64_t> highest_noted_generation(jsCtx* js) {
  const std::string filter{all_generations};
  jsOptions options;
  jsOptions_Init(&options);
  options.Wait = answer_deadline.count();
  options.Stream.Info.SubjectsFilter = filter.c_str();
  jsStreamInfo* info = nullptr;
  auto code = static_cast<jsErrCode>(0);
  if (js_GetStreamInfo(&info, js, std::string{generations_stream}.c_str(), &options, &code) != NATS_OK) {
    if (code != JSStreamNotFoundErr)
      return std::nullopt;
    auto replicas = replicas_of_a_cluster;
    try {
      ensure(js, generations_plan(), replicas);
    } catch (const std::runtime_error&) {
      return std::nullopt;
    }
    return 0;
  }
  std::uint64_t highest = 0;
  if (info->State.Subjects != nullptr)
    for (int i = 0; i < info->State.Subjects->Count; ++i)
      if (const auto number = parse_generation_subject(info->State.Subjects->List[i].Subject))
        highest = std::max(highest, *number);
  jsStreamInfo_Destroy(info);
  return highest;
}

std::optional<journal_contents> contents_of_journal(jsCtx* js, class_id cls, bool with_subjects) {
  const auto stream = journal_stream(cls);
  const auto filter = journal_wildcard(cls);
  jsOptions options;
  jsOptions_Init(&options);
  options.Wait = answer_deadline.count();
  if (with_subjects)
    options.Stream.Info.SubjectsFilter = filter.c_str();
  jsStreamInfo* info = nullptr;
  if (js_GetStreamInfo(&info, js, stream.c_str(), &options, nullptr) != NATS_OK)
    return std::nullopt;
  journal_contents found;
  found.bytes = info->State.Bytes;
  found.max_bytes = info->Config->MaxBytes < 0 ? 0 : static_cast<std::uint64_t>(info->Config->MaxBytes);
  found.last_sequence = info->State.LastSeq;
  if (info->State.Subjects != nullptr)
    for (int i = 0; i < info->State.Subjects->Count; ++i) {
      const auto& subject = info->State.Subjects->List[i];
      if (const auto key = parse_journal_subject(subject.Subject))
        found.subjects.emplace_back(*key, subject.Msgs);
    }
  jsStreamInfo_Destroy(info);
  std::sort(found.subjects.begin(), found.subjects.end());
  return found;
}

std::optional<std::vector<stream_size>> sizes_of_streams(jsCtx* js) {
  jsOptions options;
  jsOptions_Init(&options);
  options.Wait = answer_deadline.count();
  jsStreamInfoList* list = nullptr;
  if (js_Streams(&list, js, &options, nullptr) != NATS_OK)
    return std::nullopt;
  const std::unique_ptr<jsStreamInfoList, void (*)(jsStreamInfoList*)> owned{list, jsStreamInfoList_Destroy};
  std::vector<stream_size> sizes;
  for (int i = 0; i < list->Count; ++i) {
    const auto& info = *list->List[i];
    const std::string name{info.Config->Name};
    if (name.starts_with("ALLEYCAT_") || name == cluster_stream)
      sizes.push_back({name, info.State.Msgs, info.State.Bytes,
                       static_cast<std::uint64_t>(std::max<std::int64_t>(info.Config->MaxBytes, 0))});
  }
  std::sort(sizes.begin(), sizes.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return sizes;
}

} // namespace alleycat
