/// The way of corrections from their stream to everybody.
#pragma once

#include "actors/context.hpp"
#include "actors/interfaces.hpp"
#include "actors/metered.hpp"
#include "actors/retry.hpp"
#include "actors/stream_tail.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <map>

namespace alleycat {

/// Takes an edit into the books that all actors read: which rider is shown how, which ride counts.
void take_edit(const actor_context& env, const edit& e);

/// Follows ALLEYCAT_EDITS from where the store's mark says, on every node. Each edit goes into the books first, then into the
/// store, then to whoever has tables of their own. What is still to come at the start is taken before the follower begins, and
/// so before a class is loaded or a race opened.
///
/// What was corrected leaves the streams too: by the node that was asked at once, and what that one did not get done by the owner
/// of the lowest class; the others look later, and find nothing there.
///
///     mark read --> reading: [books --> store --> classes, calendar] for each edit, in order, for ever
class editor_state {
public:
  using pointer = editor_actor::stateful_pointer<editor_state>;

  void start(pointer self, const actor_context& env, store_actor store, results_actor streams);
  void take_items();
  void look_at_clock();
  void found_end(const stream_end& end);
  caf::typed_response_promise<caught_up> wait();
  caf::typed_response_promise<edit_effect> wait_for(std::uint64_t sequence);
  void tell(follower_actor whom) { follower_ = std::move(whom); }
  caf::typed_response_promise<cleaned_streams> clean();

  static inline const char* name = "editor";

private:
  void read_cursor();
  void open(const stream_cursor& after);
  void work();
  void write(const edit_ptr& e, const stream_cursor& at);
  void wrote(const edit_ptr& e, const edit_effect& effect);
  void clean_if_due(unix_ms now);

  pointer self_ = nullptr;
  const actor_context* env_ = nullptr;
  store_actor store_;
  results_actor streams_;
  follower_actor follower_;
  stream_tail tail_;
  bool writing_ = false;
  retry again_{milliseconds{1'000}, milliseconds{30'000}};

  std::map<std::uint64_t, edit_effect> effects_; ///< of the latest edits, by sequence
  std::multimap<std::uint64_t, caf::typed_response_promise<edit_effect>> asked_for_;
  unix_ms clean_at_{};
  bool cleaning_ = false;
};

using editor_self = metered_actor<actor_kind::editor, editor_actor, editor_state>;

editor_actor::behavior_type editor(editor_self* self, const actor_context* env, store_actor store,
                                   results_actor streams);

} // namespace alleycat
