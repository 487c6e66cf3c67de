#include "crypto/cms/pss_parameters.h"

#include <functional>

#include "crypto/cms/der_writer.h"
#include "crypto/cms/refusal.h"

namespace culvert::crypto {
namespace {

constexpr Oid kOidMgf1{"1.2.840.113549.1.1.8"};
constexpr std::size_t kDefaultSaltBytes = 20;
// The salt of the largest key is a little shorter than its 2,048 octets.
constexpr std::size_t kMaxIntegerOctets = 2;
constexpr std::size_t kTrailer = 1;

Error bad(std::string_view what) {
  return refuse(Refusal::bad_signature_parameters, std::string(what));
}

// An OPTIONAL field under `tag`.
struct Field {
  std::uint8_t tag;
  std::function<Status()> read;
};

Status read_field(BerReader& in, const Field& field) {
  const auto next = in.peek();
  if (!next) return next.error();
  if (*next != field.tag) return done();
  if (const Status entered = in.enter(field.tag); !entered) return entered.error();
  if (const Status good = field.read(); !good) return good.error();
  return in.leave();
}

Status read_hash(BerReader& in, const DigestRow*& into) {
  const auto algorithm = read_algorithm(in);
  if (!algorithm) return algorithm.error();
  const DigestRow* row = find_digest(algorithm->oid);
  if (row == nullptr || row->parameters != DigestRow::Parameters::absent_or_null ||
      !algorithm->parameters_absent_or_null()) {
    return bad("hash " + oid_text(algorithm->oid));
  }
  into = row;
  return done();
}

Status read_mask(BerReader& in, const DigestRow*& into) {
  if (const Status entered = in.enter(kTagSequence); !entered) return entered.error();
  const auto function = in.oid();
  if (!function) return function.error();
  if (!(kOidMgf1 == *function)) return bad("mask " + oid_text(*function));
  if (const Status hash = read_hash(in, into); !hash) return hash.error();
  return in.leave();
}

Status read_number(BerReader& in, std::size_t& into) {
  const auto octets = in.content(kTagInteger, kMaxIntegerOctets);
  if (!octets) return octets.error();
  if ((octets->front() & 0x80) != 0) return bad("a negative number");
  into = 0;
  for (const std::uint8_t octet : *octets)
    into = into << 8 | octet;
  return done();
}

Result<PssAlgorithm> parse(ByteView element) {
  const DigestRow* sha1 = find_digest(kOidSha1.octets());
  PssAlgorithm out{sha1, sha1, kDefaultSaltBytes};
  std::size_t trailer = kTrailer;
  BerReader in(element);
  if (const Status entered = in.enter(kTagSequence); !entered) return entered.error();
  for (const Field& field : {Field{context_tag(0), [&] { return read_hash(in, out.hash); }},
                             Field{context_tag(1), [&] { return read_mask(in, out.mgf_hash); }},
                             Field{context_tag(2), [&] { return read_number(in, out.salt_bytes); }},
                             Field{context_tag(3), [&] { return read_number(in, trailer); }}}) {
    if (const Status good = read_field(in, field); !good) return good.error();
  }
  if (const Status left = in.leave(); !left) return left.error();
  if (trailer != kTrailer) return bad("trailerField");
  return out;
}

Bytes der_hash(const DigestRow& hash) {
  // RFC 4055, 2.1 spells out NULL, and so does other software.
  const Bytes null{kTagNull, 0};
  return der_sequence({der_oid(hash.oid), null});
}

}  // namespace

Result<PssAlgorithm> read_pss_parameters(ByteView element) {
  if (!is_der(element, OuterForm::as_tagged)) return bad("missing or not DER");
  auto read = parse(element);
  if (!read) return bad(read.error().detail);
  return read;
}

Bytes der_pss_parameters(const DigestRow& hash) {
  const Bytes name = der_hash(hash);
  const Bytes mask = der_sequence({der_oid(kOidMgf1), name});
  const Bytes salt = der_integer(static_cast<std::uint32_t>(hash.bytes));
  return der_sequence(
      {der(context_tag(0), {name}), der(context_tag(1), {mask}), der(context_tag(2), {salt})});
}

Status check_pss_key(const Certificate& certificate, const PssAlgorithm& used) {
  if (certificate.key_kind() != KeyKind::rsa_pss) return done();
  BerReader in(certificate.public_key_info());
  if (const Status entered = in.enter(kTagSequence); !entered) return entered.error();
  const auto algorithm = read_algorithm(in);
  if (!algorithm) return algorithm.error();
  if (algorithm->parameters.empty()) return done();
  const auto demanded = read_pss_parameters(algorithm->parameters);
  if (demanded && demanded->hash == used.hash && demanded->mgf_hash == used.mgf_hash &&
      demanded->salt_bytes <= used.salt_bytes) {
    return done();
  }
  return refuse(Refusal::unsupported_signature, "the key demands other parameters");
}

std::optional<PssAlgorithm> written_pss(SignatureScheme scheme) {
  const SignatureRow* row = signature_for(scheme);
  if (row == nullptr || row->parameters != SignatureRow::Parameters::pss) return std::nullopt;
  const DigestRow* hash = find_digest(row->digest.octets());
  return PssAlgorithm{hash, hash, hash->bytes};
}

std::optional<SignatureScheme> pss_scheme_for(const Certificate& certificate) {
  for (const auto scheme : {SignatureScheme::rsa_pss_sha256, SignatureScheme::rsa_pss_sha384,
                            SignatureScheme::rsa_pss_sha512}) {
    if (check_pss_key(certificate, *written_pss(scheme))) return scheme;
  }
  return std::nullopt;
}

}  // namespace culvert::crypto
