#include "node/http/https_listener.hpp"

#include <fmt/format.h>
#include <httplib.h>
#include <openssl/ssl.h>
#include <thread>

namespace alleycat {

namespace {

httplib::Server::HandlerResponse give(const http_answers& answers, const httplib::Request& request,
                                      httplib::Response& response) {
  http_query query;
  for (const auto& [name, value] : request.params)
    query.emplace(name, value);
  const auto full = answers.answer(request.method, request.path, query, request.get_header_value("If-None-Match"),
                                   false); // httplib compresses by itself
  response.status = full.reply.status;
  response.set_header("Content-Security-Policy", content_policy(request.get_header_value("Host"), answers.socket()));
  for (const auto& [name, value] : fixed_headers)
    response.set_header(std::string{name}.c_str(), std::string{value});
  for (const auto& [name, value] : full.headers)
    response.set_header(name.c_str(), value);
  response.set_content(full.reply.body, full.reply.content_type.c_str());
  return httplib::Server::HandlerResponse::Handled;
}

} // namespace

struct https_listener::impl {
  impl(const http_answers& given, https_settings chosen)
      : answers{given}, settings{std::move(chosen)}, server{settings.certificate.c_str(), settings.key.c_str()} {}

  const http_answers& answers;
  https_settings settings;
  httplib::SSLServer server;
  std::thread accepting;
  std::uint16_t port = 0;
};

https_listener::https_listener(const http_answers& answers, https_settings settings)
    : impl_{std::make_unique<impl>(answers, std::move(settings))} {}

https_listener::~https_listener() {
  stop();
}

std::optional<std::string> https_listener::start() {
  auto& server = impl_->server;
  const auto& settings = impl_->settings;
  if (!server.is_valid())
    return fmt::format("cannot use the certificate {} with the key {}: both must be PEM files that belong together",
                       settings.certificate.string(), settings.key.string());
  SSL_CTX_set_min_proto_version(server.ssl_context(), TLS1_2_VERSION);
  server.set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
    return give(impl_->answers, request, response);
  });
  server.new_task_queue = [threads = settings.threads] { return new httplib::ThreadPool(threads); };
  // A body that nobody reads cannot be taken for a second request when there is none.
  server.set_keep_alive_max_count(1);
  server.set_payload_max_length(0);
  server.set_read_timeout(settings.timeout);
  server.set_write_timeout(settings.timeout);
  server.set_tcp_nodelay(true);
  if (settings.port == 0) {
    const int port = server.bind_to_any_port(settings.host);
    impl_->port = port > 0 ? static_cast<std::uint16_t>(port) : std::uint16_t{0};
  } else if (server.bind_to_port(settings.host, settings.port)) {
    impl_->port = settings.port;
  }
  if (impl_->port == 0)
    return fmt::format("cannot serve HTTPS on {}:{}: the address is in use or not of this machine; choose another with "
                       "--http HOST:PORT",
                       settings.host, settings.port);
  impl_->accepting = std::thread{[&server] { server.listen_after_bind(); }};
  // `stop` has no effect before the loop runs.
  while (!server.is_running())
    std::this_thread::yield();
  return std::nullopt;
}

void https_listener::stop() {
  if (!impl_->accepting.joinable())
    return;
  impl_->server.stop();
  impl_->accepting.join();
}

std::uint16_t https_listener::port() const {
  return impl_->port;
}

} // namespace alleycat
