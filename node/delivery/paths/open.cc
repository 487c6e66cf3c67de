// Path `open`: what came sealed, and this node opens itself.
#include "node/delivery/paths.h"

namespace culvert::node {
namespace {

AttemptPlan plan(const FlowContext&, store::QueueEntry entry, store::Message message) {
  return OpenHere{std::move(entry), std::move(message)};
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
