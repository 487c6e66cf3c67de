// A key ring that holds its keys in this process's memory. Thread-safe: keys may be added and
// removed while other threads use the ring. It copies what is added. The errors of use are those of
// key_ring.h.
#pragma once

#include <map>
#include <shared_mutex>

#include "crypto/keys/key_ring.h"
#include "crypto/keys/private_key.h"

namespace culvert::crypto {

class MemoryKeyRing final : public KeyRing {
 public:
  // Adds a key to be found by its certificate. The same key may come with several certificates;
  // adding a certificate again replaces the earlier entry. The key works under its own id and under
  // the key id in each certificate. The default rule is for tunnel keys; a person's key needs
  // ContentRule::any, because old programs encrypt for it with CBC too. permanent `key-mismatch` if
  // the certificate is for another key.
  Status add(const PrivateKey& key, const Certificate& certificate,
             ContentRule rule = ContentRule::aead_only);
  // Adds a key without a certificate, which is tried on every recipient of its kind.
  void add_bare_key(const PrivateKey& key, ContentRule rule = ContentRule::aead_only);
  // Adds a key that only signs and is found only by its id.
  void add_signing_key(const PrivateKey& key);
  // Adds a key-encryption key of 16, 24 or 32 octets that both sides know by `identifier`, which
  // may be any octets. Replaces another key of that name. A key of another length opens nothing.
  void add_shared_key(ByteView identifier, SecretBytes key);
  // Sets the password for messages that are sealed with one: UTF-8, used as it is. Replaces
  // another.
  void set_password(SecretBytes password);
  // Removes the key and its certificates; any of its ids will do. Operations under way with it end
  // normally.
  void remove(const KeyId& key);

  std::optional<HeldKey> find(const CertificateName& name) const override;
  std::vector<HeldKey> bare_keys() const override;
  Result<Bytes> sign(const KeyId& key, SignatureScheme scheme, ByteView message) const override;
  Result<SecretBytes> agree(const KeyId& key, ByteView public_value) const override;
  Result<SecretBytes> decrypt(const KeyId& key, const RsaTransport& transport, ByteView encrypted,
                              std::size_t key_bytes) const override;
  Result<SecretBytes> decapsulate(const KeyId& key, ByteView ciphertext) const override;
  Result<SecretBytes> unwrap_shared(ByteView identifier, std::size_t wrap_key_bytes,
                                    ByteView wrapped) const override;
  Result<SecretBytes> derive_from_password(const Pbkdf2& parameters) const override;

 private:
  std::optional<PrivateKey> key_of(const KeyId& key) const;

  mutable std::shared_mutex mutex_;
  std::map<KeyId, PrivateKey> keys_;
  // An issuer uses a serial number once, and few issuers use the same one.
  std::map<Bytes, std::vector<HeldKey>> by_serial_;
  std::map<Bytes, HeldKey> by_subject_key_identifier_;
  std::vector<HeldKey> bare_keys_;
  std::map<Bytes, SecretBytes> shared_keys_;
  std::optional<SecretBytes> password_;
};

}  // namespace culvert::crypto
