// Who may fill how much of the quarantine. Anybody can write sealed
// mail that nobody can open, because our certificate is public; so nobody may fill what others
// need.
//
// The room is divided into shares by where mail comes from (quarantine_source.h):
//   each peer      what it signed and sealed lately, and could not be handed on;
//   its hosts      what came from where that peer's mail comes from, and no peer vouches for;
//   each stranger  what came from one network, or behind a named edge under one domain; and all
//                  strangers together have no more than a peer, so that no number of networks
//                  touches what peers have.
// All are multiples of the largest message, so one such always fits, and the disk is bounded: by
// seven times the largest message for each peer, and five times for everybody else.
//
// Room is *reserved* in memory as soon as a header shows a sealed message, in steps as octets
// arrive; an announced size makes them larger, but counts as far as octets vouch for it. Without
// room the rest is read to its end and answered 452 4.3.1. That is decided by the source and the
// size alone, before any key is used and whether or not the mail can be opened: the answer tells
// nothing (reliability.md, "Attacks with a name"). Mail in clear never asks. A reservation ends
// when the mail was opened, handed on or lost, or becomes the stored octets of an item; it is made
// anew at a start for what waits to be opened. So whatever was taken has its room, and nothing has
// to go before its time.
//
// The gate asks the share of the peer's hosts first, and second, for the peer's very address, its
// own; what its users had held never closes it: that is in the peer's own share, and what does not
// fit there goes back to its senders through the tunnel (held_mail.h).
//
// Thread-safe.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "store/quarantine_shares.h"
#include "store/queue.h"
#include "store/store.h"

namespace culvert::node {

// How many octets more are reserved at once for mail whose size was not announced.
inline constexpr std::uint64_t kReservationStepBytes = 64 * 1024;

struct QuarantineLimits {
  std::uint64_t peer_bytes = 0;         // each peer's share
  std::uint64_t peers_hosts_bytes = 0;  // what comes from its hosts beside
  std::uint64_t stranger_bytes = 0;     // each stranger's share
  std::uint64_t strangers_bytes = 0;    // all of them together
  std::uint64_t step_bytes = kReservationStepBytes;
};
// As multiples of the largest message that the outside listener takes. Numbers of messages.
inline constexpr std::uint64_t kPeerShareMessages = 5;
inline constexpr std::uint64_t kPeersHostsShareMessages = 2;
inline constexpr std::uint64_t kStrangerShareMessages = 1;
inline constexpr std::uint64_t kStrangersMessages = 5;
QuarantineLimits quarantine_limits(std::uint64_t largest_message_bytes);
// Of one share.
std::uint64_t limit_of(const QuarantineLimits& limits, store::ShareKind kind);

// temporary `quarantine-full`, with words for the sender's administrator; 452 4.3.1 as a reply.
Error quarantine_full();

class QuarantineRoom {
 public:
  // `store` must outlive it. `limits` is asked each time, by any thread.
  QuarantineRoom(const store::Store& store, std::function<QuarantineLimits()> limits)
      : store_(store), limits_(std::move(limits)) {}

  QuarantineLimits limits() const { return limits_(); }

  // Reserves room for a message of that size in the first of `shares` that has it, instead of what
  // is reserved for it already. `quarantine-full`, and nothing has changed, if none has; errors of
  // the store.
  Status reserve(const store::MessageId& id, const std::vector<store::QuarantineShare>& shares,
                 std::uint64_t size_bytes);
  // The same for what was taken already, however full the share is; nothing if it has room.
  void keep_room(const store::MessageId& id, const store::QuarantineShare& share,
                 std::uint64_t size_bytes);
  void release(const store::MessageId& id);
  // Where room is reserved for it.
  std::optional<store::QuarantineShare> share_of(const store::MessageId& id) const;
  // True if the share has room for a message of that size, leaving aside what is reserved for it.
  bool fits(const store::ReadTransaction& txn, const store::QuarantineShare& share,
            std::uint64_t size_bytes, const store::MessageId& id) const;

  // What is reserved for messages that were taken, and wait to be opened.
  std::vector<store::MessageId> taken() const;
  void set_taken(const store::MessageId& id);

 private:
  struct Reservation {
    store::QuarantineShare share;
    Bytes key;  // of the share
    std::uint64_t bytes = 0;
    bool taken = false;
  };

  bool fits_locked(const store::ReadTransaction& txn, const store::QuarantineShare& share,
                   std::uint64_t bytes, const store::MessageId& id) const;
  void set_locked(const store::MessageId& id, const store::QuarantineShare& share,
                  std::uint64_t bytes);
  void release_locked(const store::MessageId& id);

  const store::Store& store_;
  std::function<QuarantineLimits()> limits_;
  mutable std::mutex mutex_;
  std::map<store::MessageId, Reservation> reservations_;
  std::map<Bytes, std::uint64_t> reserved_;  // by share_key
  std::uint64_t strangers_reserved_ = 0;
};

// The reservation of a message that is on its way in: ends with it, unless the message was taken.
class RoomHold {
 public:
  // `room` must outlive it.
  RoomHold(QuarantineRoom& room, const store::MessageId& id) : room_(room), id_(id) {}
  ~RoomHold() {
    if (!taken_) room_.release(id_);
  }
  RoomHold(const RoomHold&) = delete;
  RoomHold& operator=(const RoomHold&) = delete;
  // Its commit stands: from now on it is the opener's.
  void set_taken() {
    taken_ = true;
    room_.set_taken(id_);
  }

 private:
  QuarantineRoom& room_;
  store::MessageId id_;
  bool taken_ = false;
};

}  // namespace culvert::node
