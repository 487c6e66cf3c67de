#include "tools/cli/route_wait.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "node/config/values.h"
#include "peering/peer_changes.h"
#include "peering/proof.h"
#include "store/invitations.h"
#include "tools/cli/json_text.h"
#include "tools/cli/open_node.h"
#include "tools/cli/peer_names.h"
#include "tools/cli/table.h"

namespace culvert::cli {
namespace {

// The route that is waited for, as it is now.
struct Waited {
  std::optional<store::Route> route;
  std::string peer;
  bool is_active = false;
  std::string why_not;  // if there is no route
};

// The newest invitation for the domain that was used or still may be: the pairing that the
// administrator waits for, whoever had the domain before.
std::optional<store::Invitation> newest_invitation(const store::ReadTransaction& txn,
                                                   const Domain& domain, Time now) {
  std::optional<store::Invitation> newest;
  for (store::Invitation& invitation : store::list_invitations(txn)) {
    const auto& named = invitation.domains;
    const bool names = std::find(named.begin(), named.end(), domain) != named.end();
    if (!names || (!invitation.used && now >= invitation.expires)) continue;
    if (!newest || newest->created < invitation.created) newest = std::move(invitation);
  }
  return newest;
}

Waited waited_of(const store::ReadTransaction& txn, const store::Route& route) {
  return {route, peer_name(txn, route.peer), route.state == store::RouteState::active, {}};
}

// The route of one peer.
Waited look_at(const store::ReadTransaction& txn, const Domain& domain, const Fingerprint& peer) {
  const auto route = store::find_route(txn, domain, peer);
  if (route) return waited_of(txn, *route);
  return {{}, {}, false, "peer " + peer_name(txn, peer) + " has no route for it"};
}

// The route of whoever is meant if no peer is named.
Waited look_at(const store::ReadTransaction& txn, const Domain& domain, Time now) {
  const auto invitation = newest_invitation(txn, domain, now);
  if (invitation && invitation->used_by) {
    const auto route = store::find_route(txn, domain, *invitation->used_by);
    if (route && route->state != store::RouteState::withdrawn) return waited_of(txn, *route);
  }
  const bool is_open = invitation && !invitation->used_by;
  std::optional<store::Route> best;
  for (store::Route& route : store::routes_of_domain(txn, domain)) {
    const bool is_older = is_open && route.since < invitation->created;
    if (is_older || store::find_tombstone(txn, route.peer)) continue;
    const bool is_better = !best || route.state == store::RouteState::active ||
                           (best->state != store::RouteState::active && route.replaces);
    if (is_better) best = std::move(route);
  }
  if (best) return waited_of(txn, *best);
  return {{},
          {},
          false,
          is_open ? "the invitation for it was not used yet" : "no peer has a route for it"};
}

// Why the route is not active yet, as far as this node knows.
std::string state_of(const Waited& waited, Time now) {
  if (!waited.route) return waited.why_not;
  const store::Route& route = *waited.route;
  std::string state = std::string("it is ") + store::state_name(route.state);
  if (!route.reason.empty()) state += ": " + route.reason;
  const bool is_told = route.reason.ends_with(route.challenge.reply);
  if (!is_told) state += "; the last reply to a challenge was: " + route.challenge.reply;
  const auto next = next_proof_step(route, now);
  return state + (next ? "; next try " + relative_time(*next, now) : "; no challenge is due");
}

Error timed_out(const Domain& domain, const Waited& waited, const std::string& timeout) {
  const std::string state = state_of(waited, SystemClock().now());
  return temporary_error("timeout", "the route for '" + domain.text() + "' is not active after " +
                                        timeout + " (" + state + "; `culvert route show " +
                                        domain.text() + "` tells more)");
}

Report report_of(const Waited& waited) {
  const store::Route& route = *waited.route;
  return {.text = fmt::format("The route for {} is active; its peer is {}.\n", route.domain.text(),
                              printable(waited.peer)),
          .json = json_text({{"domain", route.domain.text()},
                             {"peer", waited.peer},
                             {"state", store::state_name(route.state)},
                             {"since", to_rfc3339(route.since)},
                             {"reason", route.reason}})};
}

Result<std::optional<Fingerprint>> named_peer(const OpenNode& node, const Arguments& arguments) {
  const auto name = arguments.value("--peer");
  if (!name) return std::optional<Fingerprint>();
  return read_store<std::optional<Fingerprint>>(
      *node.store, [&](const store::ReadTransaction& txn) -> Result<std::optional<Fingerprint>> {
        const auto peer = peering::find_peer_by_name(txn, *name);
        if (!peer) return peer.error();
        return std::optional(peer->fingerprint);
      });
}

// Polls until the route is active. A running node changes it; this command only reads.
Result<Report> route_wait(const Arguments& arguments) {
  constexpr std::chrono::milliseconds kPause{50};
  const auto domain = domain_operand(*arguments.value("DOMAIN"));
  if (!domain) return domain.error();
  const std::string given = arguments.value("--timeout").value_or("60s");
  const auto timeout = node::parse_duration(given);
  if (!timeout) return usage_error("--timeout: " + timeout.error().text);
  auto node = open_node(arguments);
  if (!node) return node.error();
  const auto peer = named_peer(*node, arguments);
  if (!peer) return peer.error();
  const SystemClock clock;
  const SteadyTime end = clock.steady() + *timeout;
  while (true) {
    const auto waited =
        read_store<Waited>(*node->store, [&](const store::ReadTransaction& txn) -> Result<Waited> {
          return *peer ? look_at(txn, *domain, **peer) : look_at(txn, *domain, clock.now());
        });
    if (!waited) return waited.error();
    if (waited->is_active) return report_of(*waited);
    if (clock.steady() >= end) return timed_out(*domain, *waited, given);
    std::this_thread::sleep_for(kPause);
  }
}

}  // namespace

std::optional<Time> next_proof_step(const store::Route& route, Time now) {
  if (route.challenge.next_try) return route.challenge.next_try;
  return peering::next_challenge(route, now);
}

Command route_wait_command() {
  return {.name = "route wait",
          .summary = "waits until a route is active; exit status 1 on time-out",
          .operands = {{"DOMAIN", Operand::Count::one, "a domain of a peer"}},
          .options = {{"--timeout", "TIME", "how long to wait: 30s, 5m; default 60s"},
                      {"--peer", "NAME", "whose route is meant"}},
          .detail =
              "After `culvert peer invite` it waits for the node that uses the code, whoever "
              "had the domain before.",
          .example = "culvert route wait b.example --timeout 2m",
          .run = route_wait};
}

}  // namespace culvert::cli
