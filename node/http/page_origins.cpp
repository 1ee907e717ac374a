#include "node/http/page_origins.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <ifaddrs.h>
#include <memory>
#include <net/if.h>
#include <netdb.h>
#include <unistd.h>

namespace alleycat {

namespace {

bool is_wildcard(const std::string& host) {
  return host.empty() || host == "0.0.0.0" || host == "::";
}

std::string origin(const std::string& host, std::uint16_t port, bool secure) {
  std::string text = secure ? "https://" : "http://";
  text += host.find(':') == std::string::npos ? host : "[" + host + "]";
  if (port != (secure ? 443 : 80))
    text += ":" + std::to_string(port);
  return text;
}

} // namespace

std::vector<std::string> own_names() {
  std::vector<std::string> names;
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) == 0 && name[0] != '\0') {
    names.emplace_back(name.data());
    if (names.back().find('.') == std::string::npos)
      names.push_back(names.back() + ".local");
  }
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0)
    return names;
  const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owned{list, &freeifaddrs};
  for (const auto* each = list; each != nullptr; each = each->ifa_next) {
    if (each->ifa_addr == nullptr || (each->ifa_flags & IFF_UP) == 0)
      continue;
    const int family = each->ifa_addr->sa_family;
    if (family != AF_INET && family != AF_INET6)
      continue;
    std::array<char, NI_MAXHOST> text{};
    const auto size = static_cast<socklen_t>(family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6));
    // An address that needs its interface named stands in no page's address.
    if (getnameinfo(each->ifa_addr, size, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) == 0 &&
        std::find(text.begin(), text.end(), '%') == text.end())
      names.emplace_back(text.data());
  }
  return names;
}

std::vector<std::string> page_origins(const std::string& host, std::uint16_t port, bool secure,
                                      const std::vector<std::string>& names, const std::vector<std::string>& more) {
  std::vector<std::string> hosts{"localhost", "127.0.0.1", "::1"};
  if (is_wildcard(host))
    hosts.insert(hosts.end(), names.begin(), names.end());
  else
    hosts.push_back(host);
  std::vector<std::string> all;
  const auto add = [&all](const std::string& text) {
    if (std::find(all.begin(), all.end(), text) == all.end())
      all.push_back(text);
  };
  for (const auto& each : hosts)
    add(origin(each, port, secure));
  for (const auto& each : more)
    add(each);
  return all;
}

} // namespace alleycat
