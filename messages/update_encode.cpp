#include "messages/json_text.hpp"
#include "messages/update_json.hpp"

namespace alleycat {

void encode_update(const update& u, std::string& out, bool is_final) {
  detail::json_text json{out};
  json.raw(is_final ? R"({"event":"final")" : R"({"event":"update")");
  json.raw(R"(,"deviceTimestamp":)").time(u.device_timestamp);
  json.raw(R"(,"second":)").id(u.second);
  json.raw(R"(,"raceId":)").id(u.race);
  if (!u.name.empty())
    json.raw(R"(,"name":)").string(u.name);
  json.raw(R"(,"racerId":)").id(u.racer);
  json.raw(R"(,"classId":)").id(u.cls);
  json.raw(R"(,"cadence":)").fixed(u.measured.cadence, 1);
  json.raw(R"(,"resistance":)").fixed(u.measured.resistance, 1);
  if (u.measured.power != 0)
    json.raw(R"(,"power":)").integer(u.measured.power);
  if (u.measured.heart_rate != 0)
    json.raw(R"(,"heartRate":)").integer(unsigned{u.measured.heart_rate});
  if (u.wants_view)
    json.raw(R"(,"view":true)");
  json.raw("}");
}

std::string encode_update(const update& u, bool is_final) {
  std::string out;
  encode_update(u, out, is_final);
  return out;
}

} // namespace alleycat
