// What follows for mail when peering changed a route: routing is read anew, mail in quarantine that
// waited for a route is looked at, and mail in the queue that waited is tried now. Blocking (a
// commit); thread-safe.
#pragma once

#include <mutex>
#include <set>

#include "node/flow/flow_context.h"

namespace culvert::node {

class RouteWatch {
 public:
  // `flow` must outlive it.
  explicit RouteWatch(FlowContext& flow) : flow_(flow) {}
  // To be called after the commit that may have changed routes.
  void routes_changed();

 private:
  std::set<Domain> became_active(std::set<Domain> now_active);
  void retry(const std::set<Domain>& domains);

  FlowContext& flow_;
  std::mutex mutex_;
  std::set<Domain> active_;
};

}  // namespace culvert::node
