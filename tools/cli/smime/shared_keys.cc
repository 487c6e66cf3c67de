// given_shared_keys of keys.h.
#include <algorithm>

#include "crypto/base/log.h"
#include "tools/cli/smime/files.h"
#include "tools/cli/smime/keys.h"
#include "tools/cli/smime/options.h"

namespace culvert::cli {
namespace {

constexpr std::size_t kMaxSharedKeyFileBytes = 1024;

}  // namespace

Result<std::vector<crypto::SharedKey>> given_shared_keys(const Arguments& arguments) {
  std::vector<crypto::SharedKey> keys;
  for (const std::string& given : arguments.all("--kek")) {
    const std::size_t colon = given.find(':');
    const auto identifier = from_hex(std::string_view(given).substr(0, colon));
    if (colon == std::string::npos || !identifier || identifier->empty()) {
      return usage_error("--kek takes ID:HEXFILE, with ID in hexadecimal digits");
    }
    const std::string file = given.substr(colon + 1);
    const auto text = read_small_file(file, kMaxSharedKeyFileBytes);
    if (!text) return text.error();
    const std::string_view digits = as_text(text->view());
    auto octets =
        from_hex(digits.substr(0, std::min(digits.find_first_of(" \t\r\n"), digits.size())));
    if (!octets || (octets->size() != 16 && octets->size() != 24 && octets->size() != 32)) {
      return usage_error("'" + printable(file, 80) +
                         "' does not hold a key of 32, 48 or 64 hexadecimal digits");
    }
    keys.push_back({*identifier, std::make_shared<const SecretBytes>(ByteView(*octets))});
    wipe(*octets);
  }
  return keys;
}

}  // namespace culvert::cli
