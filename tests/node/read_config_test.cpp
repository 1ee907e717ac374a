#include "node/config/options.hpp"
#include "node/config/read_config.hpp"
#include "node/config/reload.hpp"
#include "node/telemetry/version.hpp"
#include "tests/node/temporary_folder.hpp"

#include <catch2/catch.hpp>
#include <set>
#include <sstream>

using namespace alleycat;
using alleycat::testing::temporary_folder;

namespace {

using outcome = std::variant<node_config, early_exit>;

outcome read(std::vector<std::string> arguments, const environment& env = {}) {
  std::vector<const char*> argv{"/usr/bin/alleycat-node"};
  for (const auto& argument : arguments)
    argv.push_back(argument.c_str());
  return read_config(static_cast<int>(argv.size()), argv.data(), env);
}

node_config accepted(std::vector<std::string> arguments, const environment& env = {}) {
  auto result = read(std::move(arguments), env);
  if (const auto* leave = std::get_if<early_exit>(&result))
    FAIL("left instead: " << leave->text);
  return std::get<node_config>(result);
}

/// The complaint, of one line, on standard error, with code 2.
std::string refused(std::vector<std::string> arguments, const environment& env = {}) {
  const auto result = read(std::move(arguments), env);
  REQUIRE(std::holds_alternative<early_exit>(result));
  const auto& leave = std::get<early_exit>(result);
  CHECK(leave.code == 2);
  CHECK(leave.to_stderr);
  CHECK(std::count(leave.text.begin(), leave.text.end(), '\n') == 1);
  CHECK(leave.text.back() == '\n');
  CHECK(leave.text.starts_with("alleycat-node: "));
  return leave.text;
}

early_exit left(std::vector<std::string> arguments, const environment& env = {}) {
  const auto result = read(std::move(arguments), env);
  REQUIRE(std::holds_alternative<early_exit>(result));
  return std::get<early_exit>(result);
}

} // namespace

TEST_CASE("without arguments a node runs with what the contract says") {
  const auto config = accepted({});
  CHECK(config.own_nats_server());
  CHECK(config.nats_port == 4222);
  CHECK(config.ws_port == 8443);
  CHECK(config.listen == host_port{"127.0.0.1", 0});
  CHECK(config.http == host_port{"127.0.0.1", 8080});
  CHECK(config.rules == rule_set{race_rules{}, shipped_classes()});
  CHECK(config.journal.storage == journal_storage::file);
  CHECK(config.journal.linger_ms == 20);
  CHECK(config.journal.max_bytes == 4294967296u);
  CHECK(config.standings_min_interval_ms == 900);
  CHECK(config.history_keep_days == 90);
  CHECK(config.drain_seconds == 10);
  CHECK_FALSE(config.name.empty());
}

TEST_CASE("the short flags of the contract reach their keys") {
  const auto config = accepted({"--nats",      "nats://a:4222,nats://b:4222",
                                "--nats-port", "5222",
                                "--ws-port",   "9443",
                                "--name",      "harbour-1",
                                "--data",      "/srv/alleycat",
                                "--listen",    "10.0.0.4:4500",
                                "--http",      "[::1]:0",
                                "--advertise", "harbour:4501",
                                "--tls-cert",  "node.pem",
                                "--tls-key",   "node.key",
                                "--tls-ca",    "ca.pem"});
  CHECK(config.nats_urls == std::vector<std::string>{"nats://a:4222", "nats://b:4222"});
  CHECK_FALSE(config.own_nats_server());
  CHECK(config.nats_port == 5222);
  CHECK(config.ws_port == 9443);
  CHECK(config.name == "harbour-1");
  CHECK(config.data == "/srv/alleycat");
  CHECK(config.listen == host_port{"10.0.0.4", 4500});
  CHECK(config.http == host_port{"::1", 0});
  CHECK(config.advertise == host_port{"harbour", 4501});
  CHECK(config.tls_cert == "node.pem");
  CHECK(config.tls_key == "node.key");
  CHECK(config.tls_ca == "ca.pem");
  CHECK_FALSE(config.insecure);
  CHECK(accepted({"--insecure"}).insecure);
}

