#include "node/nats/bucket_stream.hpp"

#include "messages/subjects.hpp"
#include "node/nats/streams.hpp"

#include <memory>
#include <optional>
#include <stdexcept>

namespace alleycat {

namespace {

constexpr std::chrono::milliseconds call_deadline{1'000};

using taker = std::function<void(nats_message)>;

void on_watched(natsConnection*, natsSubscription*, natsMsg* message, void* closure) {
  (*static_cast<taker*>(closure))(nats_message{message});
}

void on_watch_over(void* closure) {
  delete static_cast<taker*>(closure);
}

std::optional<std::string> stored_identity(jsCtx* js, jsErrCode& code) {
  jsOptions options;
  jsOptions_Init(&options);
  options.Wait = call_deadline.count();
  natsMsg* raw = nullptr;
  if (js_GetLastMsg(&raw, js, std::string{cluster_stream}.c_str(), bucket_subject(bucket_identity_key).c_str(),
                    &options, &code) != NATS_OK)
    return std::nullopt;
  const nats_message message{raw};
  return std::string{payload_of(raw)};
}

/// The time at which a stream was made can not name it: two nodes that make it at once leave different times with its
/// replicas (nats-server 2.9.10).
/// @returns nothing when there was no answer
std::optional<std::string> identity_of_bucket(jsCtx* js) {
  auto code = static_cast<jsErrCode>(0);
  if (auto name = stored_identity(js, code); name || code != JSNoMessageFoundErr)
    return name;
  jsPubOptions once;
  jsPubOptions_Init(&once);
  once.MaxWait = call_deadline.count();
  once.ExpectNoMessage = true;
  const auto name = new_inbox();
  // Another node may have been first: what stands there counts.
  js_Publish(nullptr, js, bucket_subject(bucket_identity_key).c_str(), name.data(), static_cast<int>(name.size()),
             &once, nullptr);
  return stored_identity(js, code);
}

} // namespace

bool is_deletion(natsMsg* message) {
  const auto operation = header_of(message, "KV-Operation");
  return operation == "DEL" || operation == "PURGE";
}

bucket_look look_at_bucket(jsCtx* js) {
  const std::string stream{cluster_stream};
  jsOptions options;
  jsOptions_Init(&options);
  options.Wait = call_deadline.count();
  jsStreamInfo* found = nullptr;
  auto code = static_cast<jsErrCode>(0);
  auto status = js_GetStreamInfo(&found, js, stream.c_str(), &options, &code);
  if (status != NATS_OK && code == JSStreamNotFoundErr) {
    try {
      ensure_bucket(js);
    } catch (const std::runtime_error& e) {
      return {e.what(), false, "", 0};
    }
    status = js_GetStreamInfo(&found, js, stream.c_str(), &options, &code);
  }
  if (status != NATS_OK)
    return {natsStatus_GetText(status), true, "", 0};
  const std::unique_ptr<jsStreamInfo, decltype(&jsStreamInfo_Destroy)> info{found, jsStreamInfo_Destroy};
  const auto name = identity_of_bucket(js);
  if (!name)
    return {"nobody names the bucket", false, "", 0};
  return {"", false, *name, info->State.LastSeq};
}

bucket_watch open_bucket_watch(jsCtx* js, std::function<void(nats_message)> take) {
  jsSubOptions options;
  jsSubOptions_Init(&options);
  const std::string stream{cluster_stream};
  options.Stream = stream.c_str();
  options.Ordered = true;
  options.Config.DeliverPolicy = js_DeliverLastPerSubject;
  auto closure = std::make_unique<taker>(std::move(take));
  natsSubscription* subscription = nullptr;
  const auto status = js_Subscribe(&subscription, js, bucket_subject(">").c_str(), on_watched, closure.get(), nullptr,
                                   &options, nullptr);
  if (status != NATS_OK)
    return {nullptr, natsStatus_GetText(status)};
  natsSubscription_SetPendingLimits(subscription, -1, -1);
  natsSubscription_SetOnCompleteCB(subscription, on_watch_over, closure.release());
  return {subscription, ""};
}

void close_bucket_watch(natsSubscription* watch) {
  if (watch == nullptr)
    return;
  natsSubscription_Unsubscribe(watch);
  natsSubscription_Destroy(watch);
}

keys_and_sequences purge_markers(jsCtx* js, const keys_and_sequences& old, const std::function<bool()>& go_on) {
  keys_and_sequences gone;
  for (const auto& [key, sequence] : old) {
    const auto subject = bucket_subject(key);
    jsOptions options;
    jsOptions_Init(&options);
    options.Wait = call_deadline.count();
    options.Stream.Purge.Subject = subject.c_str();
    options.Stream.Purge.Sequence = sequence + 1;
    if (!go_on() || js_PurgeStream(js, std::string{cluster_stream}.c_str(), &options, nullptr) != NATS_OK)
      break;
    gone.emplace_back(key, sequence);
  }
  return gone;
}

} // namespace alleycat
