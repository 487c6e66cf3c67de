// `culvert route`: the domains of peers, and the state of each route.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "store/routes.h"
#include "tools/cli/commands.h"
#include "tools/cli/json_text.h"
#include "tools/cli/open_node.h"
#include "tools/cli/peer_names.h"
#include "tools/cli/route_wait.h"
#include "tools/cli/table.h"

namespace culvert::cli {
namespace {

using Json = nlohmann::ordered_json;

struct RouteView {
  store::Route route;
  std::string peer;
};
using RouteViews = std::vector<RouteView>;

RouteViews views_of(const store::ReadTransaction& txn, const std::vector<store::Route>& routes) {
  RouteViews views;
  for (const store::Route& route : routes)
    views.push_back({route, peer_name(txn, route.peer)});
  return views;
}

Json json_of(const RouteView& view) {
  return {{"domain", view.route.domain.text()},
          {"peer", view.peer},
          {"state", store::state_name(view.route.state)},
          {"since", to_rfc3339(view.route.since)},
          {"reason", view.route.reason}};
}

Error no_route(const Domain& domain) {
  return permanent_error("not-found", "no peer has a route for '" + domain.text() +
                                          "' (`culvert route list` shows those that there are; "
                                          "`culvert peer invite` makes peers)");
}

Result<Report> route_list(const Arguments& arguments) {
  auto node = open_node(arguments);
  if (!node) return node.error();
  const auto views = read_store<RouteViews>(
      *node->store, [](const store::ReadTransaction& txn) -> Result<RouteViews> {
        return views_of(txn, store::list_routes(txn));
      });
  if (!views) return views.error();
  Table table({"DOMAIN", "PEER", "STATE", "SINCE", "REASON"});
  Json list = Json::array();
  for (const RouteView& view : *views) {
    const store::Route& route = view.route;
    table.add({route.domain.text(), view.peer, store::state_name(route.state),
               relative_time(route.since, node->now), route.reason});
    list.push_back(json_of(view));
  }
  Report report;
  report.text = table.empty() ? "No routes. Invite a peer: culvert peer invite PARTNER.DOMAIN\n"
                              : table.text();
  report.json = json_text(list);
  return report;
}

std::string words_of(const RouteView& view, Time now) {
  const store::Route& route = view.route;
  const auto line = [](std::string_view name, const std::string& value) {
    return value.empty() ? std::string() : fmt::format("{:<12} {}\n", name, printable(value, 400));
  };
  const auto when = [&](const std::optional<Time>& time) {
    return time ? to_rfc3339(*time) + " (" + relative_time(*time, now) + ")" : std::string();
  };
  return line("domain", route.domain.text()) + line("peer", view.peer) +
         line("fingerprint", route.peer.hex()) +
         line("state",
              fmt::format("{} since {}", store::state_name(route.state), to_rfc3339(route.since))) +
         line("reason", route.reason) + line("meaning", route_advice(route)) +
         line("named", route.named ? "yes, by an administrator of this node" : "no") +
         line("challenged", when(route.challenged)) +
         line("last reply", route.challenge.reply.empty()
                                ? ""
                                : route.challenge.reply + ", " + when(route.challenge.replied)) +
         line("by HTTPS", route.challenge.by_https) +
         line("next try", when(next_proof_step(route, now))) + line("proved", when(route.proved)) +
         line("next proof", when(route.next_proof)) + line("failing", when(route.failing_since));
}

Json details_of(const RouteView& view, Time now) {
  const store::Route& route = view.route;
  Json json = json_of(view);
  json["fingerprint"] = route.peer.hex();
  json["named"] = route.named;
  const auto set = [&json](const char* name, const std::optional<Time>& time) {
    json[name] = time ? Json(to_rfc3339(*time)) : Json();
  };
  set("active_since", route.active_since);
  set("challenged", route.challenged);
  json["last_reply"] = route.challenge.reply;
  set("last_reply_at", route.challenge.replied);
  json["https"] = route.challenge.by_https;
  set("next_try", next_proof_step(route, now));
  set("proved", route.proved);
  set("next_proof", route.next_proof);
  set("failing_since", route.failing_since);
  return json;
}

Result<RouteViews> routes_for(const OpenNode& node, const Domain& domain) {
  return read_store<RouteViews>(*node.store,
                                [&](const store::ReadTransaction& txn) -> Result<RouteViews> {
                                  return views_of(txn, store::routes_of_domain(txn, domain));
                                });
}

Result<Report> route_show(const Arguments& arguments) {
  const auto domain = domain_operand(*arguments.value("DOMAIN"));
  if (!domain) return domain.error();
  auto node = open_node(arguments);
  if (!node) return node.error();
  const auto views = routes_for(*node, *domain);
  if (!views) return views.error();
  if (views->empty()) return no_route(*domain);
  Report report;
  Json list = Json::array();
  for (const RouteView& view : *views) {
    report.text += (report.text.empty() ? "" : "\n") + words_of(view, node->now);
    list.push_back(details_of(view, node->now));
  }
  report.json = json_text(list);
  return report;
}

Result<Report> route_prove(const Arguments& arguments) {
  const auto domain = domain_operand(*arguments.value("DOMAIN"));
  if (!domain) return domain.error();
  auto node = open_node(arguments);
  if (!node) return node.error();
  std::size_t asked = 0;
  const Status written = node->store->write([&](store::WriteTransaction& txn) -> Status {
    std::size_t count = 0;
    for (store::Route route : store::routes_of_domain(txn, *domain)) {
      if (route.state == store::RouteState::withdrawn) continue;
      route.prove_requested = node->now;
      store::put_route(txn, route);
      ++count;
    }
    asked = count;
    return count == 0 ? Status(no_route(*domain)) : done();
  });
  if (!written) return written.error();
  return Report{.text = fmt::format("Asked for a proof of {}. A running node sends the challenge "
                                    "now; see: culvert route wait {}\n",
                                    domain->text(), domain->text()),
                .json = json_text({{"domain", domain->text()}, {"asked", asked}})};
}

}  // namespace

std::vector<Command> route_commands() {
  const Operand domain{"DOMAIN", Operand::Count::one, "a domain of a peer"};
  return {
      {.name = "route list",
       .summary = "lists the domains of all peers with their states",
       .operands = {},
       .options = {},
       .detail = {},
       .example = "culvert route list",
       .run = route_list},
      {.name = "route show",
       .summary = "tells everything about the routes for one domain",
       .operands = {domain},
       .options = {},
       .detail = {},
       .example = "culvert route show b.example",
       .run = route_show},
      route_wait_command(),
      {.name = "route prove",
       .summary = "has the node prove a route again now",
       .operands = {domain},
       .options = {},
       .detail = "The node mails a challenge to culvert-peering@DOMAIN, sealed to the key that the "
                 "peer claims.\nThe route is proved when the answer comes back.",
       .example = "culvert route prove b.example",
       .run = route_prove}};
}

}  // namespace culvert::cli
