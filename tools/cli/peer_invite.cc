// `culvert peer invite`.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "node/config/values.h"
#include "node/flow/own_keys.h"
#include "peering/inviter.h"
#include "tools/cli/commands.h"
#include "tools/cli/json_text.h"
#include "tools/cli/open_node.h"
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
    domains.push_back(*std::move(domain));
  }
  return domains;
}

Result<Report> peer_invite(const Arguments& arguments) {
  const auto domains = partner_domains(arguments);
  if (!domains) return domains.error();
  const auto valid = validity(arguments);
  if (!valid) return valid.error();
  auto node = open_node(arguments);
  if (!node) return node.error();
  const auto url = peering_url(node->config);
  if (!url) return url.error();
  const auto keys = node::load_own_keys(*node->store, node->now);
  if (!keys) return keys.error();
  const peering::InvitationWish wish{(*keys)->identity.key_id(), *url, node->config.node.domains,
                                     *domains, *valid};
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
  report.json = json_text({{"code", given->code},
                           {"expires", to_rfc3339(given->expires)},
                           {"domains", names},
                           {"url", *url}});
  return report;
}

}  // namespace

Command peer_invite_command() {
  return {.name = "peer invite",
          .summary = "makes a code with which the partner's node pairs with this one",
          .operands = {{"DOMAIN", Operand::Count::some,
                        "the partner's mail domains; their routes become active once proved"}},
          .options = {{"--valid", "TIME",
                       "how long the code may be used: 30s, 5m, 72h, 7d; default 72h"}},
          .detail = {},
          .example = "culvert peer invite b.example --valid 24h",
          .run = peer_invite};
}

}  // namespace culvert::cli
