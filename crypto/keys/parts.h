// What certificates and private keys are made of. For the sources of crypto/keys alone: it names
// types of Botan, which stay behind certificate.h and private_key.h.
#pragma once

#include <botan/ecdh.h>
#include <botan/pk_keys.h>
#include <botan/x509cert.h>

#include <memory>
#include <string>
#include <vector>

#include "crypto/keys/certificate.h"
#include "crypto/keys/private_key.h"

namespace culvert::crypto {

struct CertificateParts {
  Bytes der;
  Botan::X509_Certificate x509;
  // Nothing if the kind of key is not known or the key is larger than kMaxPublicKeyBytes.
  std::unique_ptr<const Botan::Public_Key> key;
  KeyKind kind = KeyKind::other;
  Bytes serial;
  Time not_before{};
  Time not_after{};
  KeyId key_id;
  Fingerprint hash;
  std::vector<Mailbox> addresses;
};

struct PrivateKeyParts {
  std::unique_ptr<const Botan::Private_Key> key;
  // The same EC key for agreement: Botan has a class for each use.
  std::unique_ptr<const Botan::ECDH_PrivateKey> agreement;
  KeyKind kind = KeyKind::other;
  Bytes public_key_info;
  KeyId key_id;
};

KeyKind kind_of(const Botan::Public_Key& key);
// True for the kinds that lie on one of the six curves.
bool is_ec(KeyKind kind);

}  // namespace culvert::crypto
