/// What the node answers over HTTP, whoever carries it: a folder of page files and a few computed answers.
#pragma once

#include <array>
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

/// A reply with what else stands in its head, besides `fixed_headers`.
struct full_reply {
  http_reply reply;
  std::vector<std::pair<std::string, std::string>> headers;
};

using fixed_header = std::pair<std::string_view, std::string_view>;
/// In every answer. What the page may do: its own scripts, styles and pictures, and WebSockets to wherever nats-server
/// listens.
inline constexpr std::array fixed_headers{
    fixed_header{"Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' "
                                            "data:; font-src 'self'; manifest-src 'self'; connect-src 'self' ws: "
                                            "wss:; base-uri 'none'; frame-ancestors 'none'; form-action 'none'"},
    fixed_header{"X-Content-Type-Options", "nosniff"},
    fixed_header{"Referrer-Policy", "no-referrer"},
    fixed_header{"Cross-Origin-Opener-Policy", "same-origin"},
    fixed_header{"Cross-Origin-Resource-Policy", "same-origin"},
};

/// A short text that nobody keeps.
full_reply plain_reply(int status, std::string body);

class http_answers {
public:
  /// @param web  folder of page files, served below `/`; empty: none
  explicit http_answers(std::filesystem::path web) : web_{std::move(web)} {}

  /// Answers exactly `path` ("/metrics") by `handler`, in front of a page file of that name.
  void handle(std::string path, http_handler handler);

  /// @param method      only GET and HEAD are answered; a HEAD gets the body too, to be left out by who sends it
  /// @param path        decoded
  /// @param known_etag  of If-None-Match; may be empty
  /// @param gzip        whether a file that has a compressed one beside it (`name.gz`) may be sent so
  full_reply answer(std::string_view method, const std::string& path, const http_query& query,
                    std::string_view known_etag, bool gzip) const;

private:
  std::filesystem::path web_;
  std::map<std::string, http_handler, std::less<>> handlers_;
};

} // namespace alleycat
