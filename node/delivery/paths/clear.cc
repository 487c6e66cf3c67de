// Path `clear`: unsealed, to the world.
#include "node/delivery/configured_hop.h"
#include "node/delivery/paths.h"
#include "node/delivery/plain_source.h"

namespace culvert::node {
namespace {

AttemptPlan plan(const FlowContext& context, store::QueueEntry entry, store::Message message) {
  const auto routing = context.routing.current();
  std::vector<Recipient> attempted;
  std::vector<RefusedRecipient> refused;
  for (const Recipient& r : entry.recipients) {
    const PathDecision decision = routing->decide_for(message.sender, r.mailbox, false);
    if (decision.path == Path::tunnel) {
      return Redirect{store::DeliveryPath::tunnel, entry.destination};
    }
    if (decision.path == Path::refuse) {
      refused.push_back({r,
                         {std::string(kMustBeSealed),
                          "encryption is mandatory now, and " + decision.reasons.front()}});
    } else {
      attempted.push_back(r);
    }
  }
  if (attempted.empty()) return refused.front().why;
  entry.recipients = std::move(attempted);
  return Attempt{std::move(entry), std::move(message), std::nullopt, std::move(refused)};
}

}  // namespace

extern const PathRow kClearPath;
constinit const PathRow kClearPath{
    .path = store::DeliveryPath::clear,
    .traits = {.leads_to_strangers = true},
    .plan = plan,
    .next_hop = hop_of_domain,
    .source = plain_source,
};

}  // namespace culvert::node
