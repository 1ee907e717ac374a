#include "messages/edit_codec.hpp"

#include "messages/edit.pb.h"
#include "racing/update.hpp"

namespace alleycat {

namespace {

void write(const edit& e, v1::Edit& out) {
  out.set_kind(static_cast<std::uint32_t>(e.kind));
  out.set_racer_id(e.racer.value());
  out.set_name(e.name);
  out.set_class_id(e.ride.cls.value());
  out.set_race_id(e.ride.race.value());
  out.set_by(e.by);
}

std::optional<edit> read(const v1::Edit& in) {
  edit e;
  e.kind = static_cast<edit_kind>(in.kind());
  if (in.kind() > 255 || to_string(e.kind).empty() || in.class_id() > 65'535 || in.by().size() > max_by_bytes)
    return std::nullopt;
  if (e.kind == edit_kind::exclude && in.class_id() == 0)
    return std::nullopt;
  e.racer = racer_id{in.racer_id()};
  e.name = in.name();
  e.ride = {class_id{static_cast<std::uint16_t>(in.class_id())}, race_id{in.race_id()}};
  e.by = in.by();
  return e;
}

} // namespace

std::string encode(const edit& e) {
  v1::Edit out;
  write(e, out);
  for (const auto& former : e.former) {
    auto& line = *out.add_former();
    write(former, line);
    line.set_sequence(former.sequence);
    line.set_at(ms_of(former.at));
  }
  return out.SerializeAsString();
}

std::optional<edit> decode_edit(std::string_view bytes) {
  v1::Edit in;
  if (!in.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    return std::nullopt;
  auto e = read(in);
  if (!e || (e->kind == edit_kind::rename && !valid_name(e->name)))
    return std::nullopt;
  for (const auto& line : in.former()) {
    auto former = read(line);
    if (!former || !former->name.empty())
      return std::nullopt;
    former->sequence = line.sequence();
    former->at = at_ms(line.at());
    e->former.push_back(std::move(*former));
  }
  return e;
}

} // namespace alleycat
