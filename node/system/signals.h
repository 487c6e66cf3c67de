// SIGTERM, SIGINT and SIGHUP as events of a loop instead of interruptions.
#pragma once

#include <functional>
#include <memory>

#include "node/net/event_loop.h"

namespace culvert::node {

// Blocks the signals for this thread and all threads that it starts later. Call it first in
// `serve`, before any thread exists. SIGPIPE is ignored.
void block_signals();

class SignalWatch final : private FdListener {
 public:
  struct Handlers {
    std::function<void()> stop;    // SIGTERM, SIGINT
    std::function<void()> reload;  // SIGHUP
  };
  // `loop` must outlive it. Handlers run on the loop. Throws std::runtime_error (start-up only).
  SignalWatch(EventLoop& loop, Handlers handlers);
  ~SignalWatch() override;
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;

 private:
  void on_readable() override;
  void on_writable() override {}

  Handlers handlers_;
  int fd_;
  std::unique_ptr<FdWatch> watch_;
};

}  // namespace culvert::node
