// What an administrator decides about routes and peers: `route approve`, `reject` and `release`,
// `peer pause` and `resume`.
#include <fmt/format.h>

#include <functional>
#include <nlohmann/json.hpp>

#include "peering/decisions.h"
#include "peering/peer_changes.h"
#include "tools/cli/asking.h"
#include "tools/cli/commands.h"
#include "tools/cli/json_text.h"
#include "tools/cli/open_node.h"
#include "tools/cli/peer_names.h"
#include "tools/cli/table.h"

namespace culvert::cli {
namespace {

using store::Route;

struct Decided {
  Route route;
  std::string peer;
};
using Decide = Result<Route> (*)(store::WriteTransaction& txn, const Domain& domain,
                                 const std::optional<Fingerprint>& peer, Time now);

Result<Decided> decide(const Arguments& arguments, Decide decision) {
  const auto domain = domain_operand(*arguments.value("DOMAIN"));
  if (!domain) return domain.error();
  auto node = open_node(arguments);
  if (!node) return node.error();
  std::optional<Decided> decided;
  const Status written = node->store->write([&](store::WriteTransaction& txn) -> Status {
    std::optional<Fingerprint> peer;
    if (const auto name = arguments.value("--peer")) {
      const auto found = peering::find_peer_by_name(txn, *name);
      if (!found) return found.error();
      peer = found->fingerprint;
    }
    auto route = decision(txn, *domain, peer, node->now);
    if (!route) return route.error();
    decided = Decided{*route, peer_name(txn, route->peer)};
    return done();
  });
  if (!written) return written.error();
  return *decided;
}

nlohmann::ordered_json json_of(const Decided& decided) {
  return {{"domain", decided.route.domain.text()},
          {"peer", decided.peer},
          {"state", store::state_name(decided.route.state)}};
}

Result<Report> route_approve(const Arguments& arguments) {
  const auto decided = decide(arguments, peering::approve_route);
  if (!decided) return decided.error();
  const std::string domain = decided->route.domain.text();
  const bool is_active = decided->route.state == store::RouteState::active;
  return Report{.text = is_active ? fmt::format("Mail to {} is sealed for {} from now on.\n",
                                                domain, printable(decided->peer))
                                  : fmt::format("Approved {} for {}. It is in use as soon as it is "
                                                "proved: culvert route wait {}\n",
                                                domain, printable(decided->peer), domain),
                .json = json_text(json_of(*decided))};
}

Result<Report> route_reject(const Arguments& arguments) {
  const auto decided = decide(arguments, peering::reject_route);
  if (!decided) return decided.error();
  return Report{.text = fmt::format("Rejected: {} of {} is not proved any more. `culvert route "
                                    "approve` takes that back.\n",
                                    decided->route.domain.text(), printable(decided->peer)),
                .json = json_text(json_of(*decided))};
}

Result<Report> route_release(const Arguments& arguments) {
  const auto domain = domain_operand(*arguments.value("DOMAIN"));
  if (!domain) return domain.error();
  auto node = open_node(arguments);
  if (!node) return node.error();
  const std::string question =
      "Mail to " + domain->text() +
      " goes as if there were no partner from then on: by policy, perhaps in clear. What waits for "
      "the route goes that way at once. Release it?";
  if (!is_confirmed(arguments, question)) return not_wanted();
  std::vector<Route> released;
  const Status written = node->store->write([&](store::WriteTransaction& txn) -> Status {
    auto held = peering::release_domain(txn, *domain, node->now);
    if (!held) return held.error();
    released = *std::move(held);
    return done();
  });
  if (!written) return written.error();
  return Report{.text = fmt::format("Released {}: mail to it goes by policy, as if there were no "
                                    "partner. `culvert route approve {}` takes that back.\n",
                                    domain->text(), domain->text()),
                .json = json_text({{"domain", domain->text()}, {"released", released.size()}})};
}

Result<store::Peer> peer_named(const OpenNode& node, const Arguments& arguments) {
  return read_store<store::Peer>(*node.store, [&](const store::ReadTransaction& txn) {
    return peering::find_peer_by_name(txn, *arguments.value("NAME"));
  });
}

using ChangePeer = std::function<Status(store::WriteTransaction& txn)>;

Result<store::Peer> change_peer(const OpenNode& node, const Fingerprint& fingerprint,
                                const ChangePeer& change) {
  std::optional<store::Peer> peer;
  const Status written = node.store->write([&](store::WriteTransaction& txn) -> Status {
    if (const Status changed = change(txn); !changed) return changed;
    peer = store::find_peer(txn, fingerprint);
    return done();
  });
  if (!written) return written.error();
  return *peer;
}

nlohmann::ordered_json json_of(const store::Peer& peer) {
  return {{"peer", peer.name},
          {"fingerprint", peer.fingerprint.hex()},
          {"state", store::state_name(peer.state)}};
}

Result<Report> peer_pause(const Arguments& arguments) {
  auto node = open_node(arguments);
  if (!node) return node.error();
  const auto found = peer_named(*node, arguments);
  if (!found) return found.error();
  const auto peer = change_peer(*node, found->fingerprint, [&](store::WriteTransaction& txn) {
    return peering::pause_peer(txn, found->fingerprint, node->now);
  });
  if (!peer) return peer.error();
  return Report{.text = fmt::format("Paused {}: mail for it waits, and mail from it is opened as "
                                    "before. `culvert peer resume` ends that.\n",
                                    printable(peer->name)),
                .json = json_text(json_of(*peer))};
}

// What an administrator must see before mail for a peer goes on after a copy of its key was seen.
std::string question_about_copy(const store::Peer& peer) {
  return fmt::format(
      "Mail for {} is held: {}\n{}Go on only after its administrator told you, by telephone, that "
      "no other copy of the node runs: otherwise whoever has the copy reads the mail. Go on?",
      printable(peer.name), printable(peer.outbound_held), both_incarnations(peer));
}

Result<Report> peer_resume(const Arguments& arguments) {
  auto node = open_node(arguments);
  if (!node) return node.error();
  const auto found = peer_named(*node, arguments);
  if (!found) return found.error();
  const auto digits = arguments.value("--incarnation");
  const auto chosen = digits ? from_hex(*digits) : std::optional(Bytes{});
  if (!chosen || (digits && chosen->empty())) {
    return usage_error(
        "--incarnation takes the hexadecimal digits that `culvert peer show` prints");
  }
  if (!found->outbound_held.empty() && !is_confirmed(arguments, question_about_copy(*found))) {
    return not_wanted();
  }
  const auto peer = change_peer(*node, found->fingerprint, [&](store::WriteTransaction& txn) {
    return peering::resume_peer(txn, found->fingerprint, *chosen, node->now);
  });
  if (!peer) return peer.error();
  const bool is_other = !peer->chosen_incarnation.empty();
  return Report{.text = is_other
                            ? fmt::format("Mail for {} goes on once its next card is here and its "
                                          "domains are proved anew.\n",
                                          printable(peer->name))
                            : fmt::format("Mail for {} goes on.\n", printable(peer->name)),
                .json = json_text(json_of(*peer))};
}

}  // namespace

std::vector<Command> decision_commands() {
  const Operand domain{"DOMAIN", Operand::Count::one, "a domain of a peer"};
  const Operand name{"NAME", Operand::Count::one,
                     "a domain of the peer, its node name, or 16 hex digits of its fingerprint"};
  const Option peer{"--peer", "NAME", "whose claim is meant, if several peers claim the domain"};
  const Option yes{"--yes", "", "do not ask"};
  return {{.name = "route approve",
           .summary = "lets a peer have a domain that is on its card and that nobody here named",
           .operands = {domain},
           .options = {peer},
           .detail = "It is in use once it is proved. Also takes `route reject` and `route "
                     "release` back.",
           .example = "culvert route approve new.b.example",
           .run = route_approve},
          {.name = "route reject",
           .summary = "leaves a peer's claim of a domain unproved",
           .operands = {domain},
           .options = {peer},
           .detail = "For a domain that was in use: culvert route release.",
           .example = "culvert route reject c.example --peer gate.b.example",
           .run = route_reject},
          {.name = "route release",
           .summary = "ends the waiting of mail for a domain; it may then go in clear",
           .operands = {domain},
           .options = {yes},
           .detail = "Mail to a domain that had an active route is sealed or waits, whatever "
                     "happens, until this\ncommand. From then on policy decides, as if there were "
                     "no peer.",
           .example = "culvert route release b.example",
           .run = route_release},
          {.name = "peer pause",
           .summary = "lets mail for a peer wait",
           .operands = {name},
           .options = {},
           .detail = "What the peer seals is opened as before.",
           .example = "culvert peer pause b.example",
           .run = peer_pause},
          {.name = "peer resume",
           .summary = "ends a pause, or the hold after a copy of the peer's key was seen",
           .operands = {name},
           .options = {{"--incarnation", "DIGITS",
                        "which of two incarnations is the partner's, if both sent cards"},
                       yes},
           .detail = "Shows both incarnations, with times and addresses. If the other one is "
                     "chosen, its next card takes\nthe place of the present one, and its domains "
                     "are proved anew.",
           .example = "culvert peer resume b.example",
           .run = peer_resume}};
}

}  // namespace culvert::cli
