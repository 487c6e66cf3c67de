// Turns a decision of policy into a place in the queue.
#pragma once

#include <optional>
#include <string>

#include "crypto/base/names.h"
#include "node/policy/decision.h"
#include "store/delivery_path.h"

namespace culvert::node {

struct Way {
  store::DeliveryPath path = store::DeliveryPath::clear;
  std::string destination;  // a domain's text; empty for inside
};

// The way of mail for somebody at `domain`. Nothing if it is refused.
std::optional<Way> way_of(Path decided, const Domain& domain);

}  // namespace culvert::node
