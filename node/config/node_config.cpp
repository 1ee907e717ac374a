#include "node/config/node_config.hpp"

#include <algorithm>
#include <cctype>
#include <unistd.h>

namespace alleycat {

namespace {

std::string host_name() {
  char buffer[256] = {};
  if (gethostname(buffer, sizeof buffer - 1) != 0 || buffer[0] == '\0')
    return "alleycat";
  std::string name{buffer};
  name.resize(std::min<std::size_t>(name.size(), 64));
  for (auto& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '_')
      c = '-';
  return name;
}

} // namespace

node_config default_config() {
  node_config config;
  config.name = host_name();
  return config;
}

} // namespace alleycat
