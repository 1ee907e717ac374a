#include "node/nats_server/nats_server_files.hpp"
#include "tests/node/temporary_folder.hpp"

#include <catch2/catch.hpp>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace alleycat;
using alleycat::testing::temporary_folder;

TEST_CASE("the written configuration is one that nats-server accepts, whatever the folder is called") {
  const temporary_folder folder;
  const nats_files files{folder.path() / "a \"quoted\" $folder \\ {x}"};
  std::filesystem::create_directories(files.folder);
  nats_settings settings;
  settings.data = files.folder.parent_path();
  settings.max_file_store_bytes = std::uint64_t{64} << 30;
  settings.max_memory_store_bytes = 1 << 30;
  std::ofstream{files.conf} << nats_server_conf(settings, {4222, 8443, 8222}, files);
  const auto program = find_nats_server("", "");
  REQUIRE(program.has_value());
  auto checked = start_child(*program, {"-t", "-c", files.conf.string()}, files.err);
  REQUIRE(std::holds_alternative<held_process>(checked));
  const auto& child = std::get<held_process>(checked);
  REQUIRE(child.wait(std::chrono::seconds{60}));
  INFO(last_complaint(files));
  CHECK(reap(child) == "exit code 0");
}

TEST_CASE("nats-server is found in the search path, in /usr/sbin, or where it is said to be") {
  const temporary_folder folder;
  const auto here = folder.write("bin/nats-server", "#!/bin/sh\n");
  chmod(here.c_str(), 0755);
  const auto plain = folder.write("plain/nats-server", "no program");
  const auto bin = here.parent_path().string();
  CHECK(find_nats_server("", "/nowhere::" + bin) == here);
  CHECK(find_nats_server("", plain.parent_path().string() + ":" + bin) == here);
  CHECK(find_nats_server(here.string(), "") == here);
  CHECK(find_nats_server("", "") == "/usr/sbin/nats-server");
  CHECK_FALSE(find_nats_server(plain.string(), bin).has_value());
  CHECK_FALSE(find_nats_server("no-such-server", bin).has_value());
}

TEST_CASE("free ports are three different ones") {
  nats_settings settings;
  settings.port = settings.ws_port = 0;
  const auto chosen = choose_ports(settings);
  REQUIRE(std::holds_alternative<nats_ports>(chosen));
  const auto& ports = std::get<nats_ports>(chosen);
  CHECK(ports.client != 0);
  CHECK(ports.websocket != 0);
  CHECK(ports.monitor != 0);
  CHECK(ports.client != ports.websocket);
  CHECK(ports.client != ports.monitor);
  CHECK(ports.websocket != ports.monitor);
}

TEST_CASE("a host that is not ours is named") {
  nats_settings settings;
  settings.host = "192.0.2.77";
  const auto chosen = choose_ports(settings);
  REQUIRE(std::holds_alternative<std::string>(chosen));
  CHECK_THAT(std::get<std::string>(chosen), Catch::Contains("192.0.2.77"));
}

TEST_CASE("a folder is locked for one") {
  const temporary_folder folder;
  const nats_files files{folder.path() / "data"};
  {
    const auto first = lock_folder(files);
    REQUIRE(std::holds_alternative<owned_fd>(first));
    const auto second = lock_folder(files);
    REQUIRE(std::holds_alternative<std::string>(second));
    CHECK_THAT(std::get<std::string>(second), Catch::Contains("in use by another node") && Catch::Contains("--data"));
  }
  CHECK(std::holds_alternative<owned_fd>(lock_folder(files)));
}

TEST_CASE("a folder that cannot be made is named") {
  const temporary_folder folder;
  const auto file = folder.write("file", "");
  const auto locked = lock_folder(nats_files{file / "data"});
  REQUIRE(std::holds_alternative<std::string>(locked));
  CHECK_THAT(std::get<std::string>(locked), Catch::Contains((file / "data").string()));
}

TEST_CASE("a process that is no nats-server of ours is left alone") {
  const temporary_folder folder;
  const nats_files files{folder.path()};
  const auto pid = GENERATE(as<std::string>{}, "", "0", "-1", "1", "999999999", "nonsense", "own");
  folder.write("nats/nats-server.pid", pid == "own" ? std::to_string(getpid()) : pid);
  CHECK_FALSE(left_over_server(files).there());
}
