// `culvert route`: the domains of peers, and the state of each route.
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "node/config/values.h"
#include "peering/proof.h"
#include "store/routes.h"
#include "tools/cli/commands.h"
#include "tools/cli/json_text.h"
#include "tools/cli/open_node.h"
#include "tools/cli/peer_names.h"
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

// When the next step for the route's proof is due: a retry of the challenge under way, otherwise a
// new challenge.
std::optional<Time> next_try(const store::Route& route, Time now) {
  if (route.challenge.next_try) return route.challenge.next_try;
  return peering::next_challenge(route, now);
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
         line("by HTTPS", route.challenge.by_https) + line("next try", when(next_try(route, now))) +
         line("proved", when(route.proved)) + line("next proof", when(route.next_proof)) +
         line("failing", when(route.failing_since));
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
  set("next_try", next_try(route, now));
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

// Why the route is not active yet, as far as this node knows.
std::string state_of(const RouteViews& views, Time now) {
  if (views.empty()) return "no peer has a route for it";
  const store::Route& route = views.front().route;
  std::string state = std::string("it is ") + store::state_name(route.state);
  if (!route.reason.empty()) state += ": " + route.reason;
  const bool is_told = route.reason.ends_with(route.challenge.reply);
  if (!is_told) state += "; the last reply to a challenge was: " + route.challenge.reply;
  const auto next = next_try(route, now);
  return state + (next ? "; next try " + relative_time(*next, now) : "; no challenge is due");
}

Error timed_out(const Domain& domain, const RouteViews& views, const std::string& timeout) {
  const std::string state = state_of(views, SystemClock().now());
  return temporary_error("timeout", "the route for '" + domain.text() + "' is not active after " +
                                        timeout + " (" + state + "; `culvert route show " +
                                        domain.text() + "` tells more)");
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
  const SystemClock clock;
  const SteadyTime end = clock.steady() + *timeout;
  while (true) {
    const auto views = routes_for(*node, *domain);
    if (!views) return views.error();
    for (const RouteView& view : *views) {
      if (view.route.state != store::RouteState::active) continue;
      return Report{.text = fmt::format("The route for {} is active; its peer is {}.\n",
                                        domain->text(), printable(view.peer)),
                    .json = json_text(json_of(view))};
    }
    if (clock.steady() >= end) return timed_out(*domain, *views, given);
    std::this_thread::sleep_for(kPause);
  }
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
      {.name = "route wait",
       .summary = "waits until a route is active; exit status 1 on time-out",
       .operands = {domain},
       .options = {{"--timeout", "TIME", "how long to wait: 30s, 5m; default 60s"}},
       .detail = {},
       .example = "culvert route wait b.example --timeout 2m",
       .run = route_wait},
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
