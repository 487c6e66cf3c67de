#include "peering/pinned_certificates.h"

#include "crypto/base/log.h"
#include "crypto/keys/chain.h"
#include "crypto/keys/sealing.h"

namespace culvert::peering {

namespace {

// Checked at a time within its life, because old encryption certificates stay on a card.
std::vector<crypto::Certificate> issued_by(const crypto::Certificate& identity,
                                           const std::vector<Bytes>& ders) {
  std::vector<crypto::Certificate> out;
  for (const Bytes& der : ders) {
    auto certificate = crypto::Certificate::from_der(der);
    if (!certificate) continue;
    const auto issued = crypto::check_issued_by(*certificate, identity, certificate->not_before());
    if (issued) out.push_back(*std::move(certificate));
  }
  return out;
}

Bytes digest_of(const store::Peer& peer) {
  Bytes all = crypto::index_digest({peer.fingerprint.view(), peer.identity_certificate});
  for (const auto* ders :
       {&peer.signing_certificates, &peer.encryption_certificates, &peer.allowed_certificates}) {
    for (const Bytes& der : *ders)
      all = crypto::index_digest({all, der});
    all = crypto::index_digest({all});
  }
  return all;
}

}  // namespace

Result<crypto::Certificate> pinned_identity(const store::Peer& peer) {
  auto identity = crypto::Certificate::from_der(peer.identity_certificate);
  if (identity && identity->key_id() == peer.fingerprint) return identity;
  return permanent_error("not-the-identity",
                         "the identity in the record of peer " +
                             peer.fingerprint.hex().substr(0, 16) +
                             " is not the one that is pinned; pair with it anew");
}

PinnedCertificates pinned_certificates(const store::Peer& peer) {
  PinnedCertificates out;
  if (const auto identity = pinned_identity(peer)) {
    out.signing = issued_by(*identity, peer.signing_certificates);
    out.encryption = issued_by(*identity, peer.encryption_certificates);
  } else if (!peer.signing_certificates.empty() || !peer.encryption_certificates.empty()) {
    log_error("{}", identity.error().text);
  }
  for (const Bytes& der : peer.allowed_certificates) {
    auto certificate = crypto::Certificate::from_der(der);
    if (certificate) out.signing.push_back(*std::move(certificate));
  }
  return out;
}

PinnedCertificates PinnedCertificateCache::of(const store::Peer& peer) {
  const Bytes digest = digest_of(peer);
  {
    const std::lock_guard lock(mutex_);
    const auto found = known_.find(peer.fingerprint);
    if (found != known_.end() && found->second.digest == digest) return found->second.certificates;
  }
  PinnedCertificates fresh = pinned_certificates(peer);
  const std::lock_guard lock(mutex_);
  known_[peer.fingerprint] = {digest, fresh};
  return fresh;
}

void PinnedCertificateCache::keep_only(const std::set<Fingerprint>& peers) {
  const std::lock_guard lock(mutex_);
  std::erase_if(known_, [&peers](const auto& known) { return !peers.contains(known.first); });
}

}  // namespace culvert::peering
