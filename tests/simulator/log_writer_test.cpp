#include "simulator/log_writer.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <sstream>
#include <system_error>
#include <unistd.h>

using namespace alleycat::sim;

namespace {

struct temporary_file {
  std::filesystem::path path =
      std::filesystem::temp_directory_path() / fmt::format("alleycat-sim-log-{}.ndjson", ::getpid());
  ~temporary_file() { std::filesystem::remove(path); }

  std::string content() const {
    std::ifstream in{path};
    return {std::istreambuf_iterator<char>{in}, {}};
  }
};

} // namespace

TEST_CASE("the log is one object a line, in the order of events") {
  const temporary_file file;
  log_writer log{file.path.string()};
  log.start(R"("seed":1)");
  log.sent(7, at_ms(1000), 0, send_reason::first, R"({"event":"update"})");
  log.sent(7, at_ms(3000), 1, send_reason::timeout, R"({"event":"update"})");
  log.lost(8, at_ms(3001), 0, send_reason::first);
  log.answer_lost(7, at_ms(3002), R"({"ok":true})");
  log.answer(7, at_ms(3003), false, R"({"ok":true})");
  log.answer(7, at_ms(3004), true, R"({"ok":true})");
  log.no_responders(8, at_ms(3005));
  log.given_up(8, at_ms(3006));
  log.end("");
  CHECK(file.content() == R"({"t":"start","seed":1}
{"t":"sent","n":7,"ts":1000,"update":{"event":"update"}}
{"t":"sent","n":7,"ts":3000,"again":1,"why":"timeout","update":{"event":"update"}}
{"t":"lost","n":8,"ts":3001,"again":0,"why":"first"}
{"t":"answer_lost","n":7,"ts":3002,"answer":{"ok":true}}
{"t":"answer","n":7,"ts":3003,"answer":{"ok":true}}
{"t":"answer","n":7,"ts":3004,"again":true,"answer":{"ok":true}}
{"t":"no_responders","n":8,"ts":3005}
{"t":"given_up","n":8,"ts":3006}
{"t":"end"}
)");
}

TEST_CASE("only whole lines reach the file, at each flush") {
  const temporary_file file;
  log_writer log{file.path.string()};
  log.sent(1, at_ms(1000), 0, send_reason::first, "{}");
  CHECK(file.content().empty());
  log.flush();
  CHECK(file.content() == "{\"t\":\"sent\",\"n\":1,\"ts\":1000,\"update\":{}}\n");
}

TEST_CASE("a log that cannot be opened is an error that names it") {
  CHECK_THROWS_AS(log_writer{"/nowhere/at/all.ndjson"}, std::system_error);
}
