// Which path a recipient's copy takes, and why. A pure function of the rules, the route of the
// recipient's domain and the two addresses. The node and every command that explains a path use
// this one.
#pragma once

#include <string>
#include <vector>

#include "crypto/base/names.h"
#include "node/policy/rules.h"

namespace culvert::node {

// What a route means for outbound mail (protocol.md, "Routes").
enum class RouteUse {
  none,   // no route, or one that counts as none: claimed, proving, proved, conflict
  seals,  // active
  waits,  // degraded, paused or withdrawn: it was active, so mail waits for it and never bypasses
          // it
};

enum class Path { inside, tunnel, clear, refuse };

std::string_view to_text(Path path);

struct PathDecision {
  Path path = Path::refuse;
  std::vector<std::string> reasons;  // in the order in which they decided
};

struct Question {
  ReversePath sender;
  Mailbox recipient;
  bool recipient_is_ours = false;  // its domain is served by this node
  RouteUse route = RouteUse::none;
};

PathDecision decide(const Rules& rules, const Question& question);

}  // namespace culvert::node