TEST_CASE("a flag overrules the environment, the environment the file, the file the default") {
  const temporary_folder folder;
  const auto file =
      folder.write("node.toml", "[race]\ncapacity = 10\ngrace_seconds = 11\nwindow_seconds = 12\n").string();
  const environment env{{"ALLEYCAT_RACE_CAPACITY", "20"}, {"ALLEYCAT_RACE_GRACE_SECONDS", "21"}};
  const auto race = accepted({"--config", file, "--race.capacity", "30"}, env).rules.race;
  CHECK(race.capacity == 30);
  CHECK(race.grace_seconds == 21);
  CHECK(race.window_seconds == 12);
  CHECK(race.ride_seconds == 300);
}

TEST_CASE("the file may be named by the environment, and a flag names another") {
  const temporary_folder folder;
  const auto one = folder.write("one.toml", "[node]\nname = \"one\"\n").string();
  const auto two = folder.write("two.toml", "[node]\nname = \"two\"\n").string();
  CHECK(accepted({}, {{"ALLEYCAT_CONFIG", one}}).name == "one");
  CHECK(accepted({"--config", two}, {{"ALLEYCAT_CONFIG", one}}).name == "two");
}

TEST_CASE("every key can be given as a flag, in the environment and in the file") {
  const temporary_folder folder;
  for (const auto& opt : options()) {
    INFO(opt.key);
    // Some valid value that is not the default.
    const auto original = opt.get(default_config());
    option_value other = original;
    if (const auto* range = std::get_if<whole_number>(&opt.kind))
      other = std::get<std::int64_t>(original) == range->low ? range->high : range->low;
    else if (const auto* numbers = std::get_if<any_number>(&opt.kind))
      other = (numbers->low + numbers->high) / 2;
    else if (const auto* choice = std::get_if<one_of>(&opt.kind))
      other = std::string{choice->words.back() == std::get<std::string>(original) ? choice->words.front()
                                                                                  : choice->words.back()};
    else if (std::holds_alternative<address>(opt.kind))
      other = std::string{"127.0.0.2:99"};
    else if (std::holds_alternative<text_list>(opt.kind))
      other = opt.key == "http.origins" ? std::vector<std::string>{"http://one", "https://two:1"}
                                        : std::vector<std::string>{"nats://localhost:1", "nats://localhost:2"};
    else
      other = std::string{"other"};
    std::string text = toml_literal(other);
    if (const auto* word = std::get_if<std::string>(&other))
      text = *word;
    if (std::holds_alternative<std::vector<std::string>>(other))
      text = opt.key == "http.origins" ? "http://one,https://two:1" : "nats://localhost:1,nats://localhost:2";

    // One of them alone is refused.
    if (opt.key.starts_with("node.tls_") || opt.key == "http.cert" || opt.key == "http.key")
      continue;
    const auto toml =
        "[" + std::string{opt.section()} + "]\n" + std::string{opt.name()} + " = " + toml_literal(other) + "\n";
    CHECK(opt.get(accepted({opt.flag(), text})) == other);
    CHECK(opt.get(accepted({}, {{opt.variable(), text}})) == other);
    CHECK(opt.get(accepted({"--config", folder.write("node.toml", toml).string()})) == other);
  }
}

TEST_CASE("a number may be whole where a fraction is allowed, and must be within its range") {
  const temporary_folder folder;
  const auto of_file = [&](const std::string& value) {
    return std::vector<std::string>{"--config",
                                    folder.write("node.toml", "[history]\nkeep_days = " + value + "\n").string()};
  };
  CHECK(accepted({"--history.keep_days", "7"}).history_keep_days == 7);
  CHECK(accepted({"--history.keep_days", "0.5"}).history_keep_days == 0.5);
  CHECK(accepted(of_file("7")).history_keep_days == 7);
  CHECK(accepted(of_file("0.5")).history_keep_days == 0.5);
  for (const auto* wrong : {"0", "-1", "3651", "nan", "inf", "7 days", ""})
    CHECK_THAT(refused({"--history.keep_days", wrong}), Catch::Contains("a number in 0.0001..3650"));
  CHECK_THAT(refused(of_file("\"7\"")), Catch::Contains("a number in 0.0001..3650"));
  CHECK_THAT(refused(of_file("nan")), Catch::Contains("a number in 0.0001..3650"));
}

