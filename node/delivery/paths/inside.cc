// Path `inside`: to the organisation's own mail server.
#include "node/delivery/hidden_routes.h"
#include "node/delivery/paths.h"
#include "node/delivery/plain_source.h"

namespace culvert::node {
namespace {

AttemptPlan plan(const FlowContext& context, store::QueueEntry entry, store::Message message) {
  return without_hidden_routes(context,
                               Attempt{std::move(entry), std::move(message), std::nullopt});
}

std::optional<NextHop> next_hop(const Config& config, const std::string&) {
  return config.delivery.inside;
}

}  // namespace

extern const PathRow kInsidePath;
constinit const PathRow kInsidePath{
    .path = store::DeliveryPath::inside,
    .traits = {.leads_elsewhere = false, .shows_client = true, .needs_no_trust = true},
    .plan = plan,
    .next_hop = next_hop,
    .source = plain_source,
};

}  // namespace culvert::node
