// Who may fill how much of the quarantine. Our certificate is public, so anybody can write sealed
// mail that nobody can open; nobody may fill the room that others need.
//
// The room is divided into shares by where mail comes from (quarantine_source.h):
//   each peer      mail that it signed and sealed lately, and that could not be handed on;
//   its hosts      mail from where that peer's mail comes from, which no peer vouches for;
//   each stranger  mail from one network, or behind a named edge under one domain. All strangers
//                  together have no more than a peer, so that no number of networks touches what
//                  peers have.
// All shares are multiples of the largest message, so one such message always fits. The disk use is
// bounded: seven times the largest message for each peer, and five times for everybody else.
//
// Room is *reserved* in memory as soon as a header shows a sealed message, in steps as octets
// arrive. An announced size makes the steps larger, but only as far as octets vouch for it. Without
// room, the rest of the message is read to its end and answered 452 4.3.1. Only the source and the
// size decide that, before any key is used and whether or not the mail can be opened, so the answer
// tells nothing (reliability.md, "Attacks with a name"). Mail in clear never asks. A reservation
// ends when the mail is opened, handed on or lost, or when it becomes the stored octets of an item.
// At a start, room is reserved again for mail that waits to be opened. So all mail that was taken
// has its room, and none has to go before its time.
//
// The gate asks the share of the peer's hosts first. For the peer's very address, it then asks the
// peer's own share. Held mail of the peer's users never closes the gate: it is in the peer's own
// share, and what does not fit there goes back to its senders through the tunnel (held_mail.h).
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

// How many further octets are reserved at once for mail whose size was not announced.
inline constexpr std::uint64_t kReservationStepBytes = 64 * 1024;

struct QuarantineLimits {
  std::uint64_t peer_bytes = 0;         // each peer's share
  std::uint64_t peers_hosts_bytes = 0;  // other mail from its hosts
  std::uint64_t stranger_bytes = 0;     // each stranger's share
  std::uint64_t strangers_bytes = 0;    // all strangers together
  std::uint64_t step_bytes = kReservationStepBytes;
};
// Numbers of messages: multiples of the largest message that the outside listener takes.
inline constexpr std::uint64_t kPeerShareMessages = 5;
inline constexpr std::uint64_t kPeersHostsShareMessages = 2;
inline constexpr std::uint64_t kStrangerShareMessages = 1;
inline constexpr std::uint64_t kStrangersMessages = 5;
QuarantineLimits quarantine_limits(std::uint64_t largest_message_bytes);
// The limit of one share.
std::uint64_t limit_of(const QuarantineLimits& limits, store::ShareKind kind);

// temporary `quarantine-full`, with words for the sender's administrator; the reply is 452 4.3.1.
Error quarantine_full();

class QuarantineRoom {
 public:
  // `store` must outlive it. `limits` is called each time, from any thread.
  QuarantineRoom(const store::Store& store, std::function<QuarantineLimits()> limits)
      : store_(store), limits_(std::move(limits)) {}

  QuarantineLimits limits() const { return limits_(); }

  // Reserves room for a message of that size in the first of `shares` that has room. This replaces
  // what is already reserved for the message. If no share has room: `quarantine-full`, and nothing
  // has changed. Also errors of the store.
  Status reserve(const store::MessageId& id, const std::vector<store::QuarantineShare>& shares,
                 std::uint64_t size_bytes);
  // The same for mail that was already taken, however full the share is. A reservation that
  // the mail has stays as it is.
  void keep_room(const store::MessageId& id, const store::QuarantineShare& share,
                 std::uint64_t size_bytes);
  void release(const store::MessageId& id);
  // The share in which room is reserved for the message.
  std::optional<store::QuarantineShare> share_of(const store::MessageId& id) const;
  // True if the share has room for a message of that size, not counting what is reserved for it.
  bool fits(const store::ReadTransaction& txn, const store::QuarantineShare& share,
            std::uint64_t size_bytes, const store::MessageId& id) const;

  // The messages that were taken and wait to be opened, for which room is reserved.
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

// The reservation of an incoming message. It ends with this object, unless the message was taken.
class RoomHold {
 public:
  // `room` must outlive it.
  RoomHold(QuarantineRoom& room, const store::MessageId& id) : room_(room), id_(id) {}
  ~RoomHold() {
    if (!taken_) room_.release(id_);
  }
  RoomHold(const RoomHold&) = delete;
  RoomHold& operator=(const RoomHold&) = delete;
  // The message is committed: from now on the reservation is the opener's.
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
