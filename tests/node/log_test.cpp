#include "node/telemetry/log.hpp"
#include "racing/ids.hpp"
#include "tests/node/temporary_folder.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

using namespace alleycat;
using alleycat::testing::temporary_folder;

namespace {

/// 2026-11-22T22:30:25.123Z
constexpr unix_ms moment = at_ms(1795386625123);

std::string text_line(std::initializer_list<log_field> fields) {
  return log_line({}, moment, log_level::info, "race.closed", fields);
}

/// Standard error goes to a file while this lives.
class captured_stderr {
public:
  captured_stderr() : before_{dup(STDERR_FILENO)} {
    const int fd = open(file().c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    dup2(fd, STDERR_FILENO);
    close(fd);
  }
  ~captured_stderr() { restore(); }

  std::string text() {
    restore();
    std::ifstream in{file()};
    return {std::istreambuf_iterator<char>{in}, {}};
  }

private:
  std::filesystem::path file() const { return folder_.path() / "stderr"; }
  void restore() {
    if (before_ < 0)
      return;
    dup2(before_, STDERR_FILENO);
    close(before_);
    before_ = -1;
  }

  temporary_folder folder_;
  int before_;
};

} // namespace

TEST_CASE("an event is one line with its time, level, id and fields") {
  CHECK(text_line({{"class", class_id{3}}, {"race", race_id{5400172}}, {"late", -4}, {"share", 0.5}, {"ok", true}}) ==
        "2026-11-22T22:30:25.123Z info race.closed class=3 race=5400172 late=-4 share=0.5 ok=true");
  CHECK(text_line({}) == "2026-11-22T22:30:25.123Z info race.closed");
}

TEST_CASE("a value can neither begin a line nor pass for another field") {
  CHECK(text_line({{"name", "Adell"}}) == "2026-11-22T22:30:25.123Z info race.closed name=Adell");
  struct value {
    std::string given, written;
  };
  const auto one = GENERATE(values<value>({{"Big Al", R"("Big Al")"},
                                           {"", R"("")"},
                                           {"a=b", R"("a=b")"},
                                           {"say \"hi\"", R"("say \"hi\"")"},
                                           {"a\nrace.closed", R"("a\nrace.closed")"},
                                           {"back\\slash", R"("back\\slash")"},
                                           {"\x1b[31m", R"("\u001b[31m")"},
                                           {"Zoë", "Zoë"},
                                           {"\xff", "\xff"}}));
  CHECK(text_line({{"v", one.given}}) == "2026-11-22T22:30:25.123Z info race.closed v=" + one.written);
}

TEST_CASE("a JSON line is JSON, whatever the values are") {
  const log_settings json{log_level::info, log_format::json, false};
  const auto line = log_line(json, moment, log_level::error, "store.failed",
                             {{"class", class_id{3}},
                              {"what", "disk \"full\"\n\xff"},
                              {"ok", false},
                              {"ratio", std::numeric_limits<double>::infinity()}});
  CHECK(line.find('\n') == std::string::npos);
  const auto parsed = nlohmann::json::parse(line);
  CHECK(parsed["ts"] == "2026-11-22T22:30:25.123Z");
  CHECK(parsed["level"] == "error");
  CHECK(parsed["event"] == "store.failed");
  CHECK(parsed["class"] == 3);
  CHECK(parsed["what"] == "disk \"full\"\n\xEF\xBF\xBD");
  CHECK(parsed["ok"] == false);
  CHECK(parsed["ratio"] == "inf");
}

TEST_CASE("the journal gets its priority in front") {
  const log_settings settings{log_level::debug, log_format::text, true};
  CHECK_THAT(log_line(settings, moment, log_level::debug, "a.b", {}), Catch::StartsWith("<7>2026"));
  CHECK_THAT(log_line(settings, moment, log_level::info, "a.b", {}), Catch::StartsWith("<6>2026"));
  CHECK_THAT(log_line(settings, moment, log_level::warn, "a.b", {}), Catch::StartsWith("<4>2026"));
  CHECK_THAT(log_line(settings, moment, log_level::error, "a.b", {}), Catch::StartsWith("<3>2026"));
}

TEST_CASE("standard error is the journal only if it is the stream that JOURNAL_STREAM names") {
  struct stat file {};
  REQUIRE(fstat(STDERR_FILENO, &file) == 0);
  const auto own = std::to_string(file.st_dev) + ":" + std::to_string(file.st_ino);
  CHECK(stderr_is_journal(own.c_str()));
  CHECK_FALSE(stderr_is_journal("1:1"));
  CHECK_FALSE(stderr_is_journal(nullptr));
}

TEST_CASE("what is less important than the level is dropped, and the level changes while running") {
  captured_stderr captured;
  start_log({log_level::warn, log_format::text, false});
  log_event(log_level::info, "test.dropped");
  log_event(log_level::warn, "test.first", {{"brace", "{}"}});
  set_log_level(log_level::debug);
  log_event(log_level::debug, "test.second");
  start_log({});
  const auto text = captured.text();
  CHECK_THAT(text, !Catch::Contains("test.dropped"));
  CHECK_THAT(text, Catch::Contains(" warn test.first brace={}\n"));
  CHECK_THAT(text, Catch::EndsWith(" debug test.second\n"));
  CHECK(std::count(text.begin(), text.end(), '\n') == 2);
}

TEST_CASE("levels have names") {
  for (const auto level : {log_level::debug, log_level::info, log_level::warn, log_level::error})
    CHECK(log_level_of(name_of(level)) == level);
  CHECK_FALSE(log_level_of("loud").has_value());
}
