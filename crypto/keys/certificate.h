// X.509 certificates (RFC 5280) as values, and the names by which CMS refers to them (RFC 5652,
// 10.2.4 and 6.2.1). Parsing checks the form only; chain.h, a card or an administrator decides
// whether to trust a certificate. All calls are thread-safe.
#pragma once

#include <compare>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/clock.h"
#include "crypto/base/names.h"
#include "crypto/base/result.h"

namespace culvert::crypto {

// The key id of a key pair everywhere in Culvert: SHA-256 over its SubjectPublicKeyInfo.
using KeyId = Fingerprint;

// IssuerAndSerialNumber. `issuer` is the DER of the Name; `serial` is the content octets of the
// INTEGER as the certificate has them. Compared octet by octet; Certificate::is_named_by decides
// whether it names a certificate.
struct IssuerAndSerial {
  Bytes issuer;
  Bytes serial;
  auto operator<=>(const IssuerAndSerial&) const = default;
};

// SubjectKeyIdentifier extension, content octets.
struct SubjectKeyIdentifier {
  Bytes octets;
  auto operator<=>(const SubjectKeyIdentifier&) const = default;
};

// How a CMS signer or recipient names its certificate.
using CertificateName = std::variant<IssuerAndSerial, SubjectKeyIdentifier>;

// The kinds of public key that Culvert knows. A key of kind `other` is parsed and shown, never
// used. It is also the kind of a key that cannot be read or computed with, and of the key of a
// certificate with an unknown critical extension (RFC 5280, 4.2).
enum class KeyKind {
  ec_p256,
  ec_p384,
  ec_p521,
  ec_bp256,
  ec_bp384,
  ec_bp512,
  rsa,
  // RSA whose certificate allows RSASSA-PSS only (RFC 4055, 1.2).
  rsa_pss,
  ed25519,
  ed448,
  x25519,
  x448,
  ml_kem,
  other
};

// `P-256`, `RSA`, …
std::string_view key_kind_name(KeyKind kind);

// Certificates larger than this are refused: real ones have 1 to 4 KiB.
inline constexpr std::size_t kMaxCertificateBytes = 64 * 1024;
// Larger public keys are not used in computations (RSA of 16,384 bits needs 2,080 octets).
inline constexpr std::size_t kMaxPublicKeyBytes = 4096;

// A Name in DER for people and logs: `CN=Jane,O=Firm,ST=Bern,C=CH`, as RFC 4514 writes it (last
// element first; `emailAddress` keeps that name). Printable, at most 200 octets, with a mark at the
// end if there were more. `?` if it is not a Name; empty if the Name is empty.
std::string name_text(ByteView der);

struct CertificateParts;

class Certificate {
 public:
  // DER, whole and without trailing octets. permanent `bad-certificate`.
  static Result<Certificate> from_der(ByteView der);
  // The first PEM block `CERTIFICATE`. permanent `bad-certificate`.
  static Result<Certificate> from_pem(std::string_view pem);
  // Every PEM block `CERTIFICATE`, in the order of the text, at most 1,000. permanent
  // `bad-certificate` if one is bad; empty if there is none.
  static Result<std::vector<Certificate>> all_from_pem(std::string_view pem);

  const Bytes& der() const;
  // With the BEGIN and END lines; line ends are LF.
  std::string pem() const;

  // DER of the Names.
  const Bytes& subject() const;
  const Bytes& issuer() const;
  // Their name_text.
  std::string subject_text() const;
  std::string issuer_text() const;
  // The subject for use in a sentence: an address or the serial number replaces an empty subject.
  std::string shown_name() const;
  // The first attribute of that kind in the subject or issuer, or nothing. Untrusted.
  std::optional<std::string> subject_common_name() const;
  std::optional<std::string> subject_serial_number() const;
  std::optional<std::string> issuer_serial_number() const;

  // Content octets of the INTEGER, and as hexadecimal digits.
  const Bytes& serial() const;
  std::string serial_hex() const { return to_hex(serial()); }

  Time not_before() const;
  Time not_after() const;
  bool valid_at(Time t) const { return not_before() <= t && t <= not_after(); }

  KeyKind key_kind() const;
  // For people: `P-256`, `RSA`; for an unknown key `DSA` or the dotted OID of its algorithm.
  std::string key_text() const;
  // Why nobody may use its key, for people, as the end of a sentence (`its critical extension … is
  // not known …`); empty if no extension forbids it.
  const std::string& objection() const;
  // The size of the modulus or of the field in bits.
  std::size_t key_bits() const;
  // DER of SubjectPublicKeyInfo, and SHA-256 over it.
  const Bytes& public_key_info() const;
  const KeyId& key_id() const;
  // SHA-256 over the whole certificate (as `openssl x509 -fingerprint -sha256` prints it).
  const Fingerprint& certificate_hash() const;

  bool is_ca() const;
  // The pathLenConstraint of a CA; nothing if there is none.
  std::optional<std::size_t> path_length() const;
  // Key usage: true if the extension allows the use or is absent.
  bool may_sign() const;
  bool may_agree() const;
  bool may_encipher_keys() const;
  bool may_issue() const;
  // Extended key usage: true if it lists the purpose or anyExtendedKeyUsage, or is absent.
  bool may_protect_mail() const;
  bool may_serve_tls() const;

  // The rfc822Name entries of subjectAltName; if there is none, the emailAddress attributes of the
  // subject (RFC 8550, section 3). Only mail addresses by the strict parser of crypto/base/names.h,
  // in ASCII and without a final dot (RFC 5280, 7.5); all others are ignored.
  const std::vector<Mailbox>& addresses() const;

  IssuerAndSerial issuer_and_serial() const { return {issuer(), serial()}; }
  // The SubjectKeyIdentifier extension; empty if there is none.
  const Bytes& subject_key_identifier() const;
  // True if `name` names this certificate. Issuers are compared as RFC 5280, 7.1, says. An empty
  // identifier names no certificate.
  bool is_named_by(const CertificateName& name) const;

  // True if this certificate's signature verifies under the public key of `issuer`. Does not check
  // names, times or usages; chain.h does.
  bool signature_verifies_under(const Certificate& issuer) const;

  // Equal if all octets are.
  bool operator==(const Certificate& other) const { return der() == other.der(); }

  // For crypto/keys and crypto/cms only: the parsed key, behind an incomplete type.
  const CertificateParts& parts() const { return *parts_; }

 private:
  explicit Certificate(std::shared_ptr<const CertificateParts> parts) : parts_(std::move(parts)) {}
  // Shared because certificates are immutable and are copied into results.
  std::shared_ptr<const CertificateParts> parts_;
};

}  // namespace culvert::crypto
