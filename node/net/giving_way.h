// Who gives its place to a newcomer when there is none left: of the connections that wait for their
// client, one of the source that has most, and of these the one that waits longest. So whoever
// fills a port from one network closes its own connections, and who has few keeps them: a newcomer
// takes no place from a source that has less than its own.
//
//   GivingWay choice(limit, client, refused);
//   for (each connection of this loop)
//     if (const auto since = connection.waits_since(); since && choice.prefers(its client, *since))
//       goes = &connection;
#pragma once

#include <utility>

#include "node/net/connection_limit.h"
#include "node/net/event_loop.h"

namespace culvert::node {

class GivingWay {
 public:
  // `refused` is the seat that `newcomer` did not get from `limit`, which must outlive this. If a
  // share is taken, only connections of that network help.
  GivingWay(const ConnectionLimit& limit, const IpAddress& newcomer,
            const ConnectionLimit::Seat& refused);
  // True if this connection gives way rather than those that were seen before.
  bool prefers(const IpAddress& client, SteadyTime waits_since);

 private:
  using Key = std::pair<std::size_t, SteadyTime::duration>;  // weight; the earlier, the larger
  const ConnectionLimit& limit_;
  const ConnectionLimit::Seat& refused_;
  Key best_{};
  bool found_ = false;  // else best_ holds the least weight only
};

}  // namespace culvert::node
