// Path `open`: sealed mail that this node opens itself.
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
// It does not expire: its sender was told 250, and its content is unknown.
constinit const PathRow kOpenPath{
    .path = store::DeliveryPath::open,
    .traits = {.leads_elsewhere = false, .expires = false, .delay = DelayTold::never},
    .plan = plan,
};

}  // namespace culvert::node