TEST_CASE("each key, flag and variable stands once, with a sentence about it") {
  std::set<std::string> names;
  for (const auto& opt : options()) {
    INFO(opt.key);
    CHECK(names.insert(std::string{opt.key}).second);
    CHECK(names.insert(opt.variable()).second);
    CHECK((opt.short_flag.empty() || names.insert(std::string{opt.short_flag}).second));
    CHECK(opt.doc.ends_with('.'));
    CHECK_FALSE(fault_in(opt, opt.get(default_config())).has_value());
  }
}

TEST_CASE("what is wrong on the command line is said in one line") {
  struct line {
    std::vector<std::string> arguments;
    std::string says;
  };
  const auto wrong = GENERATE(values<line>({
      {{"--race.capacity", "0"}, "--race.capacity must be a whole number in 1..65535, not \"0\""},
      {{"--race.ride_seconds", "901"}, "must be a whole number in 1..900"},
      {{"--race.capacity", "many"}, "must be a whole number in 1..65535, not \"many\""},
      {{"--race.capacity", "10x"}, "not \"10x\""},
      {{"--race.capacity=-1"}, "not \"-1\""},
      {{"--race.capacity", "99999999999999999999"}, "must be a whole number"},
      {{"--race.admit", "sometimes"}, "must be one of live, any, not \"sometimes\""},
      {{"--http", "8080"}, "must be HOST:PORT"},
      {{"--http", "localhost:80800"}, "must be HOST:PORT"},
      {{"--http", "::1:80"}, "must be HOST:PORT"},
      {{"--advertise", "näher:7701"}, "must be HOST:PORT"},
      {{"--advertise", "[a b]:7701"}, "must be HOST:PORT"},
      {{"--advertise", std::string(249, 'a') + ":7701"}, "must be HOST:PORT"},
      {{"--name", "a.b"}, "must be 1 to 64 letters, digits, - or _"},
      {{"--data", ""}, "node.data must name a folder"},
      {{"--nats", "nats://a,,nats://b"}, "none of them empty"},
      {{"--nats-port", "8443"}, "nats.port and nats.ws_port must differ"},
      {{"--race.capcity", "10"}, "--race.capcity"},
      {{"stray"}, "stray"},
      {{"--race.capacity"}, "--race.capacity"},
      {{"--config", "/nowhere/node.toml"}, "cannot read /nowhere/node.toml: No such file or directory"},
      {{"--config", "/tmp"}, "cannot read /tmp: Is a directory"},
  }));
  INFO(wrong.says);
  CHECK_THAT(refused(wrong.arguments), Catch::Contains(wrong.says));
}

TEST_CASE("a variable that nobody reads is an error, and names the near one") {
  CHECK_THAT(
      refused({}, {{"ALLEYCAT_RACE_CAPCITY", "10"}}),
      Catch::Contains("unknown environment variable ALLEYCAT_RACE_CAPCITY; did you mean ALLEYCAT_RACE_CAPACITY?"));
  CHECK_THAT(refused({}, {{"ALLEYCAT_RACE_CAPACITY", "none"}}), Catch::Contains("ALLEYCAT_RACE_CAPACITY must be"));
  CHECK(accepted({}, {{"PATH", "/bin"}, {"ALLEYCAT_FAILPOINTS", "x"}}) == default_config());
}

TEST_CASE("only variables of ours are read from the process") {
  setenv("ALLEYCAT_LOG_LEVEL", "warn", 1);
  const auto env = alleycat_environment();
  unsetenv("ALLEYCAT_LOG_LEVEL");
  CHECK(env.at("ALLEYCAT_LOG_LEVEL") == "warn");
  CHECK(env.find("PATH") == env.end());
}

TEST_CASE("the last of two equal flags counts") {
  CHECK(accepted({"--race.capacity", "10", "--race.capacity", "20"}).rules.race.capacity == 20);
}

