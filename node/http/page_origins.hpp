/// From where a browser may have the page.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace alleycat {

/// Names and addresses of this machine under which others may reach it: its host name, and those of its interfaces.
std::vector<std::string> own_names();

/// @param host   what the page is served on; a wildcard is all of `own_names`
/// @param secure  whether by HTTPS
/// @param names  of this machine
/// @param more   origins as given
/// @returns origins as browsers send them: scheme, host, and the port where it is not the scheme's own; none twice
std::vector<std::string> page_origins(const std::string& host, std::uint16_t port, bool secure,
                                      const std::vector<std::string>& names, const std::vector<std::string>& more);

} // namespace alleycat
