// Makes the certificates of a node (protocol.md, "Certificates"): identity, tunnel, TLS. Serial
// numbers are 128-bit, random and positive. Signatures are ECDSA with SHA-256. Nothing here reads a
// clock. Thread-safe.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/clock.h"
#include "crypto/base/result.h"
#include "crypto/keys/certificate.h"
#include "crypto/keys/private_key.h"

namespace culvert::crypto {

// A certificate is valid from one hour before now, because clocks differ, until `lifetime` after
// now.
inline constexpr std::chrono::hours kCertificateLead{1};
inline constexpr std::chrono::hours kIdentityLifetime{24 * 365 * 30};
inline constexpr std::chrono::hours kTunnelLifetime{24 * 90};
inline constexpr std::chrono::hours kTlsLifetime{24 * 365};

// A key with its certificate.
struct KeyAndCertificate {
  PrivateKey key;
  Certificate certificate;
};

// The parts of a CA that are needed to issue.
struct Issuer {
  const PrivateKey& key;
  const Certificate& certificate;
};

// The identity: a new key and a self-signed CA certificate with pathLenConstraint 0. Subject: CN =
// `node_name` (left out if longer than the 64 characters that X.520 allows), serialNumber = the
// fingerprint of the key in hexadecimal digits. internal `certificate-not-made`.
Result<KeyAndCertificate> make_identity(const Domain& node_name, Time now);

// The purpose of a tunnel certificate: its key usage, and the OU of its subject.
enum class TunnelUse { sign, encrypt };

// A new key and a tunnel certificate for it: P-256, extended key usage emailProtection, key usage
// digitalSignature or keyAgreement, 90 days. permanent `issuer-mismatch` if the issuer's key does
// not belong to its certificate; internal `certificate-not-made`.
Result<KeyAndCertificate> make_tunnel_certificate(const Issuer& identity, TunnelUse use, Time now);

// A new key and a TLS server certificate (serverAuth) for a host name, issued by the identity.
Result<KeyAndCertificate> make_tls_certificate(const Issuer& identity, const Domain& host,
                                               Time now);

// A new key and a self-signed TLS server certificate, so that STARTTLS always works.
Result<KeyAndCertificate> make_self_signed_tls(const Domain& host, Time now);

}  // namespace culvert::crypto
