// Threads for talking to peers. A talk blocks for as long as the peer keeps us waiting, so peers
// are separated by how they answered last. Named attack: Tar pit: URLs that take a connection and
// never answer, more of them than there are threads.
//
//   quick     answered in time last: never waits behind anybody who did not
//   untested  no talk yet since the start
//   slow      did not answer in time last; comes back to `quick` when it does
//
// A peer has one talk at a time; its other talks wait in order. Thread-safe.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>

#include "crypto/base/names.h"
#include "node/net/workers.h"

namespace culvert::node {

enum class TalkLane { quick, untested, slow };
enum class TalkPace { in_time, too_slow };

// Threads of each lane. A talk leaves the first two lanes within kQuickTalkTime (peer_talk.h).
struct TalkThreads {
  std::size_t quick = 4;
  std::size_t untested = 8;
  std::size_t slow = 2;
};

// How many talks of one peer wait: one answer for each proof that it may have pending, and some
// more.
inline constexpr std::size_t kMaxTalksOfPeer = 32;

class TalkLanes {
 public:
  // Returns how the peer answered. Must not throw.
  using Talk = std::function<TalkPace(TalkLane)>;

  explicit TalkLanes(const TalkThreads& threads = {});
  ~TalkLanes();
  TalkLanes(const TalkLanes&) = delete;
  TalkLanes& operator=(const TalkLanes&) = delete;

  // False if too many talks of that peer wait, or after `stop`; the talk is then dropped.
  bool submit(const Fingerprint& peer, Talk talk);
  // True while a talk of that peer waits or is in progress.
  bool is_busy(const Fingerprint& peer) const;
  // Finishes what was submitted and joins. Idempotent.
  void stop();

 private:
  struct OfPeer {
    std::deque<Talk> waiting;
    std::optional<TalkPace> last;
    bool under_way = false;  // in a lane's queue, or in a thread
  };
  static TalkLane lane_of(const OfPeer& peer);
  Workers& threads_of(TalkLane lane);
  bool go_on(const Fingerprint& peer, OfPeer& of);
  void run(const Fingerprint& peer, TalkLane lane);

  mutable std::mutex mutex_;
  std::map<Fingerprint, OfPeer> peers_;  // only peers that we talk to
  // Last members: their threads end before what they use.
  Workers quick_;
  Workers untested_;
  Workers slow_;
};

}  // namespace culvert::node
