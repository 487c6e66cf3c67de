#include "crypto/cms/oid_name.h"

#include <algorithm>
#include <array>

#include "crypto/base/log.h"
#include "crypto/cms/oid.h"

namespace culvert::crypto {
namespace {

constexpr std::size_t kMaxShownOctets = 120;

struct Row {
  Oid oid;
  std::string_view name;
};

constexpr std::array kNames{
    // Content types.
    Row{kOidData, "data"},
    Row{kOidSignedData, "signed data"},
    Row{kOidEnvelopedData, "enveloped data"},
    Row{Oid{"1.2.840.113549.1.7.4"}, "signed and enveloped data of PKCS #7"},
    Row{kOidDigestedData, "digested data"},
    Row{kOidEncryptedData, "encrypted data"},
    Row{kOidAuthenticatedData, "authenticated data"},
    Row{kOidCompressedData, "compressed data"},
    Row{kOidAuthEnvelopedData, "authenticated enveloped data"},
    Row{Oid{"1.2.840.113549.1.9.16.1.4"}, "a time stamp"},
    Row{Oid{"1.2.840.113549.1.9.16.1.1"}, "a receipt"},
    Row{Oid{"1.2.840.113549.1.9.16.1.31"}, "a contentCollection"},
    Row{Oid{"1.2.840.113549.1.9.16.1.24"}, "an RPKI route origin"},
    Row{Oid{"1.2.840.113549.1.9.16.1.26"}, "an RPKI manifest"},
    Row{Oid{"1.2.840.113549.1.9.16.1.16"}, "a firmware package"},
    Row{Oid{"1.2.840.113549.1.12.10.1.3"}, "a certificate of PKCS #12"},
    Row{Oid{"1.3.6.1.5.5.7.12.2"}, "a request for a certificate"},
    Row{Oid{"1.3.6.1.5.5.7.12.3"}, "an authority's response"},
    Row{Oid{"1.3.6.1.4.1.311.2.1.4"}, "a signature of program code"},
    Row{Oid{"1.3.6.1.4.1.311.10.1"}, "a list of trusted certificates"},
    Row{Oid{"2.23.136.1.1.1"}, "a travel document"},
    // Digests.
    Row{Oid{"1.2.840.113549.2.2"}, "MD2"},
    Row{Oid{"1.2.840.113549.2.4"}, "MD4"},
    Row{Oid{"1.2.840.113549.2.5"}, "MD5"},
    Row{Oid{"1.3.14.3.2.26"}, "SHA-1"},
    Row{Oid{"1.3.36.3.2.1"}, "RIPEMD-160"},
    Row{Oid{"2.16.840.1.101.3.4.2.4"}, "SHA-224"},
    Row{Oid{"2.16.840.1.101.3.4.2.1"}, "SHA-256"},
    Row{Oid{"2.16.840.1.101.3.4.2.2"}, "SHA-384"},
    Row{Oid{"2.16.840.1.101.3.4.2.3"}, "SHA-512"},
    Row{Oid{"2.16.840.1.101.3.4.2.5"}, "SHA-512/224"},
    Row{Oid{"2.16.840.1.101.3.4.2.6"}, "SHA-512/256"},
    Row{Oid{"2.16.840.1.101.3.4.2.7"}, "SHA3-224"},
    Row{Oid{"2.16.840.1.101.3.4.2.8"}, "SHA3-256"},
    Row{Oid{"2.16.840.1.101.3.4.2.9"}, "SHA3-384"},
    Row{Oid{"2.16.840.1.101.3.4.2.10"}, "SHA3-512"},
    Row{Oid{"1.2.643.7.1.1.2.2"}, "GOST R 34.11-2012"},
    Row{Oid{"1.2.156.10197.1.401"}, "SM3"},
    // Signatures.
    Row{Oid{"1.2.840.10040.4.1"}, "DSA"},
    Row{Oid{"1.2.840.10040.4.3"}, "DSA with SHA-1"},
    Row{Oid{"1.3.14.3.2.13"}, "DSA with SHA"},
    Row{Oid{"1.3.14.3.2.27"}, "DSA with SHA-1"},
    Row{Oid{"2.16.840.1.101.3.4.3.1"}, "DSA with SHA-224"},
    Row{Oid{"2.16.840.1.101.3.4.3.2"}, "DSA with SHA-256"},
    Row{Oid{"2.16.840.1.101.3.4.3.3"}, "DSA with SHA-384"},
    Row{Oid{"2.16.840.1.101.3.4.3.4"}, "DSA with SHA-512"},
    Row{Oid{"1.2.840.113549.1.1.1"}, "RSA"},
    Row{Oid{"1.2.840.113549.1.1.2"}, "RSA with MD2"},
    Row{Oid{"1.2.840.113549.1.1.4"}, "RSA with MD5"},
    Row{Oid{"1.2.840.113549.1.1.5"}, "RSA with SHA-1"},
    Row{Oid{"1.3.14.3.2.29"}, "RSA with SHA-1"},
    Row{Oid{"1.2.840.113549.1.1.10"}, "RSASSA-PSS"},
    Row{Oid{"1.2.840.113549.1.1.11"}, "RSA with SHA-256"},
    Row{Oid{"1.2.840.113549.1.1.12"}, "RSA with SHA-384"},
    Row{Oid{"1.2.840.113549.1.1.13"}, "RSA with SHA-512"},
    Row{Oid{"1.2.840.113549.1.1.14"}, "RSA with SHA-224"},
    Row{Oid{"1.2.840.10045.2.1"}, "an EC key"},
    Row{Oid{"1.2.840.10045.4.1"}, "ECDSA with SHA-1"},
    Row{Oid{"1.2.840.10045.4.3.1"}, "ECDSA with SHA-224"},
    Row{Oid{"1.2.840.10045.4.3.2"}, "ECDSA with SHA-256"},
    Row{Oid{"1.2.840.10045.4.3.3"}, "ECDSA with SHA-384"},
    Row{Oid{"1.2.840.10045.4.3.4"}, "ECDSA with SHA-512"},
    Row{Oid{"1.3.101.112"}, "Ed25519"},
    Row{Oid{"1.3.101.113"}, "Ed448"},
    Row{Oid{"1.2.156.10197.1.501"}, "SM2 with SM3"},
    Row{Oid{"2.16.840.1.101.3.4.3.17"}, "ML-DSA-44"},
    Row{Oid{"2.16.840.1.101.3.4.3.18"}, "ML-DSA-65"},
    Row{Oid{"2.16.840.1.101.3.4.3.19"}, "ML-DSA-87"},
    // Ciphers.
    Row{Oid{"1.2.840.113549.3.2"}, "RC2-CBC"},
    Row{Oid{"1.2.840.113549.3.4"}, "RC4"},
    Row{Oid{"1.3.14.3.2.7"}, "DES-CBC"},
    Row{Oid{"1.2.840.113533.7.66.10"}, "CAST5-CBC"},
    Row{Oid{"1.3.6.1.4.1.188.7.1.1.2"}, "IDEA-CBC"},
    Row{Oid{"1.2.392.200011.61.1.1.1.2"}, "Camellia-128-CBC"},
    Row{Oid{"1.2.392.200011.61.1.1.1.4"}, "Camellia-256-CBC"},
    Row{Oid{"2.16.840.1.101.3.4.1.7"}, "AES-128-CCM"},
    Row{Oid{"2.16.840.1.101.3.4.1.47"}, "AES-256-CCM"},
};

}  // namespace

std::string oid_name(ByteView oid) { return oid_name(oid_text(oid)); }

std::string oid_name(const std::string& dotted) {
  const auto* found = std::find_if(kNames.begin(), kNames.end(), [&](const Row& row) {
    return dotted == oid_text(row.oid.octets());
  });
  const std::string number = printable(dotted, kMaxShownOctets);
  return found == kNames.end() ? number : std::string(found->name) + " (" + number + ")";
}

}  // namespace culvert::crypto
