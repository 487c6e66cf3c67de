// The node's own keys and certificates, loaded from the store into a key ring: those that seal,
// those that open, and those that identify the node. A snapshot; loaded again when the keyring
// changes.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "crypto/keys/certificate.h"
#include "crypto/keys/memory_key_ring.h"
#include "store/store.h"

namespace culvert::node {

// A tunnel certificate to sign with, and who knows it.
struct OwnSigner {
  crypto::Certificate certificate;
  // Serial number of the first card that listed it. Nothing: no card does yet.
  std::optional<std::uint64_t> listed_since;
};

struct OwnKeys {
  crypto::MemoryKeyRing ring;
  crypto::Certificate identity;
  std::vector<OwnSigner> signing;  // all whose keys are held, newest first
  Time renewal{};                  // when the next pair is issued
  // Every tunnel encryption certificate that was ever announced or made: mail for one of them is
  // tunnel mail, whether or not its key is still held.
  std::vector<crypto::IssuerAndSerial> announced;
  SecretBytes token_key;  // for the tokens of tunnel addresses

  explicit OwnKeys(crypto::Certificate identity_) : identity(std::move(identity_)) {}

  // The newest valid certificate whose signatures a partner takes that has our card with serial
  // number `taken_serial` or a later one. Nothing: its mail has to wait until it takes our card.
  const crypto::Certificate* signer_for(std::uint64_t taken_serial, Time now) const;
  // The newest valid one. For peering messages, which partners open by whatever the identity
  // issued.
  const crypto::Certificate* newest_signer(Time now) const;
};

// The secret of the tunnel tokens, made by `init` with the identity.
inline constexpr const char* kTokenKeyName = "tunnel-token";

// permanent `no-certificate` (the text says what to do); errors of the store. That no tunnel
// certificate is valid is no error: mail waits until they are renewed (key_renewal.h).
Result<std::shared_ptr<const OwnKeys>> load_own_keys(const store::Store& store, Time now);

}  // namespace culvert::node
