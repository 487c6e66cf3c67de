// Asks for the name of the client that a message came from, for a next hop that wants to know it.
// The answer may take a while; a mail does not wait for it for ever. Lives on one loop.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "node/net/callback.h"
#include "node/net/event_loop.h"
#include "node/net/name_waits.h"
#include "node/smtp/shown_client.h"

namespace culvert::node {

// Finds the name of a client's address; calls back once, from any thread.
using FindClientName = std::function<void(const std::string& address, Callback<ClientName>)>;

class NameQuestion {
 public:
  // `known` is called once, on the loop, in a later turn; with `not_now` if the time is over. It
  // may destroy this object. `waits`, which must outlive it, says how long the time is; null:
  // `patience`.
  NameQuestion(EventLoop& loop, NameWaits* waits, const FindClientName& find,
               const std::string& address, std::chrono::milliseconds patience,
               Callback<ClientName> known);

  bool is_open() const { return static_cast<bool>(known_); }

 private:
  void late();
  void answer(ClientName name);

  Callback<ClientName> known_;  // empty once it has been called
  std::optional<NameWaits::Wait> wait_;
  Timer too_late_;
  LifeToken life_;
};

}  // namespace culvert::node