TEST_CASE("of a configuration that is read again a running node takes what is live") {
  auto running = accepted({"--name", "a"});
  auto read = accepted({"--name", "a", "--log.level", "debug", "--history.keep_days", "3", "--http", "127.0.0.1:9"});
  read.rules.classes.pop_back();
  const auto changes = take_over(running, read);
  CHECK(changes.taken == std::vector<std::string_view>{"history.keep_days", "log.level"});
  CHECK(changes.need_restart == std::vector<std::string_view>{"http.listen", "class"});
  CHECK(running == accepted({"--name", "a", "--log.level", "debug", "--history.keep_days", "3"}));
  CHECK(take_over(running, read).taken.empty());
}

TEST_CASE("a certificate without its key is refused, and the other way round") {
  CHECK_THAT(refused({"--http-cert", "c.pem"}), Catch::Contains("http.cert and http.key belong together"));
  CHECK_THAT(refused({"--http-key", "k.pem", "--check-config"}), Catch::Contains("belong together"));
  const auto both = accepted({"--http-cert", "c.pem", "--http-key", "k.pem"});
  CHECK(both.http_cert == "c.pem");
  CHECK(both.http_key == "k.pem");
}

TEST_CASE("two free ports may both be asked for as 0") {
  CHECK(accepted({"--nats-port", "0", "--ws-port", "0"}).nats_port == 0);
}

TEST_CASE("help goes to standard output and lists every flag") {
  const auto help = left({"--help"});
  CHECK(help.code == 0);
  CHECK_FALSE(help.to_stderr);
  for (const auto& opt : options())
    CHECK_THAT(help.text, Catch::Contains(opt.flag()));
  std::istringstream lines{help.text};
  for (std::string line; std::getline(lines, line);)
    CHECK(line.size() <= 120);
  CHECK_THAT(help.text, Catch::Contains("ALLEYCAT_SECTION_KEY") && Catch::Contains("--print-config"));
}

TEST_CASE("the version names the program and its libraries") {
  const auto version = left({"--version"});
  CHECK(version.code == 0);
  CHECK_FALSE(version.to_stderr);
  CHECK_THAT(version.text, Catch::StartsWith("alleycat-node " + std::string{versions().alleycat} + "\n"));
  CHECK_THAT(version.text, Catch::Contains("CAF 0.17") && Catch::Contains("nats.c 3.") && Catch::Contains("LMDB 0.9"));
  CHECK_FALSE(versions().commit.empty());
}

TEST_CASE("checking a configuration says that it is valid, or what is wrong") {
  CHECK(left({"--check-config"}).code == 0);
  CHECK_THAT(refused({"--check-config", "--race.capacity", "0"}), Catch::Contains("1..65535"));
}

TEST_CASE("an origin is scheme, host and port, nothing else") {
  CHECK(accepted({"--http.origins", "https://race.example,http://10.0.0.4:8080"}).origins.size() == 2);
  for (const auto* wrong : {"race.example", "ws://race.example", "https://", "https://race.example/", "http://a b"}) {
    INFO(wrong);
    CHECK_THAT(left({"--http.origins", wrong}).text, Catch::Contains("http.origins must be like"));
  }
}

TEST_CASE("a printed configuration read again is the same configuration") {
  const temporary_folder folder;
  const auto classes = folder.write(
      "classes.toml",
      "[[class]]\nid = 9\nname = \"Pier \\\"9\\\" \\\\ north\"\nscore = \"output\"\n[[class]]\nid = 2\nname = "
      "\"Loop\"\ndifficulty = 4\n");
  const std::vector<std::string> arguments{"--config",
                                           classes.string(),
                                           "--nats",
                                           "nats://a,nats://b",
                                           "--advertise",
                                           "localhost:0",
                                           "--http.web",
                                           "/srv/a \"b\"\t",
                                           "--race.admit",
                                           "any",
                                           "--log.format",
                                           "json",
                                           "--journal.storage",
                                           "memory"};
  auto print = arguments;
  print.emplace_back("--print-config");
  const auto printed = left(print);
  CHECK(printed.code == 0);
  const auto again = folder.write("printed.toml", printed.text);
  INFO(printed.text);
  CHECK(accepted({"--config", again.string()}) == accepted(arguments));
}
