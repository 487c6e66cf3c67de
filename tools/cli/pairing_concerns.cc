#include "tools/cli/pairing_concerns.h"

#include <fmt/format.h>

#include "crypto/base/log.h"
#include "peering/route_changes.h"
#include "tools/cli/peer_names.h"

namespace culvert::cli {
namespace {

std::string described(const store::ReadTransaction& txn, const Fingerprint& peer) {
  return fmt::format("{} ({})", printable(peer_name(txn, peer), 80), peer.hex().substr(0, 16));
}

std::string removal_of(const store::ReadTransaction& txn, const store::Tombstone& tombstone) {
  return fmt::format("{} was removed at {}: {}", described(txn, tombstone.fingerprint),
                     to_rfc3339(tombstone.since), printable(tombstone.reason, 200));
}

}  // namespace

PairingConcerns pairing_concerns(const store::ReadTransaction& txn,
                                 const std::vector<Domain>& domains,
                                 const std::optional<Fingerprint>& identity) {
  PairingConcerns concerns;
  if (identity) {
    const auto tombstone = store::find_tombstone(txn, *identity);
    if (tombstone) concerns.removed.push_back(removal_of(txn, *tombstone));
  }
  for (const Domain& domain : domains) {
    const auto holder = peering::holder_of_domain(txn, domain, identity.value_or(Fingerprint{}));
    if (holder) {
      concerns.in_use.push_back(
          fmt::format("{} is in use by {}", domain.text(), described(txn, *holder)));
    }
    if (identity) continue;
    for (const store::Route& route : store::routes_of_domain(txn, domain)) {
      const auto tombstone = store::find_tombstone(txn, route.peer);
      if (tombstone) {
        concerns.removed.push_back(domain.text() + ": " + removal_of(txn, *tombstone));
      }
    }
  }
  return concerns;
}

std::string indented(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines)
    text += "  " + line + "\n";
  return text;
}

}  // namespace culvert::cli
