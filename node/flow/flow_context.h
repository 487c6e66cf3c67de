// What the parts of the mail flow share. Everything here outlives them; `node.cc` builds it.
#pragma once

#include <functional>
#include <memory>
#include <mutex>

#include "crypto/base/clock.h"
#include "node/config/config.h"
#include "node/flow/clock_watch.h"
#include "node/flow/own_keys.h"
#include "node/flow/path_traits.h"
#include "node/flow/quarantine.h"
#include "node/flow/recipient_room.h"
#include "node/flow/routing.h"
#include "node/net/workers.h"
#include "node/system/counters.h"
#include "store/own_marks.h"
#include "store/store.h"

namespace culvert::node {

// A value that is replaced whole while others read it. Thread-safe.
template <typename T>
class Live {
 public:
  explicit Live(std::shared_ptr<const T> first) : value_(std::move(first)) {}
  std::shared_ptr<const T> get() const {
    const std::lock_guard lock(mutex_);
    return value_;
  }
  void set(std::shared_ptr<const T> fresh) {
    const std::lock_guard lock(mutex_);
    value_.swap(fresh);
  }

 private:
  mutable std::mutex mutex_;
  // Shared: a reader keeps the old value until it is done with it.
  std::shared_ptr<const T> value_;
};

struct FlowContext {
  store::Store& store;
  Workers& workers;
  const Clock& clock;
  ClockWatch& watch;  // gives the age of what waits
  Routing& routing;
  Live<Config>& config;
  Live<OwnKeys>& keys;
  Counters& counters;
  // Tells the dispatcher that something new is due. Any thread; cheap.
  std::function<void()> wake_dispatcher;
  Quarantine& quarantine;
  TraitsOfPath path;
  // As they were when the node started.
  store::OwnMarks marks{};
  // The recipients that connections hold before DATA: one room for all connections of a listener.
  RecipientRoom inside_recipients{};
  RecipientRoom outside_recipients{};
  // A peer that failed answers again: mail for its domains is tried at once. Any thread; may be
  // empty.
  std::function<void(std::vector<std::string> destinations)> forget_failures{};
};

}  // namespace culvert::node
