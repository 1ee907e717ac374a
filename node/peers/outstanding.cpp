#include "node/peers/outstanding.hpp"

namespace alleycat {

std::uint64_t outstanding_questions::add(clock::time_point deadline, peer_done_handler done) {
  const auto id = ++last_;
  questions_.emplace(id, question{deadline, std::move(done), {}, 0, 0});
  deadlines_.emplace(deadline, id);
  return id;
}

std::optional<outstanding_questions::more> outstanding_questions::said(peer_said what) {
  const auto found = questions_.find(what.id);
  if (found == questions_.end())
    return std::nullopt;
  if (auto* part = std::get_if<answer_part>(&what.what)) {
    auto& open = found->second;
    if (open.arrived == 0)
      open.parts = part->parts;
    if (part->part != open.arrived || part->parts != open.parts) {
      end(found, peer_trouble::bad_answer);
      return std::nullopt;
    }
    open.so_far += part->payload;
    if (++open.arrived < open.parts)
      return more{what.id, next_part{open.arrived}};
    auto answer = std::move(open.so_far);
    end(found, peer_answer{std::move(answer)});
  } else if (auto* refusal = std::get_if<peer_refusal>(&what.what)) {
    end(found, peer_answer{std::move(*refusal)});
  } else if (auto* status = std::get_if<node_status>(&what.what)) {
    end(found, peer_answer{std::move(*status)});
  } else {
    end(found, peer_answer{peer_done{}});
  }
  return std::nullopt;
}

void outstanding_questions::expire(clock::time_point now) {
  while (!deadlines_.empty() && deadlines_.begin()->first <= now)
    end(questions_.find(deadlines_.begin()->second), peer_trouble::timed_out);
}

void outstanding_questions::fail_all(peer_trouble why) {
  while (!questions_.empty())
    end(questions_.begin(), why);
}

std::optional<outstanding_questions::clock::time_point> outstanding_questions::next_deadline() const {
  if (deadlines_.empty())
    return std::nullopt;
  return deadlines_.begin()->first;
}

void outstanding_questions::end(place which, peer_outcome how) {
  // Taken out first: the handler may ask again.
  const auto done = std::move(which->second.done);
  deadlines_.erase({which->second.deadline, which->first});
  questions_.erase(which);
  done(std::move(how));
}

} // namespace alleycat
