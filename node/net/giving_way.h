// Who gives its place to a newcomer when there is none left: of the connections that wait for their
// client, one of the source that has most, and of these the one that waits longest. So whoever
// fills a port from one network closes its own connections, and who has few keeps them: a newcomer
// takes no place from a source that has less than its own. A stranger takes none from whom this
// node knows, or from a neighbour of theirs.
//
// Costs a look at each connection of the loop, a newcomer who finds no place only.
#pragma once

#include <utility>

#include "node/net/connection_limit.h"
#include "node/net/event_loop.h"

namespace culvert::node {

// A connection that can be ended for another's sake.
class GivesWay {
 public:
  virtual ~GivesWay() = default;
  // Its place is free when this returns.
  virtual void give_way() = 0;
};

class GivingWay {
 public:
  // `refused` is the seat that the newcomer did not get from `limit`; both must outlive this. If a
  // share is taken, only connections of that network help.
  GivingWay(const ConnectionLimit& limit, const ConnectionLimit::Seat& refused);
  // A connection with its seat of that limit that has been waiting for its client since then.
  void consider(const ConnectionLimit::Seat& seat, SteadyTime waits_since, GivesWay& connection);
  // Ends the one that was found; false if none was.
  bool make_room();

 private:
  bool may_go(const ConnectionLimit::Seat& seat) const;

  using Key = std::pair<std::size_t, SteadyTime::duration>;  // weight; the earlier, the larger
  const ConnectionLimit& limit_;
  const ConnectionLimit::Seat& refused_;
  std::size_t least_weight_ = 0;
  Key best_{};
  GivesWay* found_ = nullptr;
};

}  // namespace culvert::node
