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

Result<Report> peer_accept(const Arguments& arguments) {
  const auto given = given_code(arguments);
  if (!given) return given.error();
  const auto code = peering::read_code(as_text(given->view()));
  if (!code) return code.error();
  auto node = open_node(arguments);
  if (!node) return node.error();
  show_code(code->invitation);
  if (!is_confirmed(arguments, "Mail for the first domains will be sealed for that node. Pair?")) {
    return not_wanted();
  }
  const auto url = peering_url(node->config);
  if (!url) return url.error();
  const auto peer = node::accept_code(*node->store, node->config, *code, *url, node->now);
  if (!peer) return peer.error();
  const auto domains = texts_of(peer->domains);
  Report report;
  report.text = fmt::format("Paired with {} for {}.\n", printable(peer->name), joined(domains));
  if (!domains.empty()) {
    report.text += fmt::format(
        "The nodes now prove to each other that they receive the mail of their domains:\n"
        "  culvert route wait {}\n",
        domains.front());
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
      .options = {{"--yes", "", "do not ask"}},
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
