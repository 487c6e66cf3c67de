// A key ring that holds its keys in this process's memory.
#pragma once

#include <map>
#include <shared_mutex>

#include "crypto/keys/key_ring.h"
#include "crypto/keys/private_key.h"

namespace culvert::crypto {

class MemoryKeyRing final : public KeyRing {
 public:
  // Adds a key to be found by its certificate; the same key may come with several certificates.
  // permanent `key-mismatch` if the certificate is for another key.
  Status add(const PrivateKey& key, const Certificate& certificate,
             ContentRule rule = ContentRule::aead_only);
  // Adds a key that only signs, and is found by its id alone.
  void add_signing_key(const PrivateKey& key);
  // Forgets the key and its certificates. Work under way with it ends normally.
  void remove(const KeyId& key);

  std::optional<HeldKey> find(const CertificateName& name) const override;
  Result<Bytes> sign(const KeyId& key, SignatureScheme scheme, ByteView message) const override;
  Result<SecretBytes> agree(const KeyId& key, ByteView public_value) const override;

 private:
  std::optional<PrivateKey> key_of(const KeyId& key) const;

  mutable std::shared_mutex mutex_;
  std::map<KeyId, PrivateKey> keys_;
  std::map<IssuerAndSerial, HeldKey> by_issuer_and_serial_;
  std::map<Bytes, HeldKey> by_subject_key_identifier_;
};

}  // namespace culvert::crypto
