#include "node/http/http_answers.hpp"

#include "node/http/web_folder.hpp"
#include "node/telemetry/log.hpp"

#include <fstream>
#include <iterator>

namespace alleycat {

namespace {

full_reply file_reply(const web_file& file, std::string_view known_etag, bool gzip) {
  full_reply answer{
      {200, file.content_type, {}},
      {{"ETag", file.etag}, {"Cache-Control", file.immutable ? "public, max-age=31536000, immutable" : "no-cache"}}};
  if (known_etag.find(file.etag) != std::string_view::npos) {
    answer.reply.status = 304;
    return answer;
  }
  auto compressed = file.path;
  compressed += ".gz";
  std::error_code error;
  const bool there = std::filesystem::is_regular_file(compressed, error);
  if (there)
    answer.headers.emplace_back("Vary", "Accept-Encoding");
  if (there && gzip)
    answer.headers.emplace_back("Content-Encoding", "gzip");
  std::ifstream in{there && gzip ? compressed : file.path, std::ios::binary};
  answer.reply.body.assign(std::istreambuf_iterator<char>{in}, {});
  if (!in.is_open() || in.bad())
    return plain_reply(404, "not found\n");
  return answer;
}

} // namespace

full_reply plain_reply(int status, std::string body) {
  return {{status, "text/plain; charset=utf-8", std::move(body)}, {{"Cache-Control", "no-store"}}};
}

void http_answers::handle(std::string path, http_handler handler) {
  handlers_.insert_or_assign(std::move(path), std::move(handler));
}

full_reply http_answers::answer(std::string_view method, const std::string& path, const http_query& query,
                                std::string_view known_etag, bool gzip) const {
  if (method != "GET" && method != "HEAD") {
    auto refusal = plain_reply(405, "only GET and HEAD\n");
    refusal.headers.emplace_back("Allow", "GET, HEAD");
    return refusal;
  }
  try {
    if (const auto found = handlers_.find(path); found != handlers_.end())
      return {found->second(path, query), {{"Cache-Control", "no-store"}}};
    if (const auto file = find_web_file(web_, path))
      return file_reply(*file, known_etag, gzip);
    return plain_reply(404, "not found\n");
  } catch (const std::exception& fault) {
    log_event(log_level::error, "http.handler_failed", {{"path", path}, {"what", fault.what()}});
    return plain_reply(500, "internal error\n");
  }
}

} // namespace alleycat
