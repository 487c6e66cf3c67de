#include "tools/cli/used_invitations.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "crypto/base/log.h"
#include "peering/fingerprint_digits.h"
#include "store/invitations.h"
#include "tools/cli/peer_names.h"
#include "tools/cli/table.h"

namespace culvert::cli {
namespace {

// Long enough for people to notice the use of a stolen code; no longer, to keep to one screen.
constexpr std::chrono::hours kRecently{14 * 24};

}  // namespace

std::vector<UsedInvitation> recently_used_invitations(const store::ReadTransaction& txn, Time now) {
  std::vector<UsedInvitation> recent;
  for (const store::Invitation& invitation : store::list_invitations(txn)) {
    if (!invitation.used || !invitation.used_by || *invitation.used + kRecently < now) continue;
    recent.push_back({*invitation.used, *invitation.used_by, peer_name(txn, *invitation.used_by),
                      invitation.used_from});
  }
  std::sort(recent.begin(), recent.end(),
            [](const auto& a, const auto& b) { return a.used > b.used; });
  return recent;
}

std::string used_invitations_text(const std::vector<UsedInvitation>& used, Time now) {
  std::string text;
  for (const UsedInvitation& each : used) {
    text += fmt::format("{:<13} used {} from {} by {}\n{:<13} {}\n", "invitation",
                        relative_time(each.used, now), printable(each.from), printable(each.peer),
                        "", peering::fingerprint_digits(each.by));
  }
  return text;
}

nlohmann::ordered_json used_invitations_json(const std::vector<UsedInvitation>& used) {
  auto list = nlohmann::ordered_json::array();
  for (const UsedInvitation& each : used) {
    list.push_back({{"used", to_rfc3339(each.used)},
                    {"address", each.from},
                    {"peer", each.peer},
                    {"fingerprint", each.by.hex()}});
  }
  return list;
}

}  // namespace culvert::cli
