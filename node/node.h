// A running node: builds the parts in the order in which they need each other, lets them work, and
// ends them in the opposite order. Everything else in node/ is a part; here is the whole.
#pragma once

#include <memory>

#include "crypto/base/clock.h"
#include "node/config/config.h"

namespace culvert::node {

// What `serve` cannot start with is told as an error; the text says what to do.
class Node {
 public:
  // Opens the store, loads keys, binds all listeners and writes addresses.json. `clock` must
  // outlive it. Signals must be blocked already (node/system/signals.h).
  static Result<std::unique_ptr<Node>> start(const Config& config, const Clock& clock);
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  // Works until SIGTERM or SIGINT, then finishes what is in hand. SIGHUP reads the configuration
  // file anew.
  void run();

 private:
  struct Parts;
  explicit Node(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace culvert::node
