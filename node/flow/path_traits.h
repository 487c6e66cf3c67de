// What holds for all mail of a delivery path, for whoever does not deliver it: the log, reports,
// the scheduler. The rows are those of node/delivery/paths.h.
#pragma once

#include <cstddef>

#include "store/delivery_path.h"

namespace culvert::node {

// Whether the sender of mail that waits is told so.
enum class DelayTold {
  unasked,   // whoever wrote it expects it to have arrived
  if_asked,  // with NOTIFY=DELAY (RFC 3461)
  never,
};

struct PathTraits {
  // To somebody else's server: it counts in kMaxAttemptsAtOnce, and what that server answers are a
  // stranger's words.
  bool leads_elsewhere = true;
  // To anybody's server, also one that a stranger chose: some places are kept from it.
  bool leads_to_strangers = false;
  // In this node's seal, for the peer whose domain is its destination: a report about it hides the
  // subject.
  bool seals = false;
  // The next hop is told who handed the mail in (XCLIENT).
  bool shows_client = false;
  // It also works while nobody can tell whom the node trusts, because the store was altered.
  bool needs_no_trust = false;
  // What waits too long on it comes back to its sender.
  bool expires = true;
  DelayTold delay = DelayTold::if_asked;
  // To one destination: connections, or messages that are worked on.
  std::size_t most_at_once = 16;
};

// Of any number that the store holds.
using TraitsOfPath = const PathTraits& (*)(store::DeliveryPath path);

}  // namespace culvert::node
