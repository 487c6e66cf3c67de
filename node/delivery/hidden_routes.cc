#include "node/delivery/hidden_routes.h"

#include "crypto/base/hidden_route.h"
#include "node/smtp/replies.h"

namespace culvert::node {
namespace {

// True for a domain if the next server's own report to it would stay with that server, or with us.
// A peer's node does not open mail with such a sender of its own (peering/tunnel_open.h), so the
// mail would be stuck there.
bool is_told_nearby(const FlowContext& context, const Attempt& attempt, const Domain& domain) {
  if (may_be_local(domain, context.config.get()->node.domains)) return true;
  if (!attempt.seal) return false;
  const auto routing = context.routing.current();
  const RouteView* route = routing->route_of(domain);
  return route != nullptr && route->peer == attempt.seal->peer;
}

}  // namespace

AttemptPlan without_hidden_routes(const FlowContext& context, AttemptPlan plan) {
  auto* attempt = std::get_if<Attempt>(&plan);
  if (attempt == nullptr) return plan;
  std::vector<Recipient> safe;
  for (Recipient& r : attempt->entry.recipients) {
    const auto what = hidden_route(r.mailbox);
    if (what) {
      const Reply reply = replies::hidden_route(r.mailbox, *what);
      attempt->refused.push_back({std::move(r), {reply.enhanced, reply.lines.front()}});
    } else {
      safe.push_back(std::move(r));
    }
  }
  if (safe.empty()) return GiveUp(attempt->refused.front().why);
  attempt->entry.recipients = std::move(safe);
  // The next server must not report to such a sender either: it gets the mail with a null sender.
  const ReversePath& sender = attempt->message.sender;
  if (sender && hidden_route(*sender) && is_told_nearby(context, *attempt, sender->domain())) {
    attempt->message.sender.reset();
  }
  return plan;
}

}  // namespace culvert::node
