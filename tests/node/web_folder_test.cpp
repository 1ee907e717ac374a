#include "node/http/web_folder.hpp"
#include "tests/node/temporary_folder.hpp"

#include <catch2/catch.hpp>

using namespace alleycat;
using alleycat::testing::temporary_folder;

TEST_CASE("a file of the page is found with its type") {
  const temporary_folder folder;
  folder.write("web/index.html", "<!doctype html>");
  folder.write("web/assets/board-1a2b.js", "1");
  folder.write("web/screen/index.html", "<!doctype html>");
  const auto web = folder.path() / "web";
  CHECK(find_web_file(web, "/")->path == web / "index.html");
  CHECK(find_web_file(web, "/")->content_type == "text/html; charset=utf-8");
  CHECK_FALSE(find_web_file(web, "/index.html")->immutable);
  CHECK(find_web_file(web, "/assets/board-1a2b.js")->immutable);
  CHECK(find_web_file(web, "/screen/")->path == web / "screen/index.html");
}

TEST_CASE("a name without an ending is a file of that name, or its page") {
  const temporary_folder folder;
  folder.write("web/docs/api.html", "<!doctype html>");
  folder.write("web/docs/plain", "1");
  folder.write("secret.html", "secret");
  const auto web = folder.path() / "web";
  CHECK(find_web_file(web, "/docs/api")->path == web / "docs/api.html");
  CHECK(find_web_file(web, "/docs/api")->content_type == "text/html; charset=utf-8");
  CHECK(find_web_file(web, "/docs/plain")->path == web / "docs/plain");
  for (const auto* path : {"/docs", "/docs/api.css", "/docs/.api", "/../secret", "/docs/../../secret"})
    CHECK_FALSE(find_web_file(web, path).has_value());
}

TEST_CASE("nothing but files of the page is found") {
  const temporary_folder folder;
  folder.write("secret.txt", "secret");
  folder.write("web-copy/index.html", "another folder");
  folder.write("web/index.html", "<!doctype html>");
  folder.write("web/.env", "hidden");
  folder.write("web/.git/config", "hidden");
  const auto web = folder.path() / "web";
  std::filesystem::create_symlink(folder.path() / "secret.txt", web / "link.txt");
  std::filesystem::create_directory_symlink(folder.path(), web / "up");
  const auto path = GENERATE(as<std::string>{}, "/../secret.txt", "/assets/../../secret.txt", "//etc/passwd", "/.env",
                             "/.git/config", "/link.txt", "/up/secret.txt", "/missing.js", "/index.html/", "",
                             "index.html", "/..", "/../web-copy/index.html", "/./index.html");
  INFO(path);
  CHECK_FALSE(find_web_file(web, path).has_value());
  CHECK_FALSE(find_web_file(web, std::string{"/index.html\0.js", 15}).has_value());
}

TEST_CASE("without a folder there is no page") {
  CHECK_FALSE(find_web_file({}, "/index.html").has_value());
  CHECK_FALSE(find_web_file("/nowhere", "/index.html").has_value());
}

TEST_CASE("the page lies beside the program that was built or installed with it") {
  const temporary_folder folder;
  CHECK(find_page(folder.path() / "bin").empty());
  folder.write("share/alleycat/web/index.html", "installed");
  CHECK(find_page(folder.path() / "bin") == folder.path() / "share/alleycat/web");
  folder.write("web/index.html", "built");
  CHECK(find_page(folder.path() / "bin") == folder.path() / "web");
  CHECK(find_page({}).empty());
  CHECK(std::filesystem::is_directory(program_folder()));
}

TEST_CASE("the tag of a file changes with its content") {
  const temporary_folder folder;
  folder.write("index.html", "one");
  const auto before = find_web_file(folder.path(), "/")->etag;
  CHECK(find_web_file(folder.path(), "/")->etag == before);
  folder.write("index.html", "three");
  CHECK(find_web_file(folder.path(), "/")->etag != before);
}

TEST_CASE("content types are those browsers insist on") {
  CHECK(content_type_of("a.js") == "text/javascript; charset=utf-8");
  CHECK(content_type_of("a.css") == "text/css; charset=utf-8");
  CHECK(content_type_of("a.svg") == "image/svg+xml");
  CHECK(content_type_of("a.woff2") == "font/woff2");
  CHECK(content_type_of("a.webmanifest") == "application/manifest+json");
  CHECK(content_type_of("a.exe") == "application/octet-stream");
}
