// How long a client session waits for its server, without a timer of its own. A reply must be
// complete within its time, however slowly its octets come; a body must move. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "node/session/time_limits.h"
#include "node/smtp/client_dialog.h"

namespace culvert::node {

class ClientClock {
 public:
  // The dialog is in this state, after `progress` replies. Returns new limits if they change: a
  // server that still owes the same reply gets no more time for it.
  std::optional<TimeLimits> wait_in(ClientState state, std::uint64_t progress,
                                    std::chrono::milliseconds patience) {
    if (state_ == state && progress_ == progress) return std::nullopt;
    state_ = state;
    progress_ = progress;
    constexpr std::chrono::milliseconds kNone{0};
    if (state == ClientState::body) return TimeLimits{kNone, patience};
    return TimeLimits{patience, kNone};
  }

  // The state that time is counted for; nothing on a new connection.
  std::optional<ClientState> state() const { return state_; }

 private:
  std::optional<ClientState> state_;
  std::uint64_t progress_ = 0;
};

}  // namespace culvert::node
