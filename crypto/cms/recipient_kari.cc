#include "crypto/cms/recipient_kari.h"

#include "crypto/cms/agreed_key.h"
#include "crypto/cms/algorithms.h"
#include "crypto/cms/certificate_name.h"
#include "crypto/cms/content_info.h"
#include "crypto/cms/der_writer.h"
#include "crypto/cms/limits.h"
#include "crypto/cms/recipient_parts.h"
#include "crypto/cms/refusal.h"
#include "crypto/keys/agreement.h"
#include "crypto/keys/key_wrap.h"

namespace culvert::crypto {
namespace {

constexpr std::uint8_t kVersion = 3;
constexpr std::size_t kMaxPublicValueBytes = 1024;

struct RecipientKey {
  CertificateName name;
  Bytes wrapped;
};

struct AgreementInfo {
  // Nothing if the originator is named by a certificate (static-static agreement).
  std::optional<AlgorithmName> originator_algorithm;
  Bytes public_value;
  std::optional<Bytes> ukm;
  AlgorithmName agreement;
  std::vector<RecipientKey> recipients;
};

Status read_originator(BerReader& in, AgreementInfo& info) {
  if (const Status entered = in.enter(context_tag(0)); !entered) return entered.error();
  const auto next = in.peek();
  if (!next) return next.error();
  if (*next != context_tag(1)) {
    if (const Status skipped = in.skip(); !skipped) return skipped.error();
    return in.leave();
  }
  if (const Status entered = in.enter(context_tag(1)); !entered) return entered.error();
  auto algorithm = read_algorithm(in);
  if (!algorithm) return algorithm.error();
  auto bits = in.content(kTagBitString, kMaxPublicValueBytes);
  if (!bits) return bits.error();
  if (bits->empty() || bits->front() != 0) return refuse(Refusal::bad_originator_key);
  info.originator_algorithm = *std::move(algorithm);
  info.public_value.assign(bits->begin() + 1, bits->end());
  if (const Status left = in.leave(); !left) return left.error();
  return in.leave();
}

Status read_recipient_keys(BerReader& in, AgreementInfo& info) {
  if (const Status entered = in.enter(kTagSequence); !entered) return entered.error();
  while (true) {
    const auto next = in.peek();
    if (!next) return next.error();
    if (*next == kTagEnd) return in.leave();
    if (info.recipients.size() == kMaxCmsRecipients) return refuse(Refusal::too_many_recipients);
    if (const Status entered = in.enter(kTagSequence); !entered) return entered.error();
    auto name = read_agreement_recipient(in);
    if (!name) return name.error();
    auto wrapped = in.octets(kTagOctetString, kMaxRecipientInfoBytes);
    if (!wrapped) return wrapped.error();
    // A key that is too long is not refused here: it may be somebody else's. If it is ours, its
    // length shows the fault.
    if (wrapped->size() > kMaxWrappedKeyBytes) wrapped->resize(kMaxWrappedKeyBytes + 1);
    info.recipients.push_back({*std::move(name), *std::move(wrapped)});
    if (const Status left = in.leave(); !left) return left.error();
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
  auto ukm = read_ukm(in, context_tag(1));
  if (!ukm) return ukm.error();
  info.ukm = *std::move(ukm);
  auto agreement = read_algorithm(in);
  if (!agreement) return agreement.error();
  info.agreement = *std::move(agreement);
  if (const Status read = read_recipient_keys(in, info); !read) return read.error();
  if (const Status left = in.leave(); !left) return left.error();
  if (const Status ended = in.expect_end(); !ended) return ended.error();
  return info;
}

// The sender's key must be of the recipient's kind. The parameters of an EC key are absent, NULL,
// or name the recipient's curve (RFC 5753, 3.1.1); the others have none (RFC 8410, 3).
Status check_originator(const AgreementInfo& info, const CurveRow& curve) {
  if (!info.originator_algorithm) {
    return refuse(Refusal::unsupported_recipient, "the originator's key is not in the message");
  }
  const AlgorithmName& algorithm = *info.originator_algorithm;
  if (!(curve.algorithm == algorithm.oid)) {
    return refuse(Refusal::bad_originator_key, oid_text(algorithm.oid));
  }
  if (algorithm.parameters.empty()) return done();
  if (curve.named &&
      (algorithm.parameters_absent_or_null() || algorithm.parameters == der_oid(*curve.named))) {
    return done();
  }
  return refuse(Refusal::bad_originator_key, "parameters of the originator's key");
}

// The parameters of the agreement name the wrap. OpenSSL 3.0 takes 3DES by default.
Result<Wrap> wrap_in(const AlgorithmName& agreement, ContentRule rule) {
  BerReader in{ByteView(agreement.parameters)};
  const auto name = read_algorithm(in);
  if (!name) return refuse(Refusal::bad_key_parameters, "no key wrap is named");
  return wrap_of(*name, rule == ContentRule::aead_only ? Strength::strong : Strength::weak);
}

struct Wrapping {
  SecretBytes key;
  const WrapRow* row;
};

// The key under which the content key of `info` was wrapped for the holder of `key`.
Result<Wrapping> wrapping_of(const AgreementInfo& info, const AgreementRow& agreement,
                             const KeyRequest& request) {
  const CurveRow* curve = find_curve(request.key->kind());
  if (curve == nullptr) return refuse(Refusal::unsupported_recipient, "a key on no known curve");
  if (const Status fits = check_originator(info, *curve); !fits) return fits.error();
  const auto wrap = wrap_in(info.agreement, request.key->rule);
  if (!wrap) return wrap.error();
  const auto secret = request.keys.agree(request.key->key, info.public_value);
  if (!secret) return refuse_for(Refusal::bad_originator_key, secret.error());
  auto key = derive_wrap_key(agreement, *secret, *wrap, info.ukm);
  if (!key) return key.error();
  return Wrapping{*std::move(key), wrap->row};
}

std::string_view weakness_of(const AgreementRow& agreement, const WrapRow& wrap) {
  const bool is_weak_wrap = wrap.strength == Strength::weak;
  if (agreement.strength != Strength::weak) return is_weak_wrap ? "a key wrap with 3DES" : "";
  return is_weak_wrap ? "key derivation with SHA-1, and a key wrap with 3DES"
                      : "key derivation with SHA-1";
}

Bytes der_originator(const CurveRow& curve, ByteView public_value) {
  const Bytes unused_bits{0};
  const Bytes bits = der(kTagBitString, {unused_bits, public_value});
  return der(context_tag(0), {der(context_tag(1), {der_algorithm(curve.algorithm), bits})});
}

}  // namespace

Result<Bytes> seal_key_by_agreement(const Certificate& recipient, const SecretBytes& content_key,
                                    KeyOptions::Agreement agreement) {
  const CurveRow* curve = find_curve(recipient.key_kind());
  const WrapRow* row = wrap_of_size(content_key.size());
  if (curve == nullptr || row == nullptr) return refuse(Refusal::unsupported_recipient);
  const auto agreed = agree_once_with(recipient);
  if (!agreed) return refuse_for(Refusal::unsupported_recipient, agreed.error());
  const Oid& scheme =
      agreement == KeyOptions::Agreement::by_curve ? curve->agreement : curve->small_agreement;
  const Wrap wrap = wrap_named(*row);
  const auto key =
      derive_wrap_key(*find_agreement(scheme.octets()), agreed->secret, wrap, std::nullopt);
  if (!key) return key.error();
  const auto wrapped = wrap_key(*key, content_key);
  if (!wrapped) return wrapped.error();
  const Bytes recipient_key =
      der_sequence({der_issuer_and_serial(recipient), der_octet_string(*wrapped)});
  return der(context_tag(1),
             {der_integer(kVersion), der_originator(*curve, agreed->public_value),
              der_sequence({der_oid(scheme), wrap.name}), der_sequence({recipient_key})});
}

Result<std::vector<CertificateName>> names_by_agreement(ByteView info) {
  auto read = read_info(info);
  if (!read) return read.error();
  std::vector<CertificateName> names;
  for (RecipientKey& recipient : read->recipients)
    names.push_back(std::move(recipient.name));
  return names;
}

Result<OpenedKey> open_key_by_agreement(const KeyRequest& request) {
  const auto read = read_info(request.info);
  if (!read) return read.error();
  if (request.index >= read->recipients.size()) return refuse(Refusal::no_key);
  if (read->recipients[request.index].wrapped.size() > kMaxWrappedKeyBytes) {
    return refuse(Refusal::element_too_large, "wrapped key");
  }
  const AgreementRow* agreement = find_agreement(read->agreement.oid);
  if (agreement == nullptr) {
    return refuse(Refusal::unsupported_recipient, oid_text(read->agreement.oid));
  }
  const auto wrapping = wrapping_of(*read, *agreement, request);
  if (!wrapping) return wrapping.error();
  const bool is_weak = wrapping->row->strength == Strength::weak;
  const ByteView wrapped = read->recipients[request.index].wrapped;
  auto key = is_weak ? unwrap_key_with_triple_des(wrapping->key, wrapped)
                     : unwrap_key(wrapping->key, wrapped);
  if (!key) return key.error();
  return OpenedKey{*std::move(key), weakness_of(*agreement, *wrapping->row)};
}

}  // namespace culvert::crypto
