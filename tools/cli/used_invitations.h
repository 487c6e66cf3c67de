// Who used an invitation of this node, for `culvert status`. The thief of a code shows up here
// (protocol.md, "Pairing").
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "crypto/base/clock.h"
#include "crypto/base/names.h"
#include "store/transaction.h"

namespace culvert::cli {

struct UsedInvitation {
  Time used{};
  Fingerprint by;
  std::string peer;  // its node name
  std::string from;  // its address
};

// Invitations used in the last 14 days, the newest first.
std::vector<UsedInvitation> recently_used_invitations(const store::ReadTransaction& txn, Time now);

// Two lines for each, for people: when, from where and by whom; then the fingerprint.
std::string used_invitations_text(const std::vector<UsedInvitation>& used, Time now);
// [{used, address, peer, fingerprint}]
nlohmann::ordered_json used_invitations_json(const std::vector<UsedInvitation>& used);

}  // namespace culvert::cli
