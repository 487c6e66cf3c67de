// Private keys with the certificates that belong to them, as a file holds them (key_file.h,
// pkcs12.h).
#pragma once

#include <string>
#include <vector>

#include "crypto/keys/certificate.h"
#include "crypto/keys/private_key.h"

namespace culvert::crypto {

struct BundledKey {
  PrivateKey key;
  // All for this very key: the public keys were compared. Those that the file names for it come
  // first, each group in the order of the file. May be empty.
  std::vector<Certificate> certificates;
  // What the file calls it (friendlyName), printable; may be empty. Untrusted.
  std::string name;
};

// A key or certificate of a file that cannot be used.
struct LeftOut {
  std::string what;  // `private key 2`, `certificate 17 (CN="…")`: its number among its like
  Error error;       // why
};
// `error` and its detail in one sentence.
std::string reason_in_words(const Error& error);
// What to call the certificate `number` (from 1) of a file; `der` may be anything.
std::string certificate_in_words(std::size_t number, ByteView der);

// True if `der`, whatever else is wrong with it, is called by `name`: its issuer octet by octet.
// Its SubjectKeyIdentifier is not looked for.
bool is_outline_named_by(ByteView der, const CertificateName& name);

struct KeyBundle {
  std::vector<BundledKey> keys;
  // Those of none of the keys, in the order of the file: issuers, and certificates of others.
  std::vector<Certificate> others;
  // What stands in the file besides, and is not in here.
  std::vector<LeftOut> left_out{};
  // What the file itself protects badly (OldForms), for people; empty if nothing.
  std::string weakness{};
};

// A key with a chain has 3 to 10 KB, a store of all public issuers 300 KB.
inline constexpr std::size_t kMaxKeyFileBytes = 1024 * 1024;
// What a file can hold. Each key costs a computation; a store of trusted issuers has some hundreds.
inline constexpr std::size_t kMaxBundledKeys = 32;
inline constexpr std::size_t kMaxBundledCertificates = 1000;

// A key and a certificate as they are met in a file. `local_id`: what ties them together in there
// (localKeyId of PKCS#12); empty if there is nothing.
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

// Gives each certificate to its key. The public key alone decides, because whoever writes a file
// may tie a foreign certificate to a key; the local id only tells which of several comes first. A
// key or certificate that is there twice counts once.
KeyBundle bundle_of(std::vector<FoundKey> keys, const std::vector<FoundCertificate>& certificates);

}  // namespace culvert::crypto
