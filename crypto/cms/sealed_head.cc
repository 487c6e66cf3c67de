#include "crypto/cms/sealed_head.h"

#include "crypto/cms/content_info.h"
#include "crypto/cms/oid_name.h"
#include "crypto/cms/refusal.h"

namespace culvert::crypto {
namespace {

constexpr std::size_t kMaxTagOctets = 64;

// Skips the next element if it has this identifier.
Status skip_if(BerReader& from, std::uint8_t identifier) {
  const auto next = from.peek();
  if (!next) return next.error();
  return *next == identifier ? from.skip() : done();
}

}  // namespace

Result<SealKind> enter_sealed(BerReader& from) {
  const auto type = enter_content_info(from);
  if (!type) return type.error();
  const bool authenticated = kOidAuthEnvelopedData == *type;
  if (!authenticated && !(kOidEnvelopedData == *type)) {
    return refuse_because(Refusal::not_cms, "it is " + oid_name(*type));
  }
  if (const Status in = from.enter(kTagSequence); !in) return in.error();
  const auto version = read_version(from);
  if (!version) return version.error();
  // RFC 5083, 2.1: "it MUST be set to 0".
  if (authenticated && *version != 0) return refuse(Refusal::unexpected_element, "version");
  const auto next = from.peek();
  if (!next) return next.error();
  if (*next == context_tag(0)) {  // originatorInfo
    if (const Status skipped = from.skip(); !skipped) return skipped.error();
  }
  return authenticated ? SealKind::auth_enveloped : SealKind::enveloped;
}

Result<SealedContentHead> enter_sealed_content(BerReader& from) {
  if (const Status in = from.enter(kTagSequence); !in) return in.error();
  auto type = from.oid();
  if (!type) return type.error();
  auto cipher = read_algorithm(from);
  if (!cipher) return cipher.error();
  const auto next = from.peek();
  if (!next) return next.error();
  if (*next == kTagEnd) return refuse(Refusal::content_missing);
  if (const Status begun = from.begin_octets(primitive_context_tag(0)); !begun) {
    return begun.error();
  }
  return SealedContentHead{*std::move(type), *std::move(cipher)};
}

Status pass_sealed_content(BerReader& from, SealKind kind) {
  while (true) {
    const auto piece = from.next_octets();
    if (!piece) return piece.error();
    if (piece->empty()) break;
  }
  if (const Status out = from.leave(); !out) return out.error();
  if (const Status passed = skip_if(from, context_tag(1)); !passed) return passed.error();
  if (kind == SealKind::auth_enveloped) {
    if (const auto tag = from.octets(kTagOctetString, kMaxTagOctets); !tag) return tag.error();
    if (const Status passed = skip_if(from, context_tag(2)); !passed) return passed.error();
  }
  if (const Status out = from.leave(); !out) return out.error();
  return leave_content_info(from);
}

}  // namespace culvert::crypto
