// `culvert peer remove`.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "peering/peer_changes.h"
#include "tools/cli/asking.h"
#include "tools/cli/commands.h"
#include "tools/cli/json_text.h"
#include "tools/cli/open_node.h"
#include "tools/cli/peer_names.h"
#include "tools/cli/table.h"

namespace culvert::cli {
namespace {

struct PeerToRemove {
  store::Peer record;
  std::vector<std::string> domains;
};

std::string question_about(const PeerToRemove& peer) {
  return fmt::format(
      "{} ({}…) has these domains: {}.\nMail for them waits from now on, until another node has "
      "proved them or `culvert route release` lets it go by policy. Its node is told, and lets its "
      "mail for this node wait, too. Only people pair the two again. Remove it?",
      printable(peer.record.name), peer.record.fingerprint.hex().substr(0, 16),
      peer.domains.empty() ? "none" : joined(peer.domains));
}

Result<Report> peer_remove(const Arguments& arguments) {
  auto node = open_node(arguments);
  if (!node) return node.error();
  const auto found = read_store<PeerToRemove>(
      *node->store, [&](const store::ReadTransaction& txn) -> Result<PeerToRemove> {
        auto peer = peering::find_peer_by_name(txn, *arguments.value("NAME"));
        if (!peer) return peer.error();
        return PeerToRemove{*peer, domains_of(txn, peer->fingerprint)};
      });
  if (!found) return found.error();
  const store::Peer& peer = found->record;
  if (peer.state == store::PeerState::removed) {
    return permanent_error(
        "removed", printable(peer.name) + " was removed at " + to_rfc3339(peer.since) + " already");
  }
  if (!is_confirmed(arguments, question_about(*found))) return not_wanted();
  const Status written = node->store->write([&](store::WriteTransaction& txn) -> Status {
    return peering::remove_peer(txn, peer.fingerprint, peering::Removal::by_us,
                                "removed by an administrator", node->now);
  });
  if (!written) return written.error();
  Report report;
  report.text = fmt::format(
      "Removed the peer {} ({}…); its node is told. Only people pair the two again.\n"
      "Mail for domains whose route was active waits until another route for them is active, or\n"
      "`culvert route release DOMAIN` lets it go by policy.\n",
      printable(peer.name), peer.fingerprint.hex().substr(0, 16));
  report.json = json_text({{"peer", peer.name}, {"fingerprint", peer.fingerprint.hex()}});
  return report;
}

}  // namespace

Command peer_remove_command() {
  return {.name = "peer remove",
          .summary = "ends the pairing with a peer",
          .operands = {{"NAME", Operand::Count::one,
                        "a domain of the peer, its node name, or 16 hex digits of "
                        "its fingerprint"}},
          .options = {{"--yes", "", "do not ask"}},
          .detail =
              "Nothing brings that identity back but a new code, or `culvert peer confirm`. Mail "
              "for a route that was active "
              "waits in the\nqueue; it never turns into clear text by itself. The peer's node is "
              "told, and lets its mail wait, too.",
          .example = "culvert peer remove b.example",
          .run = peer_remove};
}

}  // namespace culvert::cli
