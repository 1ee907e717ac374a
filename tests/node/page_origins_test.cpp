#include "node/http/page_origins.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace alleycat;
using texts = std::vector<std::string>;

TEST_CASE("a page on one address is reached there, and by the names of loopback") {
  CHECK(page_origins("127.0.0.1", 8080, false, {"harbour"}, {}) ==
        texts{"http://localhost:8080", "http://127.0.0.1:8080", "http://[::1]:8080"});
  CHECK(page_origins("race.example", 8443, true, {"harbour"}, {}) ==
        texts{"https://localhost:8443", "https://127.0.0.1:8443", "https://[::1]:8443", "https://race.example:8443"});
}

TEST_CASE("a page on all addresses is reached by every name of the machine") {
  CHECK(page_origins("0.0.0.0", 8080, false, {"harbour", "10.0.0.4", "127.0.0.1", "2001:db8::4"}, {}) ==
        texts{"http://localhost:8080", "http://127.0.0.1:8080", "http://[::1]:8080", "http://harbour:8080",
              "http://10.0.0.4:8080", "http://[2001:db8::4]:8080"});
}

TEST_CASE("the port of the scheme is not said, as browsers do not") {
  CHECK(page_origins("a", 80, false, {}, {}).back() == "http://a");
  CHECK(page_origins("a", 443, true, {}, {}).back() == "https://a");
  CHECK(page_origins("a", 443, false, {}, {}).back() == "http://a:443");
}

TEST_CASE("what is given comes along, once") {
  CHECK(page_origins("a", 1, false, {}, {"https://race.example", "http://a:1"}) ==
        texts{"http://localhost:1", "http://127.0.0.1:1", "http://[::1]:1", "http://a:1", "https://race.example"});
}

TEST_CASE("this machine has names, one of them of its loopback") {
  const auto names = own_names();
  CHECK(std::find(names.begin(), names.end(), "127.0.0.1") != names.end());
  for (const auto& name : names)
    CHECK(name.find_first_of("% ") == std::string::npos);
}
