#include "node/config/peer_address.hpp"

#include "node/config/options.hpp"
#include "node/config/read_config.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace alleycat;

namespace {

std::variant<node_config, early_exit> read_flags(std::vector<std::string> flags) {
  flags.insert(flags.begin(), "alleycat-node");
  std::vector<const char*> arguments;
  for (const auto& flag : flags)
    arguments.push_back(flag.c_str());
  return read_config(static_cast<int>(arguments.size()), arguments.data(), {});
}

/// Empty: taken.
std::string refusal_of(std::vector<std::string> flags) {
  const auto result = read_flags(std::move(flags));
  const auto* refused = std::get_if<early_exit>(&result);
  if (refused == nullptr)
    return {};
  CHECK(refused->code == 2);
  CHECK(refused->to_stderr);
  return refused->text;
}

std::string told_to_others(std::vector<std::string> flags) {
  const auto result = read_flags(std::move(flags));
  REQUIRE(std::holds_alternative<node_config>(result));
  return to_string(advertised(std::get<node_config>(result)));
}

} // namespace

TEST_CASE("half a set of TLS files is refused, and says what belongs together") {
  const std::vector<std::vector<std::string>> halves{
      {"--tls-cert", "c"},
      {"--tls-key", "k"},
      {"--tls-ca", "a"},
      {"--tls-cert", "c", "--tls-key", "k"},
      {"--tls-cert", "c", "--tls-ca", "a"},
      {"--tls-key", "k", "--tls-ca", "a"},
  };
  for (const auto& half : halves)
    CHECK_THAT(refusal_of(half), Catch::Contains("node.tls_cert, node.tls_key and node.tls_ca belong together"));
  CHECK(refusal_of({"--tls-cert", "c", "--tls-key", "k", "--tls-ca", "a"}).empty());
}

TEST_CASE("an address that others reach needs TLS or --insecure") {
  for (const auto* open : {"10.0.0.4:4500", "harbour:0", "[2001:db8::4]:4500", "[::ffff:10.0.0.4]:1", "128.0.0.1:1"}) {
    INFO(open);
    CHECK_THAT(refusal_of({"--listen", open}), Catch::Contains("--tls-cert") && Catch::Contains("--insecure"));
    CHECK(refusal_of({"--listen", open, "--insecure"}).empty());
    CHECK(refusal_of({"--listen", open, "--node.insecure", "yes"}).empty());
    CHECK(refusal_of({"--listen", open, "--tls-cert", "c", "--tls-key", "k", "--tls-ca", "a"}).empty());
  }
  for (const auto* own : {"127.0.0.1:0", "127.3.2.1:4500", "localhost:0", "[::1]:4500", "[::ffff:127.0.0.1]:1"})
    CHECK(refusal_of({"--listen", own}).empty());
}

TEST_CASE("an address that others cannot reach is refused") {
  CHECK_THAT(refusal_of({"--listen", "0.0.0.0:4500", "--insecure"}), Catch::Contains("give --advertise HOST:PORT"));
  CHECK_THAT(refusal_of({"--listen", "[::]:4500", "--insecure"}), Catch::Contains("give --advertise HOST:PORT"));
  CHECK(refusal_of({"--listen", "0.0.0.0:4500", "--insecure", "--advertise", "10.0.0.4:4500"}).empty());
  CHECK_THAT(refusal_of({"--listen", "10.0.0.4:4500", "--insecure", "--advertise", "0.0.0.0:4500"}),
             Catch::Contains("node.advertise is 0.0.0.0:4500, which nobody can connect to"));
  CHECK_THAT(refusal_of({"--advertise", "[::]:4500"}), Catch::Contains("which nobody can connect to"));
  CHECK_THAT(refusal_of({"--listen", "10.0.0.4:4500", "--insecure", "--advertise", "127.0.0.1:4500"}),
             Catch::Contains("cannot reach"));
  CHECK_THAT(refusal_of({"--listen", "0.0.0.0:4500", "--insecure", "--advertise", "localhost:4500"}),
             Catch::Contains("cannot reach"));
  CHECK_THAT(refusal_of({"--listen", "10.0.0.4:4500", "--insecure", "--advertise", "harbour:0"}),
             Catch::Contains("port 0 is for"));
  CHECK_THAT(refusal_of({"--advertise", "harbour"}), Catch::Contains("must be HOST:PORT"));
}

TEST_CASE("with NATS on another machine the nodes may be on others too") {
  for (const auto* nats : {"nats://10.0.0.5:4222", "nats://user:pass@nats:4222", "nats.example",
                           "tls://[2001:db8::5]:1", "nats://127.0.0.1:4222,nats://10.0.0.5:4222"}) {
    INFO(nats);
    CHECK_THAT(refusal_of({"--nats", nats}),
               Catch::Contains("NATS is at") && Catch::Contains("--advertise 127.0.0.1:0"));
    CHECK(refusal_of({"--nats", nats, "--advertise", "127.0.0.1:0"}).empty());
    CHECK(refusal_of({"--nats", nats, "--listen", "10.0.0.4:0", "--insecure"}).empty());
  }
  for (const auto* nats :
       {"nats://127.0.0.1:4222", "127.0.0.1:4222", "nats://user:p@localhost:4222", "nats://[::1]:4222"})
    CHECK(refusal_of({"--nats", nats}).empty());
}

TEST_CASE("others are told the advertised address, or the one that is listened on") {
  CHECK(told_to_others({"--listen", "127.0.0.1:4500"}) == "127.0.0.1:4500");
  CHECK(told_to_others({"--listen", "[::1]:4500"}) == "[::1]:4500");
  CHECK(told_to_others({"--listen", "0.0.0.0:4500", "--insecure", "--advertise", "harbour:14500"}) == "harbour:14500");
}
