// How long a server session waits for its client, without a timer of its own. A command must be
// complete within its time, however slowly its octets come; a body must move, and at a least rate
// in the long run; what the node itself takes its time for costs the client nothing.
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

  // What the dialog says of itself.
  struct Session {
    std::uint64_t progress = 0;  // another for each command
    std::uint64_t body_bytes = 0;
    std::chrono::milliseconds patience{};
  };

  // `patience` must outlive it.
  explicit ServerClock(const ServerPatience& patience) : patience_(patience) {}

  // The session waits for this. New limits if they change: a client that still owes the same
  // command gets no more time for it.
  std::optional<TimeLimits> wait_for(Waits waits, const Session& session, SteadyTime now);

  // A limit has passed. New limits for a body that is fast enough; nothing: the client had its
  // time.
  std::optional<TimeLimits> timed_out(const Session& session, SteadyTime now);

  Waits waits() const { return waits_; }

  // Since when it waits, if the connection may be closed for another's sake: for longer than an
  // honest client pauses (longer between two messages); a body counts if it is too slow.
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
