// `culvert peer invite`.
#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "node/config/values.h"
#include "node/flow/own_keys.h"
#include "peering/inviter.h"
#include "tools/cli/asking.h"
#include "tools/cli/commands.h"
#include "tools/cli/invitation_list.h"
#include "tools/cli/json_text.h"
#include "tools/cli/open_node.h"
#include "tools/cli/pairing_concerns.h"
#include "tools/cli/running_node.h"
#include "tools/cli/table.h"

namespace culvert::cli {
namespace {

constexpr std::chrono::hours kLongestInvitation{30 * 24};

Result<std::chrono::seconds> validity(const Arguments& arguments) {
  const auto given = arguments.value("--valid");
  if (!given) return std::chrono::seconds(peering::kInvitationLifetime);
  const auto valid = node::parse_duration(*given);
  if (!valid) return usage_error("--valid: " + valid.error().text);
  if (*valid <= std::chrono::seconds(0) || *valid > kLongestInvitation) {
    return usage_error("--valid must be longer than nothing and at most 30d");
  }
  return valid;
}

Result<std::vector<Domain>> partner_domains(const Arguments& arguments) {
  std::vector<Domain> domains;
  for (const std::string& text : arguments.all("DOMAIN")) {
    auto domain = domain_operand(text);
    if (!domain) return domain.error();
    if (std::find(domains.begin(), domains.end(), *domain) != domains.end()) continue;
    domains.push_back(*std::move(domain));
  }
  return domains;
}

// What the administrator has to know, and whether the partner takes the domains from others.
struct Agreed {
  bool replaces = false;
  std::string note;  // for the report
};
Result<Agreed> agree(const Arguments& arguments, const OpenNode& node,
                     const std::vector<Domain>& domains) {
  const auto concerns = read_store<PairingConcerns>(
      *node.store, [&](const store::ReadTransaction& txn) -> Result<PairingConcerns> {
        return pairing_concerns(txn, domains, std::nullopt);
      });
  if (!concerns) return concerns.error();
  Agreed agreed{arguments.has("--replace"), {}};
  if (!concerns->removed.empty()) {
    agreed.note +=
        "\nThe code also pairs again with who was removed:\n" + indented(concerns->removed);
  }
  if (concerns->in_use.empty()) return agreed;
  const std::string held =
      "Another identity has domains of this invitation in use:\n" + indented(concerns->in_use);
  if (agreed.replaces || !can_ask(arguments)) {
    agreed.note +=
        "\n" + held +
        (agreed.replaces ? "The node that uses the code takes its place once it has proved them; "
                           "mail for them waits meanwhile, for 72 hours at most.\n"
                         : "They stay there, unless it is the node that uses the code, or the code "
                           "is made with --replace.\n");
    return agreed;
  }
  std::cerr << held;
  agreed.replaces = is_confirmed(arguments,
                                 "Does the node that uses the code take its place, for these "
                                 "domains, once it has proved them?");
  if (!agreed.replaces) return not_wanted();
  return agreed;
}

Result<Report> peer_invite(const Arguments& arguments) {
  const bool lists = arguments.has("--list"), revokes = arguments.has("--revoke");
  const auto domains = partner_domains(arguments);
  if (!domains) return domains.error();
  if ((lists || revokes) && (!domains->empty() || (lists && revokes))) {
    return usage_error("--list and --revoke stand alone");
  }
  if (lists) return list_invitations(arguments);
  if (revokes) return revoke_invitation(arguments);
  if (domains->empty()) return usage_error("name the partner's mail domains");
  const auto valid = validity(arguments);
  if (!valid) return valid.error();
  auto node = open_node(arguments);
  if (!node) return node.error();
  const auto url = peering_url(node->config);
  if (!url) return url.error();
  const auto keys = node::load_own_keys(*node->store, node->now);
  if (!keys) return keys.error();
  const auto agreed = agree(arguments, *node, *domains);
  if (!agreed) return agreed.error();
  const peering::InvitationWish wish{(*keys)->identity.key_id(),
                                     *url,
                                     node->config.node.domains,
                                     *domains,
                                     *valid,
                                     agreed->replaces};
  const auto given = peering::give_invitation(*node->store, wish, node->now);
  if (!given) return given.error();
  std::vector<std::string> names;
  for (const Domain& domain : *domains)
    names.push_back(domain.text());
  Report report;
  report.text = fmt::format(
      "{0}\n"
      "\n"
      "This is the invitation for {1}, shown once. Give it to the administrator there over a way\n"
      "that you trust; it is a secret until it is used. There: culvert peer accept CODE\n"
      "Valid until {2} ({3}). Peers reach this node at {4}.\n"
      "Then: culvert route wait {5}\n",
      given->code, joined(names), to_rfc3339(given->expires),
      relative_time(given->expires, node->now), *url, names.front());
  report.text += agreed->note;
  report.json = json_text({{"code", given->code},
                           {"expires", to_rfc3339(given->expires)},
                           {"domains", names},
                           {"url", *url},
                           {"replaces", agreed->replaces}});
  return report;
}

}  // namespace

Command peer_invite_command() {
  return {.name = "peer invite",
          .summary = "makes a code with which the partner's node pairs with this one",
          .operands = {{"DOMAIN", Operand::Count::any,
                        "the partner's mail domains; their routes become active once proved"}},
          .options = {{"--valid", "TIME",
                       "how long the code may be used: 30s, 5m, 72h, 7d; default 72h"},
                      {"--replace", "",
                       "the node that uses the code takes the domains from whoever has them"},
                      {"--list", "", "shows the invitations of the last weeks, and who used them"},
                      {"--revoke", "ID", "makes a code void: by its ID in the list, or a domain"},
                      {"--yes", "", "do not ask"}},
          .detail =
              "For a partner whose node was set up anew (its disk was lost, say), use "
              "--replace: mail for the\ndomains waits until the new node has proved them, and "
              "is then sealed for it.",
          .example = "culvert peer invite b.example --valid 24h",
          .run = peer_invite};
}

}  // namespace culvert::cli
