// Private keys with their certificates, as a file holds them (key_file.h, pkcs12.h).
#pragma once

#include <string>
#include <vector>

#include "crypto/keys/certificate.h"
#include "crypto/keys/private_key.h"

namespace culvert::crypto {

struct BundledKey {
  PrivateKey key;
  // All belong to this key: the public keys were compared. Those that the file itself ties to the
  // key come first; each group is in the order of the file. May be empty.
  std::vector<Certificate> certificates;
  // The file's name for it (friendlyName), printable; may be empty. Untrusted.
  std::string name;
};

// A key or certificate of a file that cannot be used.
struct LeftOut {
  std::string what;  // `private key 2`, `certificate 17 (CN="…")`: numbered within its kind
  Error error;       // why
};
// `error` and its detail in one sentence.
std::string reason_in_words(const Error& error);
// A name for certificate `number` (from 1) of a file; `der` may be anything.
std::string certificate_in_words(std::size_t number, ByteView der);

// True if `name` names `der`, which may be otherwise broken: issuer and serial number match octet
// by octet. A SubjectKeyIdentifier never matches.
bool is_outline_named_by(ByteView der, const CertificateName& name);

struct KeyBundle {
  std::vector<BundledKey> keys;
  // Certificates that belong to none of the keys, in the order of the file: issuers, and
  // certificates of others.
  std::vector<Certificate> others;
  // What else is in the file but not in this bundle.
  std::vector<LeftOut> left_out{};
  // What the file protects badly (OldForms), for people; empty if nothing.
  std::string weakness{};
};

// A key with a chain takes 3 to 10 KB; a store of all public issuers takes 300 KB.
inline constexpr std::size_t kMaxKeyFileBytes = 1024 * 1024;
// The most that a file may hold. Each key costs a computation; a store of trusted issuers has some
// hundreds of certificates.
inline constexpr std::size_t kMaxBundledKeys = 32;
inline constexpr std::size_t kMaxBundledCertificates = 1000;

// A key and a certificate as found in a file. `local_id` ties them together in the file (localKeyId
// of PKCS#12); empty if there is none.
struct FoundKey {
  PrivateKey key;
  Bytes local_id;
  std::string name;
};
struct FoundCertificate {
  Certificate certificate;
  Bytes local_id;
  std::string name;
};

// Gives each certificate to its key. Only the public key decides, because whoever writes a file may
// tie a foreign certificate to a key. The local id only decides which of several certificates comes
// first. Duplicate keys and certificates count once.
KeyBundle bundle_of(std::vector<FoundKey> keys, const std::vector<FoundCertificate>& certificates);

}  // namespace culvert::crypto
