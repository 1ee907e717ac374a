/// The NATS connection of a command.
#pragma once

#include "ops/alleycat/commands.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alleycat::cli {

/// Connected while it lives; reconnects for ever. Not for use by several threads.
class connection {
public:
  /// @throws command_failed when no server answers within the timeout.
  explicit connection(const common_options& common);
  ~connection();
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  /// Asks `alleycat.query.<verb_and_args>` with a JSON object.
  /// @returns the answer, one JSON object as text.
  /// @throws command_failed for an answer `{"error":…}` or one that is no JSON, for none within the timeout, and when no
  ///         node is there.
  std::string query(std::string_view verb_and_args, const std::string& request) const;

  /// Likewise many questions, a number of them at a time. What the nodes cannot answer at the moment is asked again, behind a
  /// pause, for half a minute.
  /// @param request  the same for each
  /// @returns the answers, in the order of the questions; none for what is not there (`unknown_race`, `unknown_ride`)
  std::vector<std::optional<std::string>> query_all(const std::vector<std::string>& verbs_and_args,
                                                    const std::string& request = "{}") const;

  /// Calls back on a thread of the NATS client for each message, until the connection ends.
  void subscribe(const std::string& subject,
                 std::function<void(std::string_view subject, std::string_view payload)> take);

  /// A subject for answers that nobody else uses; more tokens may follow.
  std::string new_inbox() const;
  /// @param reply  where the answer is to go
  void publish(const std::string& subject, const std::string& reply, const std::string& payload) const;

  /// Whether the server can be reached at this moment.
  bool is_up() const;

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

/// The URLs without user names and passwords, for messages.
std::string without_credentials(std::string_view urls);

} // namespace alleycat::cli
