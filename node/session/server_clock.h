// How long a server session waits for its client, without a timer of its own. A command must be
// complete within its time, however slowly its octets come. A body must move, and at a minimum rate
// in the long run. Time that the node itself takes is not counted against the client.
//
// One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "crypto/base/clock.h"
#include "node/session/time_limits.h"
#include "node/smtp/server_dialog.h"

namespace culvert::node {

class ServerClock {
 public:
  // What the client's time is counted for.
  enum class Waits { nothing, command, handshake, body };

  // What the dialog says about itself.
  struct Session {
    std::uint64_t progress = 0;  // changes with each command
    std::uint64_t body_bytes = 0;
    std::chrono::milliseconds patience{};
  };

  // `patience` must outlive it.
  explicit ServerClock(const ServerPatience& patience) : patience_(patience) {}

  // The session now waits for this. Returns new limits if they change: a client that still owes the
  // same command gets no more time for it.
  std::optional<TimeLimits> wait_for(Waits waits, const Session& session, SteadyTime now);

  // A limit has passed. Returns new limits for a body that is fast enough; nothing: the client's
  // time is over.
  std::optional<TimeLimits> timed_out(const Session& session, SteadyTime now);

  Waits waits() const { return waits_; }

  // Since when the session has been waiting, if its connection may be closed for another's sake:
  // longer than an honest client pauses (`idle_pause` between two messages, else `pause`). A body
  // counts only if it is too slow.
  enum class Pause { between_messages, within_one };
  std::optional<SteadyTime> gives_way_since(Pause pause, const Session& session,
                                            SteadyTime now) const;

 private:
  TimeLimits restart(Waits waits, const Session& session, SteadyTime now);
  bool is_too_slow(const Session& session, SteadyTime now) const;

  const ServerPatience& patience_;
  Waits waits_ = Waits::nothing;
  std::uint64_t progress_ = 0;
  SteadyTime since_{};
  SteadyTime body_began_{};
  SteadyTime deadline_{};
};

}  // namespace culvert::node
