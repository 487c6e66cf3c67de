// Chooses the connection that gives its place to a newcomer when no place is left. Of the
// connections that wait for their client, it is one of the source that has most, and of these the
// one that waits longest. So whoever fills a port from one network closes its own connections, and
// a source with few keeps them: a newcomer takes no place from a source that has less than its own.
// A stranger takes no place from somebody this node knows, or from a neighbour of theirs.
//
// Costs one look at each connection of the loop, and only for a newcomer who finds no place.
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
  // `refused` is the empty seat that `limit` gave the newcomer; both must outlive this object. If a
  // share is taken, only connections of that network are considered.
  GivingWay(const ConnectionLimit& limit, const ConnectionLimit::Seat& refused);
  // Offers a connection, its seat of that limit, and since when it has been waiting for its client.
  void consider(const ConnectionLimit::Seat& seat, SteadyTime waits_since, GivesWay& connection);
  // Ends the chosen connection; false if there is none.
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
