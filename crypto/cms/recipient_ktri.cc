#include "crypto/cms/recipient_ktri.h"

#include "crypto/cms/algorithms.h"
#include "crypto/cms/certificate_name.h"
#include "crypto/cms/content_info.h"
#include "crypto/cms/der_writer.h"
#include "crypto/cms/oaep_parameters.h"
#include "crypto/cms/oid_name.h"
#include "crypto/cms/recipient_parts.h"
#include "crypto/cms/refusal.h"

namespace culvert::crypto {
namespace {

constexpr Oid kOidRsaEncryption{"1.2.840.113549.1.1.1"};
constexpr Oid kOidRsaOaep{"1.2.840.113549.1.1.7"};

constexpr std::uint8_t kVersionByIssuer = 0;
constexpr std::uint8_t kVersionByKeyIdentifier = 2;
constexpr std::size_t kMaxEncryptedKeyBytes = kMaxRsaBitsRead / 8;

struct TransportInfo {
  CertificateName name;
  AlgorithmName algorithm;
  Bytes encrypted;
};

struct Front {
  int version;
  CertificateName name;
};

// Enters the info and reads the certificate's name.
Result<Front> read_front(BerReader& in) {
  if (const Status entered = in.enter(kTagSequence); !entered) return entered.error();
  const auto version = read_version(in);
  if (!version) return version.error();
  auto name = read_certificate_name(in);
  if (!name) return name.error();
  return Front{*version, *std::move(name)};
}

// RFC 5652, 6.2.1: the version says how the certificate is named.
bool version_fits(const Front& front) {
  const bool by_issuer = std::holds_alternative<IssuerAndSerial>(front.name);
  return front.version == (by_issuer ? kVersionByIssuer : kVersionByKeyIdentifier);
}

Result<TransportInfo> read_info(ByteView octets) {
  BerReader in(octets);
  auto front = read_front(in);
  if (!front) return front.error();
  if (!version_fits(*front)) {
    return refuse(Refusal::unexpected_element, "version of the recipient");
  }
  auto algorithm = read_algorithm(in);
  if (!algorithm) return algorithm.error();
  auto encrypted = in.octets(kTagOctetString, kMaxEncryptedKeyBytes);
  if (!encrypted) return encrypted.error();
  if (const Status left = in.leave(); !left) return left.error();
  if (const Status ended = in.expect_end(); !ended) return ended.error();
  return TransportInfo{std::move(front->name), *std::move(algorithm), *std::move(encrypted)};
}

Result<RsaTransport> transport_of(const AlgorithmName& algorithm) {
  if (kOidRsaOaep == algorithm.oid) return read_oaep_parameters(algorithm.parameters);
  if (!(kOidRsaEncryption == algorithm.oid)) {
    return refuse_because(Refusal::unsupported_recipient, oid_name(algorithm.oid));
  }
  if (!algorithm.parameters_absent_or_null()) {
    return refuse(Refusal::bad_key_parameters, "rsaEncryption");
  }
  return RsaTransport{RsaTransport::Scheme::pkcs1_v15, {}, {}, {}};
}

Status check_rsa(KeyKind kind, std::size_t bits, std::size_t least_bits, std::size_t most_bits) {
  if (kind != KeyKind::rsa) {
    return refuse(Refusal::unsupported_recipient, "the certificate's key is no RSA key");
  }
  if (bits >= least_bits && bits <= most_bits) return done();
  return refuse(Refusal::bad_key_size, "RSA of " + std::to_string(bits) + " bits");
}

Bytes der_transport(const RsaTransport& transport) {
  if (transport.scheme == RsaTransport::Scheme::oaep) {
    return der_sequence({der_oid(kOidRsaOaep), der_oaep_parameters(transport)});
  }
  return der_sequence({der_oid(kOidRsaEncryption), der(kTagNull, {})});
}

}  // namespace

Result<Bytes> seal_key_by_transport(const Certificate& recipient, const SecretBytes& content_key,
                                    const RsaTransport& transport) {
  const Status fits =
      check_rsa(recipient.key_kind(), recipient.key_bits(), kMinRsaBitsWritten, kMaxRsaBitsWritten);
  if (!fits) return fits.error();
  const auto encrypted = encrypt_to(recipient, transport, content_key);
  if (!encrypted) return refuse_for(Refusal::unsupported_recipient, encrypted.error());
  return der_sequence({der_integer(kVersionByIssuer), der_issuer_and_serial(recipient),
                       der_transport(transport), der_octet_string(*encrypted)});
}

bool is_pkcs1_transport(ByteView info) {
  const auto read = read_info(info);
  return read && kOidRsaEncryption == read->algorithm.oid;
}

Result<std::vector<CertificateName>> names_by_transport(ByteView info) {
  BerReader in(info);
  auto front = read_front(in);
  if (!front) return front.error();
  return std::vector<CertificateName>{std::move(front->name)};
}

Result<OpenedKey> open_key_by_transport(const KeyRequest& request) {
  const auto read = read_info(request.info);
  if (!read) return read.error();
  const auto transport = transport_of(read->algorithm);
  if (!transport) return transport.error();
  const HeldKey& held = *request.key;
  const Status fits = check_rsa(held.kind(), held.bits(), kMinRsaBitsRead, kMaxRsaBitsRead);
  if (!fits) return fits.error();
  if (transport->scheme == RsaTransport::Scheme::pkcs1_v15 && held.rule == ContentRule::aead_only) {
    return refuse(Refusal::unsupported_recipient, "the key is not used with PKCS#1 v1.5");
  }
  auto key = request.keys.decrypt(held.key, *transport, read->encrypted, request.key_bytes);
  if (!key) return refuse_for(Refusal::key_unwrap_failed, key.error());
  const bool weak = held.bits() < kMinRsaBitsWritten;
  return OpenedKey{*std::move(key), weak ? "an RSA key below 2,048 bits" : ""};
}

}  // namespace culvert::crypto
