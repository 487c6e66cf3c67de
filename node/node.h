// A running node: builds the parts in the order in which they need each other, lets them work, and
// ends them in the opposite order. Everything else in node/ is a part; this is the whole.
#pragma once

#include <memory>

#include "crypto/base/clock.h"
#include "node/config/config.h"

namespace culvert::node {

// If `serve` cannot start, the error's text says what to do.
class Node {
 public:
  // Opens the store, loads keys, binds all listeners and writes addresses.json. `clock` must
  // outlive it. Signals must be blocked already (node/system/signals.h).
  static Result<std::unique_ptr<Node>> start(const Config& config, const Clock& clock);
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  // Works until SIGTERM or SIGINT, then finishes the work in progress. SIGHUP reads the
  // configuration file again.
  void run();

 private:
  struct Parts;
  explicit Node(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace culvert::node
