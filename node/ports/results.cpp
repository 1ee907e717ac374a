#include "node/ports/results.hpp"

#include "actors/errors.hpp"
#include "messages/best_codec.hpp"
#include "messages/edit_codec.hpp"
#include "messages/json.hpp"
#include "messages/ride_codec.hpp"
#include "messages/subjects.hpp"
#include "node/ports/results_log_reader.hpp"
#include "racing/failpoint.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace alleycat {

namespace {

constexpr std::chrono::milliseconds ack_deadline{5'000};
/// Of `JSStreamWrongLastSequenceErr`: the subject has its message already.
constexpr auto already_there = JSStreamWrongLastSequenceErr;
/// Messages on their way at a time.
constexpr std::size_t window = 250;

nats_message message_of(const std::string& subject, std::string_view payload) {
  natsMsg* m = nullptr;
  if (natsMsg_Create(&m, subject.c_str(), nullptr, payload.data(), static_cast<int>(payload.size())) != NATS_OK)
    throw std::runtime_error{"out of memory"};
  return nats_message{m};
}

nats_message create_only(const std::string& subject, std::string_view payload) {
  auto message = message_of(subject, payload);
  natsMsgHeader_Set(message.get(), "Nats-Expected-Last-Subject-Sequence", "0");
  return message;
}

} // namespace

results_writer::results_writer(const std::vector<std::string>& urls, const std::string& node_name)
    : connection_{urls, node_name + " results"} {
  jsOptions options;
  jsOptions_Init(&options);
  options.Wait = ack_deadline.count();
  options.PublishAsync.ErrHandler = refused;
  options.PublishAsync.ErrHandlerClosure = this;
  jsCtx* js = nullptr;
  if (natsConnection_JetStream(&js, connection_.get(), &options) != NATS_OK)
    throw std::runtime_error{"no JetStream context"};
  js_.reset(js);
}

void results_writer::refused(jsCtx*, jsPubAckErr* error, void* self) {
  auto& writer = *static_cast<results_writer*>(self);
  const std::lock_guard lock{writer.mutex_};
  if (error->ErrCode == already_there)
    writer.taken_.emplace_back(subject_of(error->Msg));
  else
    ++writer.failures_;
}

void results_writer::begin() {
  const std::lock_guard lock{mutex_};
  under_way_ = 0;
  failures_ = 0;
  taken_.clear();
}

void results_writer::send(nats_message message) {
  natsMsg* sent = message.release();
  const auto status = js_PublishMsgAsync(js_.get(), &sent, nullptr);
  natsMsg_Destroy(sent); // null when it was taken
  if (status != NATS_OK)
    throw std::runtime_error{std::string{"cannot send: "} + natsStatus_GetText(status)};
  if (++under_way_ % window == 0)
    settle();
}

void results_writer::settle() {
  jsPubOptions options;
  jsPubOptions_Init(&options);
  options.MaxWait = ack_deadline.count();
  const auto status = js_PublishAsyncComplete(js_.get(), &options);
  if (status != NATS_OK) {
    // What was not confirmed will be written again: forget it, or the next call would wait for it.
    natsMsgList open{};
    js_PublishAsyncGetPendingList(&open, js_.get());
    natsMsgList_Destroy(&open);
    throw std::runtime_error{std::string{"not confirmed: "} + natsStatus_GetText(status)};
  }
  const std::lock_guard lock{mutex_};
  if (failures_ != 0)
    throw std::runtime_error{"the stream refused messages"};
}

nats_message results_writer::stored_on(const std::string& subject) {
  natsMsg* found = nullptr;
  const auto status =
      js_GetLastMsg(&found, js_.get(), std::string{results_stream}.c_str(), subject.c_str(), nullptr, nullptr);
  if (status != NATS_OK)
    throw std::runtime_error{"cannot read back " + subject + ": " + natsStatus_GetText(status)};
  return nats_message{found};
}

closed_race_ptr results_writer::settle_rides(const closed_race_ptr& race) {
  begin();
  for (const auto& ride : race->rides)
    send(create_only(ride_subject(ride.key, ride.racer), encode(ride)));
  settle();
  if (taken_.empty())
    return race;
  auto settled = std::make_shared<closed_race>(*race);
  for (const auto& ride_at : taken_) {
    const auto address = parse_ride_subject(ride_at);
    auto ride = decode_ride(payload_of(stored_on(ride_at).get()));
    const auto own = std::find_if(settled->rides.begin(), settled->rides.end(),
                                  [&](const auto& r) { return address && r.racer == address->racer; });
    if (!ride || own == settled->rides.end())
      throw std::runtime_error{"what stands on " + ride_at + " is no ride"};
    *own = std::move(*ride);
  }
  return settled;
}

result_settled results_writer::settle_result(const closed_race_ptr& race) {
  auto settled = std::make_shared<closed_race>(*race);
  take_ranks(settled->result, settled->rides);
  auto json = std::make_shared<std::string>();
  encode_result(settled->result, *json);
  const auto subject = stored_result_subject(race->result.key);
  const auto message = create_only(subject, *json);
  natsMsgHeader_Set(message.get(), journal_stamp_header, stamp_text(race->stamp).c_str());
  jsPubOptions options;
  jsPubOptions_Init(&options);
  options.MaxWait = ack_deadline.count();
  auto code = static_cast<jsErrCode>(0);
  const auto status = js_PublishMsg(nullptr, js_.get(), message.get(), &options, &code);
  if (status == NATS_OK)
    return {std::move(settled), std::move(json)};
  if (code != already_there)
    throw std::runtime_error{std::string{"the result was not stored: "} + natsStatus_GetText(status)};
  const auto found = stored_on(subject);
  auto result = decode_result(payload_of(found.get()));
  if (!result)
    throw std::runtime_error{"what stands on " + subject + " is no result"};
  settled->result = std::move(*result);
  return {std::move(settled), std::make_shared<const std::string>(payload_of(found.get()))};
}

stored_payload results_writer::find_result(race_key key) {
  natsMsg* found = nullptr;
  auto code = static_cast<jsErrCode>(0);
  const auto status = js_GetLastMsg(&found, js_.get(), std::string{results_stream}.c_str(),
                                    stored_result_subject(key).c_str(), nullptr, &code);
  const nats_message owned{found};
  if (status == NATS_OK)
    return {std::make_shared<const std::string>(payload_of(found))};
  if (status == NATS_NOT_FOUND || code == JSNoMessageFoundErr)
    return {};
  throw std::runtime_error{std::string{"cannot read a result: "} + natsStatus_GetText(status)};
}

std::vector<results_writer::place> results_writer::find_all(std::string_view stream, const std::string& filter,
                                                            bool with_payload) {
  const std::string name{stream};
  jsSubOptions options;
  jsSubOptions_Init(&options);
  options.Stream = name.c_str();
  options.Ordered = true;
  options.Config.HeadersOnly = !with_payload;
  natsSubscription* made = nullptr;
  if (const auto status = js_SubscribeSync(&made, js_.get(), filter.c_str(), nullptr, &options, nullptr);
      status != NATS_OK)
    throw std::runtime_error{"cannot list " + name + ": " + natsStatus_GetText(status)};
  const std::unique_ptr<natsSubscription, void (*)(natsSubscription*)> subscription{made, natsSubscription_Destroy};
  jsConsumerInfo* info = nullptr;
  if (const auto status = natsSubscription_GetConsumerInfo(&info, made, nullptr, nullptr); status != NATS_OK)
    throw std::runtime_error{"cannot count " + name + ": " + natsStatus_GetText(status)};
  auto left = info->Delivered.Consumer + info->NumPending;
  jsConsumerInfo_Destroy(info);

  std::vector<place> found;
  for (; left != 0; --left) {
    natsMsg* next = nullptr;
    if (const auto status = natsSubscription_NextMsg(&next, made, ack_deadline.count()); status != NATS_OK)
      throw std::runtime_error{"cannot list " + name + ": " + natsStatus_GetText(status)};
    const nats_message message{next};
    jsMsgMetaData* meta = nullptr;
    if (natsMsg_GetMetaData(&meta, next) != NATS_OK)
      throw std::runtime_error{"a message came without its place in the stream"};
    found.push_back({std::string{subject_of(next)}, meta->Sequence.Stream,
                     with_payload ? std::string{payload_of(next)} : std::string{}});
    jsMsgMetaData_Destroy(meta);
  }
  return found;
}

bool results_writer::remove_at(std::string_view stream, std::uint64_t sequence) {
  auto code = static_cast<jsErrCode>(0);
  const auto status = js_DeleteMsg(js_.get(), std::string{stream}.c_str(), sequence, nullptr, &code);
  if (status != NATS_OK && status != NATS_NOT_FOUND && code != JSNoMessageFoundErr)
    throw std::runtime_error{std::string{"cannot remove a message: "} + natsStatus_GetText(status)};
  return status == NATS_OK;
}

void results_writer::purge(std::string_view stream, const std::string& subject, std::uint64_t before) {
  jsOptions options;
  jsOptions_Init(&options);
  options.Wait = ack_deadline.count();
  options.Stream.Purge.Subject = subject.c_str();
  options.Stream.Purge.Sequence = before;
  if (const auto status = js_PurgeStream(js_.get(), std::string{stream}.c_str(), &options, nullptr); status != NATS_OK)
    throw std::runtime_error{"cannot purge " + subject + ": " + natsStatus_GetText(status)};
}

void results_writer::remove(const old_race& race) {
  if (race.has_result)
    purge(results_stream, stored_result_subject(race.key), 0);
  if (race.leaving.empty())
    return;
  // By its place in the stream: to find a message by subject the server goes through the whole stream each time.
  for (const auto& [subject, sequence, payload] : find_all(results_stream, ride_wildcard(race.key), false))
    if (const auto ride = parse_ride_subject(subject);
        ride && std::binary_search(race.leaving.begin(), race.leaving.end(), ride->racer))
      remove_at(results_stream, sequence);
}

cleaned_streams results_writer::clean(const cleanups& what, const race_rules& race) {
  cleaned_streams done;
  done.what = what;
  for (const auto& e : what.riders)
    clean(e, race, done);
  for (const auto& right : what.results)
    clean(right, done);
  return done;
}

void results_writer::clean(const edit& forgotten, const race_rules& race, cleaned_streams& done) {
  for (const auto& [subject, sequence, payload] : find_all(results_stream, ride_wildcard(forgotten.racer), false))
    if (const auto ride = parse_ride_subject(subject); ride && race.start_of(ride->key.race) <= forgotten.at)
      done.rides += remove_at(results_stream, sequence) ? 1 : 0;
  for (const auto& [subject, sequence, payload] : find_all(bests_stream, best_wildcard(forgotten.racer), true))
    if (const auto entry = decode_best(payload); !entry || entry->bests.edits < forgotten.sequence)
      done.bests += remove_at(bests_stream, sequence) ? 1 : 0;
  for (const auto& [subject, sequence, payload] : find_all(edits_stream, edit_subject(forgotten.racer), false))
    if (sequence < forgotten.sequence)
      done.edits += remove_at(edits_stream, sequence) ? 1 : 0;
}

void results_writer::clean(const stored_result& right, cleaned_streams& done) {
  const auto subject = stored_result_subject(right.result.key);
  std::string json;
  encode_result(right.result, json);
  const auto there = find_result(right.result.key);
  if (there.payload && *there.payload == json)
    return;
  if (there.payload)
    purge(results_stream, subject, 0);
  failpoint("results.purged");
  const auto message = create_only(subject, json);
  natsMsgHeader_Set(message.get(), journal_stamp_header, stamp_text(right.stamp).c_str());
  jsPubOptions options;
  jsPubOptions_Init(&options);
  options.MaxWait = ack_deadline.count();
  auto code = static_cast<jsErrCode>(0);
  const auto status = js_PublishMsg(nullptr, js_.get(), message.get(), &options, &code);
  // Another node may be doing the same.
  if (status != NATS_OK && code != already_there)
    throw std::runtime_error{std::string{"the result was not stored: "} + natsStatus_GetText(status)};
  done.results += status == NATS_OK ? 1 : 0;
}

std::uint64_t results_writer::append(const edit& e) {
  const auto message = message_of(edit_subject(e.racer), encode(e));
  jsPubOptions options;
  jsPubOptions_Init(&options);
  options.MaxWait = ack_deadline.count();
  jsPubAck* ack = nullptr;
  const auto status = js_PublishMsg(&ack, js_.get(), message.get(), &options, nullptr);
  if (status != NATS_OK)
    throw std::runtime_error{std::string{"the correction was not stored: "} + natsStatus_GetText(status)};
  const auto sequence = ack->Sequence;
  jsPubAck_Destroy(ack);
  return sequence;
}

void results_writer::store(class_id cls, epoch owner_epoch, const std::vector<racer_bests>& bests) {
  begin();
  for (const auto& of : bests)
    send(message_of(best_subject(cls, of.racer, owner_epoch), encode(best_entry{cls, owner_epoch, of})));
  settle();
}

results_actor::behavior_type results(results_self*, results_writer* writer) {
  const auto attempt = [](auto&& call) -> caf::result<std::decay_t<decltype(call())>> {
    try {
      return call();
    } catch (const std::runtime_error& e) {
      return caf::make_error(ec::not_stored, std::string{e.what()});
    }
  };
  return {
      [=](const settle_rides& x) { return attempt([&] { return writer->settle_rides(x.race); }); },
      [=](const settle_result& x) { return attempt([&] { return writer->settle_result(x.race); }); },
      [=](const find_stored_result& x) { return attempt([&] { return writer->find_result(x.key); }); },
      [=](const clean_streams& x) { return attempt([&] { return writer->clean(x.what, x.race); }); },
      [=](const append_edit& x) { return attempt([&] { return edit_appended{writer->append(x.content)}; }); },
      [=](const store_bests& x) {
        return attempt([&] {
          writer->store(x.cls, x.owner_epoch, *x.bests);
          return bests_stored{};
        });
      },
      [=](const remove_stored& x) {
        return attempt([&] {
          writer->remove(x.race);
          return removed{};
        });
      },
  };
}

} // namespace alleycat
