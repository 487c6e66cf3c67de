// `culvert peer list` and `culvert peer show`.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "node/flow/own_keys.h"
#include "node/peers/peer_clocks.h"
#include "peering/acceptance.h"
#include "peering/fingerprint_digits.h"
#include "peering/introduction.h"
#include "peering/peer_changes.h"
#include "tools/cli/commands.h"
#include "tools/cli/json_text.h"
#include "tools/cli/open_node.h"
#include "tools/cli/peer_names.h"
#include "tools/cli/table.h"

namespace culvert::cli {
namespace {

using Json = nlohmann::ordered_json;

struct PeerView {
  store::Peer peer;
  std::vector<std::string> domains;
  std::vector<store::Route> routes;
  std::optional<store::HeardAcceptance> accepts;
  std::string number{};  // that the two nodes have in common, of an unconfirmed peer
};

PeerView view_of(const store::ReadTransaction& txn, const store::Peer& peer) {
  return {peer, domains_of(txn, peer.fingerprint), store::routes_of_peer(txn, peer.fingerprint),
          store::find_heard_acceptance(txn, peer.fingerprint)};
}

Json json_of(const PeerView& view) {
  const store::Peer& peer = view.peer;
  return {{"peer", peer.name},
          {"fingerprint", peer.fingerprint.hex()},
          {"state", store::state_name(peer.state)},
          {"domains", view.domains},
          {"last_seen", peer.last_seen ? Json(to_rfc3339(*peer.last_seen)) : Json()}};
}

Result<Report> peer_list(const Arguments& arguments) {
  auto node = open_node(arguments);
  if (!node) return node.error();
  const auto views = read_store<std::vector<PeerView>>(
      *node->store, [](const store::ReadTransaction& txn) -> Result<std::vector<PeerView>> {
        std::vector<PeerView> all;
        for (const store::Peer& peer : store::list_peers(txn))
          all.push_back(view_of(txn, peer));
        return all;
      });
  if (!views) return views.error();
  Table table({"PEER", "STATE", "DOMAINS", "LAST SEEN", "FINGERPRINT"});
  Json list = Json::array();
  for (const PeerView& view : *views) {
    const store::Peer& peer = view.peer;
    table.add({peer.name, store::state_name(peer.state), joined(view.domains),
               peer.last_seen ? relative_time(*peer.last_seen, node->now) : "never",
               peer.fingerprint.hex().substr(0, 16) + "…"});
    list.push_back(json_of(view));
  }
  Report report;
  report.text =
      table.empty() ? "No peers. Invite one: culvert peer invite PARTNER.DOMAIN\n" : table.text();
  report.json = json_text(list);
  return report;
}

const char* origin_text(store::PeerOrigin origin) {
  switch (origin) {
    case store::PeerOrigin::invited_by_us:
      return "we invited it";
    case store::PeerOrigin::accepted_by_us:
      return "we accepted its invitation";
    case store::PeerOrigin::domain:
      return "by domain";
    case store::PeerOrigin::file:
      return "by file";
  }
  return "";
}

// What the peer says of our domains.
std::string accepted_text(const PeerView& view, Time now) {
  if (!view.peer.tells_acceptance) return {};
  if (!view.accepts) return "\nIt has not told yet which domains of this node it accepts.\n";
  Table table({"OUR DOMAIN", "THERE", "SINCE", "REASON"});
  for (const store::DomainAcceptance& domain : view.accepts->domains) {
    table.add(
        {domain.domain.text(), domain.state, relative_time(domain.since, now), domain.reason});
  }
  if (table.empty()) return "\nIt accepts no domain of this node.\n";
  return "\n" + table.text();
}

std::string words_of(const PeerView& view, Time now) {
  const store::Peer& peer = view.peer;
  const auto line = [](std::string_view name, const std::string& value) {
    return value.empty() ? std::string() : fmt::format("{:<12} {}\n", name, printable(value, 1000));
  };
  std::string text = line("peer", peer.name) +
                     line("fingerprint", peering::fingerprint_digits(peer.fingerprint)) +
                     line("in hex", peer.fingerprint.hex());
  text += line("state",
               fmt::format("{} since {}", store::state_name(peer.state), to_rfc3339(peer.since)));
  text +=
      line("number",
           view.number.empty() ? "" : view.number + " (compare it, then: culvert peer confirm)");
  text += line("paired",
               fmt::format("{}, from {} ({})", to_rfc3339(peer.paired),
                           peer.address.empty() ? "?" : peer.address, origin_text(peer.origin)));
  text += line("last seen", peer.last_seen ? relative_time(*peer.last_seen, now) : "never");
  text += line("reached at", joined(peer.urls));
  if (peer.unreachable_since) {
    text += line("UNREACHABLE",
                 "since " + to_rfc3339(*peer.unreachable_since) + ": " + peer.unreachable_why);
  }
  text += line("card", fmt::format("serial {}, expires {}", peer.serial,
                                   relative_time(peer.card_expires, now)));
  text += line("our card", peer.card_trouble.empty() ? "" : "not taken: " + peer.card_trouble);
  if (peer.clock_measured && std::chrono::abs(peer.clock_ahead) >= node::kClockWarning) {
    text +=
        line("CLOCK", "its clock is " + node::clock_difference_text(peer.clock_ahead) +
                          " this node's: one of the two is wrong, and mail sealed by it is held");
  }
  text += line("ignored", joined(peer.ignored_domains, "; "));
  if (!peer.outbound_held.empty()) {
    text += line("HELD", peer.outbound_held +
                             " (mail for this peer waits; call its administrator, "
                             "then: culvert peer resume)");
    text += both_incarnations(peer);
  }
  if (peer.refused > 0) text += line("refused", counted(peer.refused, "message") + " from it");
  Table table({"DOMAIN", "ROUTE", "SINCE", "WHAT IT MEANS"});
  for (const store::Route& route : view.routes) {
    table.add({route.domain.text(), store::state_name(route.state), relative_time(route.since, now),
               route_advice(route)});
  }
  if (!table.empty()) text += "\n" + table.text();
  return text + accepted_text(view, now);
}

Json details_of(const PeerView& view) {
  const store::Peer& peer = view.peer;
  Json json = json_of(view);
  json["since"] = to_rfc3339(peer.since);
  json["paired"] = to_rfc3339(peer.paired);
  json["address"] = peer.address;
  json["urls"] = peer.urls;
  json["card"] = {{"serial", peer.serial},
                  {"issued", to_rfc3339(peer.card_issued)},
                  {"expires", to_rfc3339(peer.card_expires)}};
  json["card_trouble"] = peer.card_trouble;
  json["clock_ahead_seconds"] = peer.clock_measured ? Json(peer.clock_ahead.count()) : Json();
  json["ignored"] = peer.ignored_domains;
  json["number"] = view.number.empty() ? Json() : Json(view.number);
  json["held"] = peer.outbound_held;
  json["incarnation"] = to_hex(peer.incarnation);
  json["contested"] = peer.contested.incarnation.empty()
                          ? Json()
                          : Json{{"incarnation", to_hex(peer.contested.incarnation)},
                                 {"issued", to_rfc3339(peer.contested.issued)},
                                 {"seen", to_rfc3339(peer.contested.seen)},
                                 {"address", peer.contested.address}};
  json["refused"] = peer.refused;
  json["unreachable_since"] =
      peer.unreachable_since ? Json(to_rfc3339(*peer.unreachable_since)) : Json();
  json["unreachable_why"] = peer.unreachable_why;
  json["routes"] = Json::array();
  for (const store::Route& route : view.routes) {
    json["routes"].push_back({{"domain", route.domain.text()},
                              {"state", store::state_name(route.state)},
                              {"since", to_rfc3339(route.since)},
                              {"reason", route.reason}});
  }
  json["accepts"] = view.accepts ? Json::array() : Json();
  if (!view.accepts) return json;
  for (const store::DomainAcceptance& domain : view.accepts->domains) {
    json["accepts"].push_back({{"domain", domain.domain.text()},
                               {"state", domain.state},
                               {"accepted", peering::is_accepted(domain)},
                               {"since", to_rfc3339(domain.since)},
                               {"reason", domain.reason}});
  }
  return json;
}

Result<Report> peer_show(const Arguments& arguments) {
  auto node = open_node(arguments);
  if (!node) return node.error();
  const auto view = read_store<PeerView>(
      *node->store, [&](const store::ReadTransaction& txn) -> Result<PeerView> {
        const auto peer = peering::find_peer_by_name(txn, *arguments.value("NAME"));
        if (!peer) return peer.error();
        return view_of(txn, *peer);
      });
  if (!view) return view.error();
  PeerView shown = *view;
  if (shown.peer.state == store::PeerState::unconfirmed) {
    const auto keys = node::load_own_keys(*node->store, node->now);
    if (!keys) return keys.error();
    shown.number = peering::common_number((*keys)->identity.key_id(), shown.peer.fingerprint);
  }
  return Report{.text = words_of(shown, node->now), .json = json_text(details_of(shown))};
}

}  // namespace

std::vector<Command> peer_list_commands() {
  return {{.name = "peer list",
           .summary = "lists the nodes that this one has paired with",
           .operands = {},
           .options = {},
           .detail = {},
           .example = "culvert peer list",
           .run = peer_list},
          {.name = "peer show",
           .summary = "tells everything about one peer",
           .operands = {{"NAME", Operand::Count::one,
                         "a domain of the peer, its node name, or 16 hex digits of "
                         "its fingerprint"}},
           .options = {},
           .detail = {},
           .example = "culvert peer show b.example",
           .run = peer_show}};
}

}  // namespace culvert::cli
