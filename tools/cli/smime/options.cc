#include "tools/cli/smime/options.h"

#include "tools/cli/smime/files.h"

namespace culvert::cli {
namespace {

constexpr std::size_t kMaxPasswordFileBytes = 4096;

}  // namespace

crypto::LocalParts given_local_parts(const Arguments& arguments) {
  return arguments.has("--ignore-case") ? crypto::LocalParts::any_case
                                        : crypto::LocalParts::as_written;
}

Result<crypto::Profile> given_profile(const Arguments& arguments) {
  const auto profile = crypto::profile_named(arguments.value("--profile").value_or("modern"));
  if (!profile) return usage_error("--profile takes modern, compatible or energy");
  return *profile;
}

Result<crypto::Wrapping> wrapping_of(const Arguments& arguments) {
  const int given = arguments.has("--der") + arguments.has("--pem") + arguments.has("--smime");
  if (given > 1) return usage_error("give one of --der, --pem and --smime");
  if (arguments.has("--der")) return crypto::Wrapping::der;
  if (arguments.has("--pem")) return crypto::Wrapping::pem;
  return crypto::Wrapping::mime;
}

bool writes_to_standard_output(const Arguments& arguments) {
  return arguments.value("--out").value_or("-") == "-";
}

Result<std::optional<SecretBytes>> given_password(const Arguments& arguments) {
  const auto name = arguments.value("--password-file");
  if (!name) return std::optional<SecretBytes>{};
  const auto text = read_small_file(*name, kMaxPasswordFileBytes);
  if (!text) return text.error();
  const std::string_view lines = as_text(text->view());
  return std::optional<SecretBytes>(
      as_bytes(lines.substr(0, std::min(lines.find_first_of("\r\n"), lines.size()))));
}

}  // namespace culvert::cli
