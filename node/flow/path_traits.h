// The properties of a delivery path that matter to code that does not deliver: the log, reports,
// the scheduler. The rows are those of node/delivery/paths.h.
#pragma once

#include <cstddef>

#include "store/delivery_path.h"

namespace culvert::node {

// Whether the sender of mail that waits is told about the delay.
enum class DelayTold {
  unasked,   // its author expects it to have arrived
  if_asked,  // with NOTIFY=DELAY (RFC 3461)
  never,
};

struct PathTraits {
  // The path leads to somebody else's server. It counts towards kMaxAttemptsAtOnce, and the
  // server's answers are a stranger's words.
  bool leads_elsewhere = true;
  // It may lead to any server, even one that a stranger chose: some places are kept from it.
  bool leads_to_strangers = false;
  // Mail on it is sealed by this node for the peer whose domain is the destination. A report about
  // it hides the subject.
  bool seals = false;
  // The next hop is told who handed the mail in (XCLIENT).
  bool shows_client = false;
  // It also works while the store is altered and nobody can tell whom the node trusts.
  bool needs_no_trust = false;
  // Mail that waits too long on it goes back to its sender.
  bool expires = true;
  DelayTold delay = DelayTold::if_asked;
  // For one destination: connections, or messages being worked on.
  std::size_t most_at_once = 16;
};

// Takes any number that the store holds.
using TraitsOfPath = const PathTraits& (*)(store::DeliveryPath path);

}  // namespace culvert::node
