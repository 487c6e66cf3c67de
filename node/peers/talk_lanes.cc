#include "node/peers/talk_lanes.h"

namespace culvert::node {
namespace {

// At most one talk of each peer.
constexpr std::size_t kMaxPeersWaiting = 10'000;

}  // namespace

TalkLanes::TalkLanes(const TalkThreads& threads)
    : quick_(threads.quick, kMaxPeersWaiting),
      untested_(threads.untested, kMaxPeersWaiting),
      slow_(threads.slow, kMaxPeersWaiting) {}

TalkLanes::~TalkLanes() { stop(); }

bool TalkLanes::submit(const Fingerprint& peer, Talk talk) {
  const std::lock_guard lock(mutex_);
  OfPeer& of = peers_[peer];
  if (of.waiting.size() >= kMaxTalksOfPeer) return false;
  of.waiting.push_back(std::move(talk));
  if (of.under_way || go_on(peer, of)) return true;
  of.waiting.pop_back();
  return false;
}

bool TalkLanes::is_busy(const Fingerprint& peer) const {
  const std::lock_guard lock(mutex_);
  const auto at = peers_.find(peer);
  return at != peers_.end() && at->second.under_way;
}

void TalkLanes::stop() {
  quick_.stop();
  untested_.stop();
  slow_.stop();
}

TalkLane TalkLanes::lane_of(const OfPeer& peer) {
  if (!peer.last) return TalkLane::untested;
  return *peer.last == TalkPace::in_time ? TalkLane::quick : TalkLane::slow;
}

Workers& TalkLanes::threads_of(TalkLane lane) {
  switch (lane) {
    case TalkLane::quick:
      return quick_;
    case TalkLane::untested:
      return untested_;
    case TalkLane::slow:
      return slow_;
  }
  return slow_;
}

bool TalkLanes::go_on(const Fingerprint& peer, OfPeer& of) {
  const TalkLane lane = lane_of(of);
  of.under_way = threads_of(lane).submit([this, peer, lane] { run(peer, lane); }).ok();
  return of.under_way;
}

// Runs one talk, then queues the peer's next one behind those of others: a peer with many talks
// keeps nobody waiting.
void TalkLanes::run(const Fingerprint& peer, TalkLane lane) {
  Talk talk;
  {
    const std::lock_guard lock(mutex_);
    OfPeer& of = peers_[peer];
    talk = std::move(of.waiting.front());
    of.waiting.pop_front();
  }
  const TalkPace pace = talk(lane);
  const std::lock_guard lock(mutex_);
  OfPeer& of = peers_[peer];
  of.last = pace;
  of.under_way = false;
  if (!of.waiting.empty()) go_on(peer, of);
}

}  // namespace culvert::node
