#include "crypto/keys/files/pem.h"

#include <botan/base64.h>

#include <algorithm>
#include <exception>
#include <string>

#include "crypto/base/log.h"

namespace culvert::crypto {
namespace {

constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kEnd = "-----END ";
constexpr std::string_view kDashes = "-----";
constexpr std::size_t kMaxLabelBytes = 64;

Error bad_pem(std::string_view why, std::string_view label) {
  return permanent_error("bad-pem", "a PEM block " + std::string(why), printable(label));
}

}  // namespace

bool looks_like_pem(std::string_view text) { return text.find(kBegin) != std::string_view::npos; }

std::optional<Result<PemBlock>> next_pem_block(std::string_view& text) {
  const std::size_t begin = text.find(kBegin);
  if (begin == std::string_view::npos) return std::nullopt;
  text.remove_prefix(begin + kBegin.size());
  const std::size_t label_size = text.substr(0, kMaxLabelBytes).find(kDashes);
  if (label_size == std::string_view::npos) return bad_pem("has no label", {});
  const std::string_view label = text.substr(0, label_size);
  text.remove_prefix(label_size + kDashes.size());
  const std::string end = std::string(kEnd).append(label).append(kDashes);
  const std::size_t size = text.find(end);
  const std::size_t next = text.find(kBegin);
  if (size == std::string_view::npos || next < size) {
    const PemBlock cut{label, text.substr(0, next), PemBlock::End::missing};
    text.remove_prefix(std::min(next, text.size()));
    return cut;
  }
  const PemBlock block{label, text.substr(0, size), PemBlock::End::found};
  text.remove_prefix(size + end.size());
  return block;
}

bool has_old_encryption(const PemBlock& block) {
  return block.body.find("Proc-Type: 4,ENCRYPTED") != std::string_view::npos;
}

Result<SecretBytes> pem_octets(const PemBlock& block) {
  if (block.end == PemBlock::End::missing) return bad_pem("has no end", block.label);
  try {
    const auto octets = Botan::base64_decode(block.body.data(), block.body.size());
    return SecretBytes(ByteView(octets));
  } catch (const std::exception&) {
    return bad_pem("is not base64", block.label);
  }
}

}  // namespace culvert::crypto
