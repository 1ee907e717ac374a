#include "node/http/http_server.hpp"

#include "node/http/https_listener.hpp"
#include "node/telemetry/log.hpp"
#include "racing/check.hpp"

#include <algorithm>
#include <array>
#include <civetweb.h>
#include <fmt/format.h>
#include <future>
#include <utility>

namespace alleycat {

namespace {

/// CivetWeb counts its initialisations; the last one out cleans up.
struct library_use {
  library_use() { mg_init_library(0); }
  ~library_use() { mg_exit_library(); }
};

void send(mg_connection* connection, const full_reply& answer, const socket_place& socket, bool with_body) {
  const auto& [reply, extra] = answer;
  auto text = fmt::format("HTTP/1.1 {} {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n", reply.status,
                          mg_get_response_code_text(connection, reply.status), reply.content_type, reply.body.size());
  const auto* host = mg_get_header(connection, "Host");
  text += fmt::format("Content-Security-Policy: {}\r\n", content_policy(host ? host : "", socket));
  for (const auto& [name, value] : fixed_headers)
    text += fmt::format("{}: {}\r\n", name, value);
  for (const auto& [name, value] : extra)
    text += fmt::format("{}: {}\r\n", name, value);
  text += "\r\n";
  if (with_body)
    text += reply.body;
  mg_write(connection, text.data(), text.size());
}

/// Says what is wrong and closes.
void send_last(mg_connection* connection, int status, std::string body) {
  mg_disable_keep_alive(connection);
  auto reply = plain_reply(status, std::move(body));
  reply.headers.emplace_back("Connection", "close");
  send(connection, reply, {}, true);
}

std::string url_decoded(std::string_view text, bool plus_is_blank) {
  // Decoding never makes a text longer; one more for the end mark.
  std::string decoded(text.size() + 1, '\0');
  const int length = mg_url_decode(text.data(), static_cast<int>(text.size()), decoded.data(),
                                   static_cast<int>(decoded.size()), plus_is_blank ? 1 : 0);
  decoded.resize(length < 0 ? 0 : static_cast<std::size_t>(length));
  return decoded;
}

http_query parse_query(const char* text) {
  http_query query;
  std::string_view rest{text ? text : ""};
  while (!rest.empty()) {
    const auto part = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(part.size() + 1, rest.size()));
    const auto equals = std::min(part.find('='), part.size());
    if (!part.empty())
      query.emplace(url_decoded(part.substr(0, equals), true),
                    url_decoded(part.substr(std::min(equals + 1, part.size())), true));
  }
  return query;
}

} // namespace

struct http_server::impl {
  explicit impl(http_settings given) : settings{std::move(given)}, answers{settings.web, settings.socket} {}

  library_use library;
  http_settings settings;
  http_answers answers;
  std::optional<https_listener> https;
  mg_context* context = nullptr;
  std::uint16_t port = 0;
  std::string first_fault; ///< what CivetWeb said while it could not start

  void serve(mg_connection* connection, const mg_request_info& request) const {
    const std::string_view method{request.request_method ? request.request_method : ""};
    const auto* encodings = mg_get_header(connection, "Accept-Encoding");
    const auto* known_etag = mg_get_header(connection, "If-None-Match");
    // Decoded here and not by CivetWeb, whose texts end at the first %00.
    auto full = answers.answer(method, url_decoded(request.local_uri ? request.local_uri : "/", false),
                               parse_query(request.query_string), known_etag ? known_etag : "",
                               encodings && std::string_view{encodings}.find("gzip") != std::string_view::npos);
    if (full.reply.status == 405) {
      // Its body stays unread: no further request can be told from it.
      mg_disable_keep_alive(connection);
      full.headers.emplace_back("Connection", "close");
    }
    send(connection, full, answers.socket(), method != "HEAD");
  }

  std::optional<std::string> start_https() {
    https.emplace(answers, https_settings{settings.host, settings.port, settings.certificate, settings.key,
                                          settings.threads, settings.timeout});
    const auto fault = https->start();
    port = https->port();
    return fault;
  }

  static int begin_request(mg_connection* connection) {
    const auto* request = mg_get_request_info(connection);
    static_cast<const impl*>(request->user_data)->serve(connection, *request);
    return 1;
  }

  /// What CivetWeb itself refuses: too big, too slow, no HTTP.
  static int refuse(mg_connection* connection, int status, const char*) {
    send_last(connection, status, std::string{mg_get_response_code_text(connection, status)} + "\n");
    return 0;
  }

  static int log_message(const mg_connection* connection, const char* message) {
    // Messages of the start come without a request; they tell why it failed.
    auto* self = static_cast<impl*>(mg_get_user_data(mg_get_context(connection)));
    if (self && !self->context && self->first_fault.empty())
      self->first_fault = message;
    log_event(log_level::debug, "http.note", {{"what", message}});
    return 1;
  }
};

http_server::http_server(http_settings settings) : impl_{std::make_unique<impl>(std::move(settings))} {}

http_server::~http_server() {
  stop();
}

void http_server::handle(std::string path, http_handler handler) {
  ALLEYCAT_CHECK(port() == 0);
  impl_->answers.handle(std::move(path), std::move(handler));
}

std::optional<std::string> http_server::start() {
  const auto& settings = impl_->settings;
  if (!settings.certificate.empty())
    return impl_->start_https();
  const bool six = settings.host.find(':') != std::string::npos;
  const auto place = fmt::format(fmt::runtime(six ? "[{}]:{}" : "{}:{}"), settings.host, settings.port);
  const auto threads = std::to_string(settings.threads);
  const auto timeout = std::to_string(settings.timeout.count());
  const std::array<const char*, 19> options{"listening_ports",
                                            place.c_str(),
                                            "num_threads",
                                            threads.c_str(),
                                            "request_timeout_ms",
                                            timeout.c_str(),
                                            "enable_keep_alive",
                                            "yes",
                                            "keep_alive_timeout_ms",
                                            timeout.c_str(),
                                            "max_request_size",
                                            "8192",
                                            "enable_directory_listing",
                                            "no",
                                            "tcp_nodelay",
                                            "1",
                                            "decode_url",
                                            "no",
                                            nullptr};
  mg_callbacks callbacks{};
  callbacks.begin_request = &impl::begin_request;
  callbacks.http_error = &impl::refuse;
  callbacks.log_message = &impl::log_message;
  impl_->first_fault.clear();
  impl_->context = mg_start(&callbacks, impl_.get(), const_cast<const char**>(options.data()));
  if (!impl_->context)
    return fmt::format("cannot serve HTTP on {}: {}; choose another with --http HOST:PORT", place,
                       impl_->first_fault.empty() ? "no such address" : impl_->first_fault);
  std::array<mg_server_port, 4> ports{};
  const int count = mg_get_server_ports(impl_->context, static_cast<int>(ports.size()), ports.data());
  impl_->port = count > 0 ? static_cast<std::uint16_t>(ports[0].port) : settings.port;
  return std::nullopt;
}

void http_server::stop() {
  impl_->https.reset();
  auto* context = std::exchange(impl_->context, nullptr);
  if (!context)
    return;
  auto stopped = std::async(std::launch::async, mg_stop, context);
  // Its accepting thread looks up every two seconds, or when somebody connects.
  while (stopped.wait_for(std::chrono::milliseconds{20}) != std::future_status::ready) {
    std::array<char, 128> fault{};
    mg_close_connection(mg_connect_client(impl_->settings.host.c_str(), impl_->port, 0, fault.data(), fault.size()));
  }
}

std::uint16_t http_server::port() const {
  return impl_->port;
}

} // namespace alleycat
