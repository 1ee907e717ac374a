/// What the node answers over HTTP, whoever carries it: a folder of page files and a few computed answers.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace alleycat {

struct http_reply {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
};

/// Decoded parameters of the query string; of a repeated one the first counts.
using http_query = std::map<std::string, std::string, std::less<>>;

/// Called on a thread of the server, several at a time. What it throws becomes a 500 and a log line.
using http_handler = std::function<http_reply(std::string_view path, const http_query& query)>;

/// A reply with what else stands in its head, besides `fixed_headers` and the content security policy.
struct full_reply {
  http_reply reply;
  std::vector<std::pair<std::string, std::string>> headers;
};

using fixed_header = std::pair<std::string_view, std::string_view>;
/// In every answer.
inline constexpr std::array fixed_headers{
    fixed_header{"X-Content-Type-Options", "nosniff"},
    fixed_header{"Referrer-Policy", "no-referrer"},
    fixed_header{"Cross-Origin-Opener-Policy", "same-origin"},
    fixed_header{"Cross-Origin-Resource-Policy", "same-origin"},
};

/// Where nats-server takes WebSockets from the page.
struct socket_place {
  std::string url;        ///< empty: the host that serves the page, at `port`
  std::uint16_t port = 0; ///< 0 = none
};

/// `Content-Security-Policy`, in every answer. What the page may do: its own scripts, styles and pictures, and WebSockets to
/// nats-server and nobody else.
/// @param host  the request's Host header; what is no host allows no WebSocket
std::string content_policy(std::string_view host, const socket_place& socket);

/// A short text that nobody keeps.
full_reply plain_reply(int status, std::string body);

class http_answers {
public:
  /// @param web  folder of page files, served below `/`; empty: none
  explicit http_answers(std::filesystem::path web, socket_place socket = {})
      : web_{std::move(web)}, socket_{std::move(socket)} {}

  /// Answers exactly `path` ("/metrics") by `handler`, in front of a page file of that name.
  void handle(std::string path, http_handler handler);

  /// @param method      only GET and HEAD are answered; a HEAD gets the body too, to be left out by who sends it
  /// @param path        decoded
  /// @param known_etag  of If-None-Match; may be empty
  /// @param gzip        whether a file that has a compressed one beside it (`name.gz`) may be sent so
  full_reply answer(std::string_view method, const std::string& path, const http_query& query,
                    std::string_view known_etag, bool gzip) const;

  const socket_place& socket() const { return socket_; }

private:
  std::filesystem::path web_;
  socket_place socket_;
  std::map<std::string, http_handler, std::less<>> handlers_;
};

} // namespace alleycat
