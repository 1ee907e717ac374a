#include "node/http/http_answers.hpp"

#include "node/http/web_folder.hpp"
#include "node/telemetry/log.hpp"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>
#include <fstream>
#include <iterator>

namespace alleycat {

namespace {

/// Letters, digits and what host names and addresses are made of: nothing that ends a source of the policy.
bool is_plain(std::string_view text, std::string_view besides = "") {
  return std::all_of(text.begin(), text.end(), [&](unsigned char c) {
    return std::isalnum(c) != 0 || std::string_view{".-_[]"}.find(static_cast<char>(c)) != std::string_view::npos ||
           besides.find(static_cast<char>(c)) != std::string_view::npos;
  });
}

/// Of a Host header, without the port; empty for what is none.
std::string_view host_name(std::string_view host) {
  if (host.starts_with('[')) {
    const auto end = host.find(']');
    const auto name = end == std::string_view::npos ? std::string_view{} : host.substr(0, end + 1);
    return is_plain(name, ":") ? name : std::string_view{};
  }
  const auto name = host.substr(0, host.find(':'));
  return is_plain(name) ? name : std::string_view{};
}

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

std::string content_policy(std::string_view host, const socket_place& socket) {
  std::string sockets;
  if (!socket.url.empty()) {
    // Scheme, host and port; a path would be matched too.
    const auto authority = socket.url.find("://");
    const auto path = authority == std::string::npos ? authority : socket.url.find('/', authority + 3);
    if (const auto origin = socket.url.substr(0, path); authority != std::string::npos && is_plain(origin, ":/"))
      sockets = " " + origin;
  } else if (const auto name = host_name(host); name.starts_with('[') && socket.port != 0) {
    sockets = " ws: wss:"; // a policy cannot name an address of IPv6
  } else if (!name.empty() && socket.port != 0) {
    sockets = fmt::format(" ws://{0}:{1} wss://{0}:{1}", name, socket.port);
  }
  return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
         "manifest-src 'self'; connect-src 'self'" +
         sockets + "; base-uri 'none'; frame-ancestors 'none'; form-action 'none'";
}

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
