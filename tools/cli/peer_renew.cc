// `culvert peer renew`.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "peering/own_card.h"
#include "tools/cli/asking.h"
#include "tools/cli/commands.h"
#include "tools/cli/json_text.h"
#include "tools/cli/open_node.h"
#include "tools/cli/running_node.h"

namespace culvert::cli {
namespace {

Result<Report> peer_renew(const Arguments& arguments) {
  auto node = open_node(arguments);
  if (!node) return node.error();
  if (!is_confirmed(arguments,
                    "Only if this data directory is a copy that was put back: partners let mail "
                    "for this node wait until they have proved its domains anew, which takes "
                    "seconds. No other copy of it may run, now or later. Go on?")) {
    return not_wanted();
  }
  const Status written = node->store->write(
      [](store::WriteTransaction& txn) { return peering::begin_incarnation(txn); });
  if (!written) return written.error();
  const bool runs = !bound_addresses(node->config, "smtp.inside").empty();
  Report report;
  report.text = fmt::format(
      "This node begins anew towards its partners, with the same identity.\n"
      "Its next card says so; partners get it {}, and prove its domains anew by themselves.\n"
      "A partner that has seen cards of two copies holds its mail until its administrator runs\n"
      "`culvert peer resume` there; `culvert status` here tells which. Call them.\n",
      runs ? "now" : "when it runs: it does not run at present");
  report.json = json_text({{"renewed", true}, {"running", runs}});
  return report;
}

}  // namespace

Command peer_renew_command() {
  return {
      .name = "peer renew",
      .summary = "after a copy of the data directory was put back: begins anew with partners",
      .operands = {},
      .options = {{"--yes", "", "do not ask"}},
      .detail =
          "A node that goes on from an older state repeats numbers that its partners have "
          "seen, so they\nrefuse its cards, and take it for a thief's copy. This gives it a new "
          "incarnation under the same\nidentity. A second one within 30 days is believed only "
          "after a partner's administrator said so.",
      .example = "culvert peer renew",
      .run = peer_renew};
}

}  // namespace culvert::cli
