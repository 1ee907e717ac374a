#include "node/http/web_folder.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <utility>

namespace alleycat {

namespace fs = std::filesystem;

std::string content_type_of(const fs::path& file) {
  using entry = std::pair<std::string_view, std::string_view>;
  static constexpr std::array types{entry{".html", "text/html; charset=utf-8"},
                                    entry{".js", "text/javascript; charset=utf-8"},
                                    entry{".mjs", "text/javascript; charset=utf-8"},
                                    entry{".css", "text/css; charset=utf-8"},
                                    entry{".json", "application/json"},
                                    entry{".map", "application/json"},
                                    entry{".webmanifest", "application/manifest+json"},
                                    entry{".svg", "image/svg+xml"},
                                    entry{".png", "image/png"},
                                    entry{".jpg", "image/jpeg"},
                                    entry{".webp", "image/webp"},
                                    entry{".ico", "image/x-icon"},
                                    entry{".woff2", "font/woff2"},
                                    entry{".woff", "font/woff"},
                                    entry{".wasm", "application/wasm"},
                                    entry{".txt", "text/plain; charset=utf-8"}};
  const auto ending = file.extension().string();
  const auto found = std::find_if(types.begin(), types.end(), [&](const auto& type) { return type.first == ending; });
  return std::string{found == types.end() ? "application/octet-stream" : found->second};
}

std::optional<web_file> find_web_file(const fs::path& folder, std::string_view url_path) {
  if (folder.empty() || !url_path.starts_with('/') || url_path.find('\0') != std::string_view::npos)
    return std::nullopt;
  auto relative = fs::path{url_path.substr(1)};
  if (url_path.ends_with('/'))
    relative /= "index.html";
  for (const auto& part : relative)
    if (part.string().starts_with('.'))
      return std::nullopt;
  if (relative.is_absolute())
    return std::nullopt;

  std::error_code error;
  const auto root = fs::canonical(folder, error);
  if (error)
    return std::nullopt;
  if (relative.has_filename() && !relative.has_extension() && !fs::is_regular_file(root / relative, error))
    relative += ".html";
  const auto path = fs::canonical(root / relative, error);
  if (error || std::mismatch(root.begin(), root.end(), path.begin(), path.end()).first != root.end())
    return std::nullopt;
  if (!fs::is_regular_file(path, error))
    return std::nullopt;
  const auto size = fs::file_size(path, error);
  const auto written = fs::last_write_time(path, error);
  if (error)
    return std::nullopt;
  return web_file{path, content_type_of(path), fmt::format("\"{:x}-{:x}\"", size, written.time_since_epoch().count()),
                  url_path.starts_with("/assets/")};
}

fs::path find_page(const fs::path& program_folder) {
  std::error_code error;
  for (const auto* candidate : {"web", "share/alleycat/web"}) {
    auto folder = program_folder.parent_path() / candidate;
    if (!program_folder.empty() && fs::is_regular_file(folder / "index.html", error))
      return folder;
  }
  return {};
}

fs::path program_folder() {
  std::error_code error;
  const auto program = fs::read_symlink("/proc/self/exe", error);
  return error ? fs::path{} : program.parent_path();
}

} // namespace alleycat
