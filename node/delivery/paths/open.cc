// Path `open`: what came sealed, and this node opens itself.
#include "node/delivery/paths.h"
#include "node/opening/opener.h"

namespace culvert::node {
namespace {

AttemptPlan plan(const FlowContext&, store::QueueEntry entry, store::Message message) {
  return DoHere{[entry = std::move(entry), message = std::move(message)](
                    const LocalParts& parts, std::function<void(const Status&)> settled) mutable {
    parts.opener.open(std::move(entry), std::move(message), std::move(settled));
  }};
}

}  // namespace

extern const PathRow kOpenPath;
// It does not expire: who sent it was told 250, and what is in it is not known.
constinit const PathRow kOpenPath{
    .path = store::DeliveryPath::open,
    .traits = {.leads_elsewhere = false, .expires = false, .delay = DelayTold::never},
    .plan = plan,
};

}  // namespace culvert::node
