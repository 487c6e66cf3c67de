// One place in the traffic to a destination: takes an attempt, finds the next hop, hands the
// message over on a kept connection, and reports. Created and called on the home loop; the
// connection itself lives on a loop of its own.
#pragma once

#include <memory>
#include <string>

#include "node/delivery/attempt.h"
#include "node/net/event_loop.h"
#include "node/net/mx_lookup.h"
#include "node/net/resolver.h"
#include "node/session/smtp_client_connection.h"

namespace culvert::node {

// What all hops share. Outlives them.
struct HopContext {
  const FlowContext& flow;
  EventLoop& home;
  Resolver& resolver;
  TlsClientContext& tls;           // towards anybody
  TlsClientContext& verified_tls;  // towards hosts that prove their identity
  NameWaits& name_waits;
};

using AttemptReport = Callback<const DeliveryReport&>;

class Hop {
 public:
  // `context` and `loop` must outlive it and all work that it started.
  Hop(const HopContext& context, EventLoop& loop);
  ~Hop();
  Hop(const Hop&) = delete;
  Hop& operator=(const Hop&) = delete;

  bool busy() const { return busy_; }
  // Not while busy. `on_report` is called once, on the home loop; the hop is free again then.
  void carry(SharedAttempt attempt, AttemptReport on_report);
  // Only asks whether the next hop of `attempt` takes its recipients; sends no message.
  void verify(SharedAttempt attempt, AttemptReport on_report);

 private:
  struct Line;
  void send(SharedAttempt attempt, ClientEnvelope::Purpose purpose, AttemptReport on_report);

  EventLoop& loop_;
  bool busy_ = false;
  // Shared with the loop that it lives on, and with a name look-up in progress.
  std::shared_ptr<Line> line_;
  LifeToken life_;
};

}  // namespace culvert::node
