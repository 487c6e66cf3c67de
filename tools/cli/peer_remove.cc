// `culvert peer remove`.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "peering/peer_changes.h"
#include "tools/cli/commands.h"
#include "tools/cli/json_text.h"
#include "tools/cli/open_node.h"
#include "tools/cli/table.h"

namespace culvert::cli {
namespace {

Result<Report> peer_remove(const Arguments& arguments) {
  auto node = open_node(arguments);
  if (!node) return node.error();
  store::Peer removed;
  const Status written = node->store->write([&](store::WriteTransaction& txn) -> Status {
    auto peer = peering::find_peer_by_name(txn, *arguments.value("NAME"));
    if (!peer) return peer.error();
    removed = *peer;
    return peering::remove_peer(txn, peer->fingerprint, "removed by an administrator", node->now);
  });
  if (!written) return written.error();
  Report report;
  report.text = fmt::format(
      "Removed the peer {0} ({1}…). This is for ever: that identity cannot come back.\n"
      "Mail for domains whose route was active waits until another route for them is active.\n",
      printable(removed.name), removed.fingerprint.hex().substr(0, 16));
  report.json = json_text({{"peer", removed.name}, {"fingerprint", removed.fingerprint.hex()}});
  return report;
}

}  // namespace

Command peer_remove_command() {
  return {.name = "peer remove",
          .summary = "ends the pairing with a peer for ever",
          .operands = {{"NAME", Operand::Count::one,
                        "a domain of the peer, its node name, or 16 hex digits of "
                        "its fingerprint"}},
          .options = {},
          .detail =
              "A tombstone stays, so that nothing brings that identity back. Mail for a route "
              "that was\nactive waits in the queue; it never turns into clear text by itself.",
          .example = "culvert peer remove b.example",
          .run = peer_remove};
}

}  // namespace culvert::cli
