#include "tools/cli/node_keys.h"

#include <vector>

#include "crypto/keys/certificate_maker.h"
#include "crypto/keys/memory_key_ring.h"
#include "node/flow/key_records.h"
#include "node/flow/own_keys.h"
#include "peering/revocation.h"
#include "store/secrets.h"

namespace culvert::cli {
namespace {

struct NewKey {
  store::CertificateRole role;
  crypto::KeyAndCertificate made;
};

Result<std::vector<NewKey>> make_keys(const Domain& node_name, Time now) {
  auto identity = crypto::make_identity(node_name, now);
  if (!identity) return identity.error();
  const crypto::Issuer issuer{identity->key, identity->certificate};
  auto sign = crypto::make_tunnel_certificate(issuer, crypto::TunnelUse::sign, now);
  if (!sign) return sign.error();
  auto encrypt = crypto::make_tunnel_certificate(issuer, crypto::TunnelUse::encrypt, now);
  if (!encrypt) return encrypt.error();
  auto tls = crypto::make_tls_certificate(issuer, node_name, now);
  if (!tls) return tls.error();
  auto starttls = crypto::make_self_signed_tls(node_name, now);
  if (!starttls) return starttls.error();
  using Role = store::CertificateRole;
  return std::vector<NewKey>{{Role::identity, *std::move(identity)},
                             {Role::tunnel_sign, *std::move(sign)},
                             {Role::tunnel_encrypt, *std::move(encrypt)},
                             {Role::tls, *std::move(tls)},
                             {Role::starttls, *std::move(starttls)}};
}

}  // namespace

Result<MadeNode> make_node_keys(store::Store& store, const Domain& node_name, Time now) {
  const auto keys = make_keys(node_name, now);
  if (!keys) return keys.error();
  const crypto::KeyAndCertificate& identity = keys->front().made;
  crypto::MemoryKeyRing ring;
  ring.add_signing_key(identity.key);
  auto revocation =
      peering::sign_revocation({identity.key.key_id()}, {ring, identity.certificate}, now);
  if (!revocation) return revocation.error();
  const crypto::SealingKey token_key = crypto::SealingKey::generate();
  const Status written = store.write([&](store::WriteTransaction& txn) -> Status {
    for (const NewKey& key : *keys) {
      node::put_key(txn, key.role, key.made, now);
    }
    store::put_secret(txn, node::kTokenKeyName, SecretBytes(token_key.view()));
    return done();
  });
  if (!written) return written.error();
  return MadeNode{identity.key.key_id(), *std::move(revocation)};
}

}  // namespace culvert::cli
