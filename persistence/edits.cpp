// Corrections: what they do to the tables. The rules are in racing/corrections.hpp.

#include "persistence/store.hpp"

namespace alleycat {

edit_effect store_on_lmdb::apply_edit(const edit& e, const stream_cursor& at, const corrections&) {
  return write("storing an edit", [&](lmdb::txn& in) {
    edit_effect effect;
    in.put(tables_.edits, layout::edit_key(e), layout::encode_edit(e));
    in.put(tables_.meta, "mark_edits", layout::encode_cursor(at));
    return effect;
  });
}

void store_on_lmdb::each_edit(const std::function<void(const edit&)>& visit) {
  read("reading edits", [&](const lmdb::txn& in) {
    lmdb::cursor at{in, tables_.edits};
    for (auto entry = at.first(); entry; entry = at.next())
      visit(layout::decode_edit(entry->key, entry->value));
  });
}

std::vector<edit> store_on_lmdb::edits(std::optional<std::uint64_t> before, std::size_t limit) {
  return read("reading the audit log", [&](const lmdb::txn& in) {
    std::vector<edit> found;
    lmdb::cursor at{in, tables_.edits};
    const auto end = before ? key_of(*before) : key_of(~std::uint64_t{0}) + '\0';
    for (auto entry = at.before(end); entry && found.size() < limit; entry = at.previous())
      found.push_back(layout::decode_edit(entry->key, entry->value));
    return found;
  });
}

} // namespace alleycat
