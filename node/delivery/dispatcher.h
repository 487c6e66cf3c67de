// The scheduler of the queue: finds entries that are due and has them carried. It works destination
// by destination, so that a dead one keeps no other waiting. Its claims are its own, in memory, so
// after a crash everything unfinished is due again.
//
// Lives on the home loop; `wake` may be called from any thread.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "node/delivery/hop.h"
#include "node/opening/opener.h"

namespace culvert::node {

// Attempts at once over all destinations elsewhere: each may hold a connection and a name look-up.
// Opening and the inside server are bounded by PathTraits::most_at_once and do not count here: a
// host in the world that keeps our mail waiting for minutes must not stop incoming mail.
inline constexpr std::size_t kMaxAttemptsAtOnce = 500;
// Of these, so many are never used for paths that lead to strangers, so that peers are reached
// while strangers are slow.
inline constexpr std::size_t kAttemptsKeptForPeers = 100;
// Named attack: Tar pit. At most so many of these are for reports to the world, whose receivers
// strangers choose: servers that take connections and never answer must not stop our people's mail.
inline constexpr std::size_t kReportsAtOnce = 100;
// How many due entries are read ahead for one destination.
inline constexpr std::size_t kReadAhead = 64;
// How often the dispatcher looks even if nothing wakes it: other processes write too.
inline constexpr std::chrono::milliseconds kDispatchInterval{1000};
// How often it looks for entries on paths of another version.
inline constexpr std::chrono::seconds kUnknownPathsInterval{60};
// How long an entry is left alone if its outcome could not be stored (a full disk), or if there was
// no room for it.
inline constexpr std::chrono::seconds kUnsettledRest{30};

class Dispatcher {
 public:
  // All arguments must outlive it.
  Dispatcher(FlowContext& flow, HopContext& hops, LoopGroup& loops, Opener& opener);
  ~Dispatcher();
  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;

  // Starts to work. On the home loop.
  void start();
  // Something may be due. Any thread; cheap: many calls cost one look.
  void wake();
  // A person asked, or a route changed: failed destinations are tried at once. On the home loop.
  void forget_failures();
  // The same for some. Any thread.
  void forget_failures(std::vector<std::string> destinations);
  // Takes nothing new. True once no work is left. For the end of `serve`.
  bool drained();

 private:
  using Key = std::pair<store::DeliveryPath, std::string>;
  struct Lane;

  void look();
  void look_at(store::DeliveryPath path);
  bool has_room(store::DeliveryPath path) const;
  void tend_lanes();
  void feed(const Key& key, Lane& lane);
  void begin(const Key& key, Lane& lane, const store::EntryId& id);
  void return_expired(const Key& key, Lane& lane);
  void do_here(DoHere local, const std::function<void(const Status&)>& settled);
  void hold_unknown();
  void set_aside(const Key& key, const store::EntryId& id,
                 std::function<void(const Status&)> settled);
  void carry(const Key& key, Lane& lane, Attempt attempt);
  bool has_room_for(const Attempt& attempt) const;
  void settled(const Key& key, const store::EntryId& id);
  void rest(const store::EntryId& id);
  std::function<void(const Status&)> when_settled(const Key& key, const store::EntryId& id);
  Hop& free_hop(Lane& lane);

  FlowContext& flow_;
  HopContext& hops_;
  LoopGroup& loops_;
  Opener& opener_;
  std::map<Key, Lane> lanes_;
  std::set<store::EntryId> claimed_;
  // Still claimed, because their outcome could not be stored.
  std::map<store::EntryId, Timer> resting_;
  std::atomic<bool> awake_{false};
  bool stopping_ = false;
  std::size_t outward_ = 0;  // attempts in progress on all lanes that lead elsewhere
  std::size_t reports_ = 0;  // of these, reports to the world
  std::size_t next_loop_ = 0;
  SteadyTime unknown_held_{};
  Timer timer_;
  LifeToken life_;
};

}  // namespace culvert::node
