#include "node/flow/key_renewal.h"

#include <algorithm>

#include "crypto/base/log.h"
#include "crypto/keys/certificate_maker.h"
#include "node/flow/key_records.h"
#include "peering/card.h"
#include "peering/rollover.h"
#include "store/secrets.h"

namespace culvert::node {
namespace {

using store::CertificateRole;

constexpr CertificateRole kTunnelRoles[] = {CertificateRole::tunnel_sign,
                                            CertificateRole::tunnel_encrypt};

bool is_due(const store::ReadTransaction& txn, Time now) {
  return std::any_of(std::begin(kTunnelRoles), std::end(kTunnelRoles), [&](CertificateRole role) {
    return peering::next_renewal(store::list_certificates(txn, role), now) <= now;
  });
}

// A card lists every signing certificate until its end, and has room for so many.
Status check_room(const store::ReadTransaction& txn, Time now) {
  auto listed = store::list_certificates(txn, CertificateRole::tunnel_sign);
  std::erase_if(listed, [now](const auto& c) { return !peering::is_usable(c, now); });
  if (listed.size() < peering::kMaxCardCertificates) return done();
  return permanent_error(
      "too-many-certificates",
      "the tunnel certificates were renewed " + std::to_string(listed.size()) +
          " times within 90 days, and a card has no room for more; the first of them ends at " +
          to_rfc3339(listed.back().not_after));
}

// The first thing that stands against a renewal; otherwise whether one must be made.
Result<bool> must_renew(const store::ReadTransaction& txn, Time now, Renewal renewal) {
  if (renewal == Renewal::if_due) return is_due(txn, now);
  if (const Status room = check_room(txn, now); !room) return room.error();
  return true;
}

struct Identity {
  crypto::PrivateKey key;
  crypto::Certificate certificate;
};

Result<Identity> read_identity(const store::ReadTransaction& txn, Time now) {
  for (const auto& stored : store::list_certificates(txn, CertificateRole::identity)) {
    const auto secret = store::find_secret(txn, stored.key_name);
    if (!secret) continue;
    if (!peering::is_usable(stored, now)) {
      return permanent_error("clock", "the identity of this node is valid from " +
                                          to_rfc3339(stored.not_before) + " to " +
                                          to_rfc3339(stored.not_after) +
                                          ", and the clock of this machine says " +
                                          to_rfc3339(now) + ": set the clock");
    }
    auto key = crypto::PrivateKey::from_pkcs8(secret->view());
    if (!key) return key.error();
    auto certificate = crypto::Certificate::from_der(stored.der);
    if (!certificate) return certificate.error();
    return Identity{*std::move(key), *std::move(certificate)};
  }
  return permanent_error("no-identity",
                         "the store holds no identity of this node; put the data "
                         "directory back from a copy");
}

struct NewPair {
  crypto::KeyAndCertificate signing;
  crypto::KeyAndCertificate encryption;
};

Result<NewPair> make_new_pair(const Identity& identity, Time now) {
  const crypto::Issuer issuer{identity.key, identity.certificate};
  auto signing = crypto::make_tunnel_certificate(issuer, crypto::TunnelUse::sign, now);
  if (!signing) return signing.error();
  auto encryption = crypto::make_tunnel_certificate(issuer, crypto::TunnelUse::encrypt, now);
  if (!encryption) return encryption.error();
  return NewPair{*std::move(signing), *std::move(encryption)};
}

}  // namespace

Result<bool> renew_tunnel_keys(store::Store& store, Time now, Renewal renewal) {
  std::optional<Identity> identity;
  const Status read = store.read([&](const store::ReadTransaction& txn) -> Status {
    const auto must = must_renew(txn, now, renewal);
    if (!must) return must.error();
    if (!*must) return done();
    auto found = read_identity(txn, now);
    if (!found) return found.error();
    identity = *std::move(found);
    return done();
  });
  if (!read) return read.error();
  if (!identity) return false;
  const auto made = make_new_pair(*identity, now);
  if (!made) return made.error();
  bool renewed = false;
  const Status written = store.write([&](store::WriteTransaction& txn) -> Status {
    // A command and the node may do this at once.
    const auto must = must_renew(txn, now, renewal);
    if (!must) return must.error();
    renewed = *must;
    if (!renewed) return done();
    put_key(txn, CertificateRole::tunnel_sign, made->signing, now);
    put_key(txn, CertificateRole::tunnel_encrypt, made->encryption, now);
    return done();
  });
  if (!written) return written.error();
  if (renewed) {
    log_info("renewed the tunnel certificates; the new ones end at {}",
             to_rfc3339(made->signing.certificate.not_after()));
  }
  return renewed;
}

Result<std::size_t> remove_old_keys(store::Store& store, Time now) {
  const auto old_ones = [now](const store::ReadTransaction& txn) {
    auto all = store::list_certificates(txn);
    std::erase_if(all, [now](const auto& c) { return !peering::key_may_go(c, now); });
    return all;
  };
  std::size_t count = 0;
  const Status read = store.read([&](const store::ReadTransaction& txn) {
    count = old_ones(txn).size();
    return done();
  });
  if (!read) return read.error();
  if (count == 0) return count;
  const Status written = store.write([&](store::WriteTransaction& txn) {
    count = 0;
    for (store::StoredCertificate& certificate : old_ones(txn)) {
      store::remove_secret(txn, certificate.key_name);
      certificate.key_name.clear();
      store::put_certificate(txn, certificate);
      ++count;
    }
    return done();
  });
  if (!written) return written.error();
  return count;
}

}  // namespace culvert::node
