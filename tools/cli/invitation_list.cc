#include "tools/cli/invitation_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "store/invitations.h"
#include "tools/cli/json_text.h"
#include "tools/cli/open_node.h"
#include "tools/cli/peer_names.h"
#include "tools/cli/table.h"

namespace culvert::cli {
namespace {

using Json = nlohmann::ordered_json;

// So many digits of an id are shown; the secret does not follow from them.
constexpr std::size_t kShownDigits = 8;

std::string short_id(const store::Invitation& invitation) {
  return to_hex(invitation.id).substr(0, kShownDigits);
}

std::vector<std::string> texts_of(const std::vector<Domain>& domains) {
  std::vector<std::string> texts;
  for (const Domain& domain : domains)
    texts.push_back(domain.text());
  return texts;
}

struct Listed {
  store::Invitation invitation;
  std::string user;  // whose node used it; empty: nobody did
};

Result<std::vector<Listed>> read_all(const OpenNode& node) {
  return read_store<std::vector<Listed>>(
      *node.store, [](const store::ReadTransaction& txn) -> Result<std::vector<Listed>> {
        std::vector<Listed> all;
        for (store::Invitation& invitation : store::list_invitations(txn)) {
          const std::string user =
              invitation.used_by ? peer_name(txn, *invitation.used_by) : std::string();
          all.push_back({std::move(invitation), user});
        }
        std::sort(all.begin(), all.end(), [](const Listed& a, const Listed& b) {
          return a.invitation.created > b.invitation.created;
        });
        return all;
      });
}

std::string state_of(const Listed& listed, Time now) {
  const store::Invitation& invitation = listed.invitation;
  if (invitation.used) {
    return fmt::format("used {} by {} from {}", relative_time(*invitation.used, now),
                       printable(listed.user, 80), printable(invitation.used_from, 80));
  }
  return now < invitation.expires ? "open, ends " + relative_time(invitation.expires, now)
                                  : "ended " + relative_time(invitation.expires, now);
}

bool is_named(const store::Invitation& invitation, const std::string& name) {
  const auto names = texts_of(invitation.domains);
  return (name.size() >= kShownDigits && to_hex(invitation.id).starts_with(name)) ||
         std::find(names.begin(), names.end(), name) != names.end();
}

// The one open invitation that `name` means.
Result<store::Invitation> open_invitation(const store::ReadTransaction& txn,
                                          const std::string& name, Time now) {
  std::vector<store::Invitation> found;
  for (store::Invitation& invitation : store::list_invitations(txn)) {
    const bool is_open = !invitation.used && now < invitation.expires;
    if (is_open && is_named(invitation, name)) found.push_back(std::move(invitation));
  }
  if (found.size() == 1) return std::move(found.front());
  const std::string what = found.empty() ? "no open invitation is for '" : "several are for '";
  return permanent_error(
      found.empty() ? "not-found" : "ambiguous",
      what + printable(name, 80) + "' (`culvert peer invite --list` shows the digits of each)");
}

}  // namespace

Result<Report> list_invitations(const Arguments& arguments) {
  auto node = open_node(arguments);
  if (!node) return node.error();
  const auto all = read_all(*node);
  if (!all) return all.error();
  Table table({"ID", "FOR", "MADE", "STATE"});
  Json list = Json::array();
  for (const Listed& listed : *all) {
    const store::Invitation& invitation = listed.invitation;
    const auto domains = texts_of(invitation.domains);
    table.add({short_id(invitation), joined(domains), relative_time(invitation.created, node->now),
               state_of(listed, node->now)});
    list.push_back({{"id", short_id(invitation)},
                    {"domains", domains},
                    {"created", to_rfc3339(invitation.created)},
                    {"expires", to_rfc3339(invitation.expires)},
                    {"used", invitation.used ? Json(to_rfc3339(*invitation.used)) : Json()},
                    {"used_by", invitation.used_by ? Json(invitation.used_by->hex()) : Json()},
                    {"used_from", invitation.used_from},
                    {"replaces", invitation.replaces}});
  }
  return Report{.text = table.empty() ? "No invitations.\n" : table.text(),
                .json = json_text(list)};
}

Result<Report> revoke_invitation(const Arguments& arguments) {
  auto node = open_node(arguments);
  if (!node) return node.error();
  const std::string name = *arguments.value("--revoke");
  std::vector<std::string> domains;
  const Status written = node->store->write([&](store::WriteTransaction& txn) -> Status {
    const auto invitation = open_invitation(txn, name, node->now);
    if (!invitation) return invitation.error();
    domains = texts_of(invitation->domains);
    store::remove_invitation(txn, invitation->id);
    return done();
  });
  if (!written) return written.error();
  return Report{.text = fmt::format("The code for {} is void: whoever has it can pair no more.\n",
                                    joined(domains)),
                .json = json_text({{"revoked", domains}})};
}

}  // namespace culvert::cli
