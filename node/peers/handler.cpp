#include "node/peers/handler.hpp"

namespace alleycat {

namespace {

constexpr const char* fault_words[peer_faults] = {"none",       "other_protocol", "other_rules",    "old_incarnation",
                                                  "other_node", "not_greeted",    "not_understood", "too_large",
                                                  "too_many",   "untrusted",      "other_formats"};

} // namespace

const char* to_string(peer_fault what) {
  return fault_words[static_cast<std::size_t>(what)];
}

peer_fault peer_fault_of(std::string_view word) {
  for (std::size_t i = 0; i < peer_faults; ++i)
    if (word == fault_words[i])
      return static_cast<peer_fault>(i);
  return peer_fault::not_understood;
}

const char* to_string(link_event::kind what) {
  switch (what) {
  case link_event::kind::up:
    return "up";
  case link_event::kind::down:
    return "down";
  case link_event::kind::unreachable:
    return "unreachable";
  case link_event::kind::refused:
    return "refused";
  case link_event::kind::rejected:
    break;
  }
  return "rejected";
}

void peer_reply::once::send_once(peer_answer what) {
  if (!sent.test_and_set())
    send(std::move(what));
}

} // namespace alleycat
