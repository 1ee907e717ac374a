#include "node/queries/corrections.hpp"

#include "messages/edits_json.hpp"
#include "node/queries/cursor.hpp"

#include <algorithm>
#include <span>

namespace alleycat {

namespace {

/// Earlier corrections of a forgotten rider that stay in the audit log.
constexpr std::size_t most_former = 1000;

/// @param effect   here; none: not applied in time
/// @param cleaned  from the streams; none: not in time
void answer_edit(const conversation_ptr& me, const edit& e, std::uint64_t sequence, const edit_effect* effect,
                 const cleaned_streams* cleaned = nullptr) {
  const auto now = me->context.clock->now();
  const auto& rules = me->context.rules.race;
  edit_report report{e, sequence, effect, std::nullopt, {}, {}};
  if (cleaned != nullptr)
    report.cleaned = {cleaned->rides, cleaned->results, cleaned->bests, cleaned->edits};
  // Batches of the journal have many riders' updates: they go with their race.
  report.journal_gone = now + rules.window() + rules.ride_and_grace() + defaults::purge_after;
  report.dead_letters_gone = now + std::chrono::days{1};
  std::string json;
  encode_edit_report(report, json);
  me->answer(json);
}

/// The streams too; what is not done in time is done later.
void clean(const conversation_ptr& me, const edit& e, std::uint64_t sequence, const edit_effect& effect) {
  me->self->request(me->partners.editor, defaults::store_deadline, clean_now{})
      .then([me, e, sequence, effect](const cleaned_streams& done) { answer_edit(me, e, sequence, &effect, &done); },
            [me, e, sequence, effect](const caf::error&) { answer_edit(me, e, sequence, &effect); });
}

/// Into the stream; answered once this node has applied it.
void write(const conversation_ptr& me, const edit& e) {
  me->ask(me->partners.writer, append_edit{e}, [me, e](const edit_appended& appended) {
    me->self->request(me->partners.editor, defaults::store_deadline, await_edit{appended.sequence})
        .then(
            [me, e, sequence = appended.sequence](const edit_effect& effect) {
              if (e.kind != edit_kind::forget && effect.results_changed.empty())
                return answer_edit(me, e, sequence, &effect);
              clean(me, e, sequence, effect);
            },
            [me, e, sequence = appended.sequence](const caf::error&) { answer_edit(me, e, sequence, nullptr); });
  });
}

void correct_rider(const conversation_ptr& me, edit_kind kind, const tokens& args) {
  edit e;
  e.kind = kind;
  e.racer = me->known_racer(args[0]);
  const auto wish = read_edit_wish(me->asked.body, kind == edit_kind::rename);
  e.name = wish.name;
  e.by = wish.by;
  me->ask(me->partners.archive, find_racer{e.racer, 0, 1}, [me, e](const racer_answer& found) {
    if (found.classes.empty() && found.rides.empty() && !me->context.names->knows(e.racer))
      return me->refuse("unknown_racer", fmt::format("nothing is known of racer {}", e.racer.value()));
    if (e.kind != edit_kind::forget)
      return write(me, e);
    // What was corrected before goes with its names; that it was done stays.
    me->ask(me->partners.archive, list_edits{std::nullopt, most_former, e.racer}, [me, e](const edit_list& former) {
      auto whole = e;
      for (auto line : former.edits) {
        line.name.clear();
        line.former.clear();
        whole.former.insert(whole.former.begin(), std::move(line));
      }
      write(me, whole);
    });
  });
}

} // namespace

void rename_rider(const conversation_ptr& me, const tokens& args) {
  correct_rider(me, edit_kind::rename, args);
}

void hide_rider(const conversation_ptr& me, const tokens& args) {
  correct_rider(me, edit_kind::hide, args);
}

void forget_rider(const conversation_ptr& me, const tokens& args) {
  correct_rider(me, edit_kind::forget, args);
}

void clear_rider(const conversation_ptr& me, const tokens& args) {
  correct_rider(me, edit_kind::clear, args);
}

void exclude_ride(const conversation_ptr& me, const tokens& args) {
  edit e;
  e.kind = edit_kind::exclude;
  e.ride = me->known_race(args[0], args[1]);
  e.racer = me->known_racer(args[2]);
  e.by = read_edit_wish(me->asked.body, false).by;
  me->about_no_class();
  me->ask(me->partners.archive, find_ride{e.ride, e.racer}, [me, e](const ride_answer& found) {
    if (found.ride)
      return write(me, e);
    found.race_known ? me->refuse("unknown_ride", fmt::format("racer {} has no ride in this race", e.racer.value()))
                     : me->refuse("unknown_race", "there is no such closed race");
  });
}

void answer_audit(const conversation_ptr& me, const tokens&) {
  const auto body = me->rows_wanted("seq at edit racerId name classId raceId by");
  auto before = body.before ? std::optional<std::uint64_t>{body.before->value()} : std::nullopt;
  if (body.after)
    before = known_place(read_number(*body.after, UINT64_MAX));
  const auto limit = body.page.limit;
  me->ask(me->partners.archive, list_edits{before, limit + 1}, [me, limit](const edit_list& found) {
    const auto shown = std::span{found.edits}.first(std::min(limit, found.edits.size()));
    const bool more = shown.size() < found.edits.size() && !shown.empty();
    std::string json;
    encode_audit(shown, json, more ? cursor_text(shown.back().sequence) : std::string{});
    me->answer_rows(json);
  });
}

} // namespace alleycat
