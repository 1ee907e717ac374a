#include "node/config/peer_address.hpp"

#include "node/config/options.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <fmt/format.h>
#include <string_view>

namespace alleycat {

namespace {

bool is_loopback(const std::string& host) {
  if (in_addr four{}; inet_pton(AF_INET, host.c_str(), &four) == 1)
    return ntohl(four.s_addr) >> 24 == 127;
  if (in6_addr six{}; inet_pton(AF_INET6, host.c_str(), &six) == 1)
    return IN6_IS_ADDR_LOOPBACK(&six) || (IN6_IS_ADDR_V4MAPPED(&six) && six.s6_addr[12] == 127);
  return host == "localhost";
}

/// All addresses of the machine: to listen on, not to connect to.
bool is_wildcard(const std::string& host) {
  if (in_addr four{}; inet_pton(AF_INET, host.c_str(), &four) == 1)
    return four.s_addr == htonl(INADDR_ANY);
  if (in6_addr six{}; inet_pton(AF_INET6, host.c_str(), &six) == 1)
    return IN6_IS_ADDR_UNSPECIFIED(&six);
  return false;
}

/// Of `nats://user:password@host:port`.
std::string host_of_url(std::string_view url) {
  if (const auto scheme = url.find("://"); scheme != std::string_view::npos)
    url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find('/'));
  if (const auto user = url.rfind('@'); user != std::string_view::npos)
    url.remove_prefix(user + 1);
  if (url.starts_with('['))
    return std::string{url.substr(1, url.find(']') - 1)};
  return std::string{url.substr(0, url.find(':'))};
}

} // namespace

host_port advertised(const node_config& config) {
  return config.advertise ? *config.advertise : config.listen;
}

std::optional<std::string> fault_in_peer_address(const node_config& config) {
  const int files = !config.tls_cert.empty() + !config.tls_key.empty() + !config.tls_ca.empty();
  if (files != 0 && files != 3)
    return "node.tls_cert, node.tls_key and node.tls_ca belong together: give all three or none";
  const auto& listen = config.listen.host;
  if (!is_loopback(listen) && files == 0 && !config.insecure)
    return fmt::format("node.listen is {}, which others can reach: give --tls-cert, --tls-key and --tls-ca, or "
                       "--insecure on a network where everybody is trusted",
                       to_string(config.listen));
  const auto told = advertised(config);
  if (is_wildcard(told.host))
    return config.advertise ? fmt::format("node.advertise is {}, which nobody can connect to: give the address or name "
                                          "of this machine that the other nodes know",
                                          to_string(told))
                            : fmt::format("node.listen is {}, which nobody can connect to: give --advertise HOST:PORT, "
                                          "the address of this machine that the other nodes know",
                                          to_string(told));
  if (config.advertise && config.advertise->port == 0 && config.listen.port != 0)
    return fmt::format("node.advertise is {}: port 0 is for a node.listen with port 0", to_string(told));
  if (!is_loopback(told.host))
    return std::nullopt;
  if (!is_loopback(listen))
    return fmt::format("node.advertise is {}, which the nodes of other machines cannot reach, and node.listen is {}",
                       to_string(told), to_string(config.listen));
  const auto elsewhere = std::find_if(config.nats_urls.begin(), config.nats_urls.end(),
                                      [](const auto& url) { return !is_loopback(host_of_url(url)); });
  if (!config.advertise && elsewhere != config.nats_urls.end())
    return fmt::format("NATS is at {} and node.listen is {}, which the nodes of other machines cannot reach: give "
                       "--listen an address of this machine, or, if all nodes run on this one, --advertise {}",
                       host_of_url(*elsewhere), to_string(config.listen), to_string(config.listen));
  return std::nullopt;
}

} // namespace alleycat
