/// The files of the page.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace alleycat {

struct web_file {
  std::filesystem::path path;
  std::string content_type;
  std::string etag; ///< with its quotes; changes with size or time of the file
  /// True below /assets/, where file names carry a hash of the content.
  bool immutable = false;
};

/// The file a URL path means; `/` at the end means `index.html`, a name without an ending `name.html` where there is no such file.
/// @param url_path  decoded, begins with `/`
/// @returns nothing for what is no regular file, is hidden (a part begins with `.`) or leads out of the folder, also
///   by a link.
std::optional<web_file> find_web_file(const std::filesystem::path& folder, std::string_view url_path);

/// The page as it was built or installed with this program: `../web` or `../share/alleycat/web` beside the folder of the
/// program, whichever has an `index.html`; empty when neither has.
/// @param program_folder  where the program lies
std::filesystem::path find_page(const std::filesystem::path& program_folder);

/// The folder this program lies in; empty when it cannot be told.
std::filesystem::path program_folder();

/// By the ending of the name; unknown ones are `application/octet-stream`.
std::string content_type_of(const std::filesystem::path& file);

} // namespace alleycat
