#include "crypto/cms/signed_fields.h"

#include <algorithm>

#include "crypto/cms/content_info.h"
#include "crypto/cms/oid_name.h"
#include "crypto/cms/refusal.h"

namespace culvert::crypto {
namespace {

Status read_digests(BerReader& ber, std::vector<const DigestRow*>& into) {
  if (const Status in = ber.enter(kTagSet); !in) return in.error();
  for (std::size_t count = 0;; ++count) {
    const auto next = ber.peek();
    if (!next) return next.error();
    if (*next == kTagEnd) return ber.leave();
    if (count == kMaxCmsDigests) return refuse(Refusal::element_too_large, "digestAlgorithms");
    const auto algorithm = read_algorithm(ber);
    if (!algorithm) return algorithm.error();
    const DigestRow* row = find_digest(algorithm->oid);
    const bool known = std::find(into.begin(), into.end(), row) != into.end();
    if (row != nullptr && !known) into.push_back(row);
  }
}

// certificates are under [0]. Being there proves nothing about them.
Status read_certificates(BerReader& ber, std::size_t most, SignedTail& into) {
  if (const Status in = ber.enter(context_tag(0)); !in) return in.error();
  for (std::size_t count = 0;; ++count) {
    const auto next = ber.peek();
    if (!next) return next.error();
    if (*next == kTagEnd) return ber.leave();
    if (count == most) return refuse(Refusal::too_many_certificates);
    auto element = ber.element(kMaxCertificateBytes);
    if (!element) return element.error();
    if (*next != kTagSequence) continue;  // attribute certificates and other forms
    into.certificates.push_back(*std::move(element));
  }
}

Status read_signers(BerReader& ber, std::vector<SignerInfo>& into) {
  if (const Status in = ber.enter(kTagSet); !in) return in.error();
  while (true) {
    const auto next = ber.peek();
    if (!next) return next.error();
    if (*next == kTagEnd) return ber.leave();
    if (into.size() == kMaxCmsSigners) return refuse(Refusal::too_many_signers);
    const auto element = ber.element(kMaxSignerInfoBytes);
    if (!element) return element.error();
    auto signer = read_signer_info(*element);
    if (!signer) return signer.error();
    into.push_back(*std::move(signer));
  }
}

}  // namespace

IncludedCertificates included_certificates(const SignedTail& tail) {
  IncludedCertificates all;
  for (std::size_t i = 0; i < tail.certificates.size(); ++i) {
    const Bytes& der = tail.certificates[i];
    auto certificate = Certificate::from_der(der);
    if (certificate) {
      all.readable.push_back(*std::move(certificate));
    } else {
      all.unread.push_back({der, {certificate_in_words(i + 1, der), certificate.error()}});
    }
  }
  return all;
}

Result<SignedHead> enter_signed_data(BerReader& ber) {
  const auto type = enter_content_info(ber);
  if (!type) return type.error();
  if (!(kOidSignedData == *type))
    return refuse_because(Refusal::not_cms, "it is " + oid_name(*type));
  if (const Status in = ber.enter(kTagSequence); !in) return in.error();
  if (const auto version = read_version(ber); !version) return version.error();
  SignedHead head;
  if (const Status read = read_digests(ber, head.digests); !read) return read.error();
  if (const Status in = ber.enter(kTagSequence); !in) return in.error();
  auto inner = ber.oid();
  if (!inner) return inner.error();
  head.content_type = *std::move(inner);
  const auto next = ber.peek();
  if (!next) return next.error();
  head.has_content = *next != kTagEnd;
  return head;
}

Status enter_signed_content(BerReader& ber) {
  if (const Status in = ber.enter(context_tag(0)); !in) return in.error();
  return ber.begin_octets(kTagOctetString);
}

Status leave_signed_content(BerReader& ber, const SignedHead& head) {
  if (head.has_content) {
    if (const Status out = ber.leave(); !out) return out.error();
  }
  return ber.leave();
}

Result<SignedTail> read_signed_tail(BerReader& ber, std::size_t most_certificates) {
  SignedTail tail;
  const auto first = ber.peek();
  if (!first) return first.error();
  if (*first == context_tag(0)) {
    if (const Status read = read_certificates(ber, most_certificates, tail); !read)
      return read.error();
  }
  const auto second = ber.peek();
  if (!second) return second.error();
  if (*second == context_tag(1)) {  // crls
    if (const Status skipped = ber.skip(); !skipped) return skipped.error();
  }
  if (const Status read = read_signers(ber, tail.signers); !read) return read.error();
  if (const Status left = ber.leave(); !left) return left.error();
  if (const Status left = leave_content_info(ber); !left) return left.error();
  return tail;
}

}  // namespace culvert::crypto
