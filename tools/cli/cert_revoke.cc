// `culvert cert revoke`.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "crypto/keys/certificate.h"
#include "node/flow/key_renewal.h"
#include "node/flow/own_keys.h"
#include "store/keyring.h"
#include "store/peers.h"
#include "tools/cli/asking.h"
#include "tools/cli/commands.h"
#include "tools/cli/json_text.h"
#include "tools/cli/open_node.h"

namespace culvert::cli {
namespace {

struct ToRevoke {
  store::CertificateRole role = store::CertificateRole::tunnel_sign;
  Fingerprint key;
};

// By the name of a role, its newest certificate; or by 16 or more digits of a fingerprint.
Result<ToRevoke> find_key(const store::ReadTransaction& txn, const std::string& name) {
  constexpr std::size_t kLeastDigits = 16;
  for (const store::StoredCertificate& stored : store::list_certificates(txn)) {
    const auto certificate = crypto::Certificate::from_der(stored.der);
    if (!certificate) continue;
    const bool is_meant =
        name == store::role_name(stored.role) ||
        (name.size() >= kLeastDigits && certificate->certificate_hash().hex().starts_with(name));
    if (is_meant) return ToRevoke{stored.role, certificate->key_id()};
  }
  return permanent_error("not-found",
                         "'" + printable(name, 80) +
                             "' names no certificate of this node (`culvert cert list` "
                             "shows names and fingerprints)");
}

std::string question_about(const ToRevoke& key) {
  if (key.role == store::CertificateRole::identity) {
    return "This ends every pairing of this node, for ever: partners remove it as soon as they "
           "hear, "
           "and mail for it waits there until they are paired with a new identity (`culvert init "
           "--new-store`). Revoke the identity?";
  }
  return "Partners take no signature by this key any more, and seal nothing for it, as soon as "
         "they "
         "have this node's next card. A new pair is made now. Revoke it?";
}

Result<Report> cert_revoke(const Arguments& arguments) {
  auto node = open_node(arguments);
  if (!node) return node.error();
  const auto keys = node::load_own_keys(*node->store, node->now);
  if (!keys) return keys.error();
  const auto found = read_store<ToRevoke>(*node->store, [&](const store::ReadTransaction& txn) {
    return find_key(txn, *arguments.value("NAME"));
  });
  if (!found) return found.error();
  const bool is_identity = found->role == store::CertificateRole::identity;
  const bool is_tunnel = found->role == store::CertificateRole::tunnel_sign ||
                         found->role == store::CertificateRole::tunnel_encrypt;
  if (!is_identity && !is_tunnel) {
    return permanent_error("not-revocable",
                           "partners trust TLS certificates by the identity alone; the node renews "
                           "its own by itself");
  }
  if (!is_confirmed(arguments, question_about(*found))) return not_wanted();
  if (is_tunnel) {
    const auto renewed = node::renew_tunnel_keys(*node->store, node->now, node::Renewal::now);
    if (!renewed) return renewed.error();
  }
  const Fingerprint own = (*keys)->identity.key_id();
  const Status written = node->store->write([&](store::WriteTransaction& txn) {
    store::note_revoked(txn, own, found->key.view(), node->now);
    return done();
  });
  if (!written) return written.error();
  return Report{
      .text = is_identity ? "Revoked the identity. Let this node run until its partners have heard "
                            "it; then move the data directory away, and: culvert init --new-store\n"
                          : "Revoked. Partners hear it with the next card, which goes to them at "
                            "once; what waits is sealed to the new key.\n",
      .json = json_text({{"revoked", found->key.hex()}, {"role", store::role_name(found->role)}})};
}

}  // namespace

Command cert_revoke_command() {
  return {.name = "cert revoke",
          .summary = "makes a key of this node void, for ever and for all partners",
          .operands = {{"NAME", Operand::Count::one,
                        "`tunnel-sign`, `tunnel-encrypt` or `identity` (the newest), or 16 hex "
                        "digits of a fingerprint"}},
          .options = {{"--yes", "", "do not ask"}},
          .detail =
              "For a key that others may have. For the other key of a pair, revoke that, too. If "
              "the node is gone,\nthe file revocation-….pem that `culvert init` wrote does the "
              "same for its identity: partners run\n`culvert peer import` with it.",
          .example = "culvert cert revoke tunnel-sign",
          .run = cert_revoke};
}

}  // namespace culvert::cli
