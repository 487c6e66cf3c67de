#include "crypto/cms/recipient_kari.h"

#include "crypto/cms/agreed_key.h"
#include "crypto/cms/algorithms.h"
#include "crypto/cms/certificate_name.h"
#include "crypto/cms/content_info.h"
#include "crypto/cms/der_writer.h"
#include "crypto/cms/limits.h"
#include "crypto/cms/refusal.h"
#include "crypto/keys/agreement.h"
#include "crypto/keys/key_wrap.h"

namespace culvert::crypto {
namespace {

constexpr std::uint8_t kVersion = 3;
constexpr std::size_t kMaxPublicValueBytes = 1024;
constexpr std::size_t kMaxUkmBytes = 1024;
constexpr std::size_t kMaxWrappedKeyBytes = 256;

struct RecipientKey {
  CertificateName name;
  Bytes wrapped;
};

struct AgreementInfo {
  // Nothing if the originator is named by a certificate (static-static agreement).
  std::optional<AlgorithmName> originator_algorithm;
  Bytes public_value;
  Bytes ukm;
  AlgorithmName agreement;
  std::vector<RecipientKey> recipients;
};

Status read_originator(BerReader& in, AgreementInfo& info) {
  if (const Status entered = in.enter(context_tag(0)); !entered) return entered;
  const auto next = in.peek();
  if (!next) return next.error();
  if (*next != context_tag(1)) {
    if (const Status skipped = in.skip(); !skipped) return skipped;
    return in.leave();
  }
  if (const Status entered = in.enter(context_tag(1)); !entered) return entered;
  auto algorithm = read_algorithm(in);
  if (!algorithm) return algorithm.error();
  auto bits = in.content(kTagBitString, kMaxPublicValueBytes);
  if (!bits) return bits.error();
  if (bits->empty() || bits->front() != 0) return refuse(Refusal::bad_originator_key);
  info.originator_algorithm = *std::move(algorithm);
  info.public_value.assign(bits->begin() + 1, bits->end());
  if (const Status left = in.leave(); !left) return left;
  return in.leave();
}

Status read_ukm(BerReader& in, AgreementInfo& info) {
  const auto next = in.peek();
  if (!next) return next.error();
  if (*next != context_tag(1)) return done();
  if (const Status entered = in.enter(context_tag(1)); !entered) return entered;
  auto ukm = in.octets(kTagOctetString, kMaxUkmBytes);
  if (!ukm) return ukm.error();
  info.ukm = *std::move(ukm);
  return in.leave();
}

Status read_recipient_keys(BerReader& in, AgreementInfo& info) {
  if (const Status entered = in.enter(kTagSequence); !entered) return entered;
  while (true) {
    const auto next = in.peek();
    if (!next) return next.error();
    if (*next == kTagEnd) return in.leave();
    if (info.recipients.size() == kMaxCmsRecipients) return refuse(Refusal::too_many_recipients);
    if (const Status entered = in.enter(kTagSequence); !entered) return entered;
    auto name = read_agreement_recipient(in);
    if (!name) return name.error();
    auto wrapped = in.octets(kTagOctetString, kMaxWrappedKeyBytes);
    if (!wrapped) return wrapped.error();
    info.recipients.push_back({*std::move(name), *std::move(wrapped)});
    if (const Status left = in.leave(); !left) return left;
  }
}

Result<AgreementInfo> read_info(ByteView octets) {
  BerReader in(octets);
  AgreementInfo info;
  if (const Status entered = in.enter(context_tag(1)); !entered) return entered.error();
  const auto version = read_version(in);
  if (!version) return version.error();
  if (*version != kVersion) return refuse(Refusal::unexpected_element, "version of the recipient");
  if (const Status read = read_originator(in, info); !read) return read.error();
  if (const Status read = read_ukm(in, info); !read) return read.error();
  auto agreement = read_algorithm(in);
  if (!agreement) return agreement.error();
  info.agreement = *std::move(agreement);
  if (const Status read = read_recipient_keys(in, info); !read) return read.error();
  if (const Status left = in.leave(); !left) return left.error();
  if (const Status ended = in.expect_end(); !ended) return ended.error();
  return info;
}

// The sender's key must be an EC key whose parameters are absent, NULL, or name the recipient's
// curve (RFC 5753, 3.1.1).
Status check_originator(const AgreementInfo& info, const HeldKey& key) {
  const CurveRow* curve = find_curve(key.certificate.key_kind());
  if (curve == nullptr || !info.originator_algorithm) {
    return refuse(Refusal::unsupported_recipient);
  }
  const AlgorithmName& algorithm = *info.originator_algorithm;
  if (!(kOidEcPublicKey == algorithm.oid)) return refuse(Refusal::bad_originator_key);
  if (algorithm.parameters_absent_or_null() || algorithm.parameters == der_oid(curve->oid)) {
    return done();
  }
  return refuse(Refusal::bad_originator_key, "another curve is named");
}

Result<const WrapRow*> wrap_of(const AgreementInfo& info) {
  BerReader in{ByteView(info.agreement.parameters)};
  const auto wrap = read_algorithm(in);
  if (!wrap) return refuse(Refusal::unsupported_recipient, "no key wrap is named");
  const WrapRow* row = find_wrap(wrap->oid);
  if (row == nullptr || !wrap->parameters_absent_or_null()) {
    return refuse(Refusal::unsupported_recipient, oid_text(wrap->oid));
  }
  return row;
}

}  // namespace

Result<Bytes> seal_key_by_agreement(const Certificate& recipient, const SecretBytes& content_key) {
  const auto agreed = agree_once_with(recipient);
  if (!agreed) return refuse(Refusal::unsupported_recipient, agreed.error().text);
  const Bytes wrap_name = der_algorithm(kOidAes256Wrap);
  const auto key = derive_wrap_key(*find_agreement(kOidStdDhSha256Kdf.octets()), agreed->secret,
                                   *find_wrap(kOidAes256Wrap.octets()), wrap_name, {});
  if (!key) return key.error();
  const auto wrapped = wrap_key(*key, content_key);
  if (!wrapped) return wrapped.error();

  const Bytes unused_bits{0};
  const Bytes point = der(kTagBitString, {unused_bits, agreed->public_value});
  const Bytes originator =
      der(context_tag(0), {der(context_tag(1), {der_algorithm(kOidEcPublicKey), point})});
  const Bytes algorithm = der_sequence({der_oid(kOidStdDhSha256Kdf), wrap_name});
  const Bytes recipient_key =
      der_sequence({der_issuer_and_serial(recipient), der_octet_string(*wrapped)});
  return der(context_tag(1),
             {der_integer(kVersion), originator, algorithm, der_sequence({recipient_key})});
}

Result<std::vector<CertificateName>> names_by_agreement(ByteView info) {
  auto read = read_info(info);
  if (!read) return read.error();
  std::vector<CertificateName> names;
  for (RecipientKey& recipient : read->recipients)
    names.push_back(std::move(recipient.name));
  return names;
}

Result<SecretBytes> open_key_by_agreement(ByteView info, std::size_t index, const HeldKey& key,
                                          const KeyRing& keys) {
  const auto read = read_info(info);
  if (!read) return read.error();
  if (index >= read->recipients.size()) return refuse(Refusal::no_key);
  if (const Status fits = check_originator(*read, key); !fits) return fits.error();
  const AgreementRow* agreement = find_agreement(read->agreement.oid);
  if (agreement == nullptr) {
    return refuse(Refusal::unsupported_recipient, oid_text(read->agreement.oid));
  }
  const auto wrap = wrap_of(*read);
  if (!wrap) return wrap.error();
  auto secret = keys.agree(key.key, read->public_value);
  if (!secret) {
    if (secret.error().fault != Fault::permanent) return secret.error();
    return refuse(Refusal::bad_originator_key, secret.error().detail);
  }
  const auto wrap_key =
      derive_wrap_key(*agreement, *secret, **wrap, read->agreement.parameters, read->ukm);
  if (!wrap_key) return wrap_key.error();
  return unwrap_key(*wrap_key, read->recipients[index].wrapped);
}

}  // namespace culvert::crypto
