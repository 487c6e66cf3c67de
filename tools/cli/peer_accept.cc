// `culvert peer accept`.
#include <fmt/format.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "node/peers/own_card.h"
#include "peering/fingerprint_digits.h"
#include "tools/cli/asking.h"
#include "tools/cli/commands.h"
#include "tools/cli/given_code.h"
#include "tools/cli/json_text.h"
#include "tools/cli/open_node.h"
#include "tools/cli/pairing_concerns.h"
#include "tools/cli/running_node.h"
#include "tools/cli/table.h"

namespace culvert::cli {
namespace {

std::vector<std::string> texts_of(const std::vector<Domain>& domains) {
  std::vector<std::string> texts;
  for (const Domain& domain : domains)
    texts.push_back(domain.text());
  return texts;
}

void show_code(const peering::Invitation& invitation) {
  std::cerr << fmt::format(
      "The code was given by the node with the fingerprint\n  {}\nat {}, for these domains:\n"
      "  {}\nIt pairs with it for these domains of this node:\n  {}\n",
      peering::fingerprint_digits(invitation.inviter), printable(invitation.url),
      joined(texts_of(invitation.inviter_domains)), joined(texts_of(invitation.accepter_domains)));
}

// Whether the inviter takes the place of those that have its domains now; an error if that is not
// wanted.
Result<bool> agree(const Arguments& arguments, const OpenNode& node,
                   const peering::Invitation& invitation) {
  const auto concerns = read_store<PairingConcerns>(
      *node.store, [&](const store::ReadTransaction& txn) -> Result<PairingConcerns> {
        return pairing_concerns(txn, invitation.inviter_domains, invitation.inviter);
      });
  if (!concerns) return concerns.error();
  if (!concerns->removed.empty()) {
    std::cerr << "This identity had a pairing with this node that was ended:\n"
              << indented(concerns->removed) << "Accepting the code pairs it again.\n";
  }
  if (!is_confirmed(arguments, "Mail for the first domains will be sealed for that node. Pair?")) {
    return not_wanted();
  }
  if (concerns->in_use.empty() || arguments.has("--replace")) return arguments.has("--replace");
  std::cerr << "Another identity has domains of the code in use:\n" << indented(concerns->in_use);
  if (!can_ask(arguments)) {
    std::cerr << "They stay there. With --replace the node that gave the code takes its place.\n";
    return false;
  }
  if (!is_confirmed(arguments,
                    "Does the node that gave the code take its place, for these domains, once it "
                    "has proved them?")) {
    return not_wanted();
  }
  return true;
}

Result<Report> peer_accept(const Arguments& arguments) {
  const auto given = given_code(arguments);
  if (!given) return given.error();
  const auto code = peering::read_code(as_text(given->view()));
  if (!code) return code.error();
  auto node = open_node(arguments);
  if (!node) return node.error();
  show_code(code->invitation);
  const auto replaces = agree(arguments, *node, code->invitation);
  if (!replaces) return replaces.error();
  const auto url = peering_url(node->config);
  if (!url) return url.error();
  const auto peer =
      node::accept_code(*node->store, node->config, *code, *url, {node->now, *replaces});
  if (!peer) return peer.error();
  const auto domains = texts_of(peer->domains);
  Report report;
  report.text = fmt::format("Paired with {} for {}.\n", printable(peer->name), joined(domains));
  if (!domains.empty()) {
    report.text += fmt::format(
        "The nodes now prove to each other that they receive the mail of their domains:\n"
        "  culvert route wait {} --peer {}\n",
        domains.front(), peer->peer.hex().substr(0, 16));
  }
  report.json =
      json_text({{"peer", peer->name}, {"fingerprint", peer->peer.hex()}, {"domains", domains}});
  return report;
}

}  // namespace

Command peer_accept_command() {
  return {
      .name = "peer accept",
      .summary = "pairs with the node that gave an invitation",
      .operands = {{"CODE", Operand::Count::optional,
                    "`culvert1-…`, from the partner's administrator; `-` or nothing: from standard "
                    "input",
                    Operand::Content::secret}},
      .options = {{"--replace", "",
                   "the node that gave the code takes its domains from whoever has them in use"},
                  {"--yes", "", "do not ask"}},
      .detail =
          "Tells for which domains the code is, and on a terminal asks before it acts. The other "
          "node\nmust run, and be reachable at the URL in the code. Whoever has the code first can "
          "pair in your\nplace: other users of this machine see an operand, but not what comes by "
          "a "
          "pipe, as in\n`culvert peer accept - < mail.txt`. It may stand in a mail, wrapped and "
          "quoted.",
      .example = "culvert peer accept culvert1-aebagbaf…",
      .run = peer_accept};
}

}  // namespace culvert::cli
