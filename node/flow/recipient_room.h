// Limits the recipients that all connections of one listener together hold before DATA.
// Named attack: Recipients without data: with 1,000 RCPT a connection holds 0.8 MB for as long as
// it likes, and a listener has a thousand connections.
//
// A connection's first recipients need no room, so whoever fills the room stops nobody's ordinary
// mail. Recipients beyond these are answered 452 4.5.3, and mail servers send them in a later
// transaction. Inside and outside have separate rooms.
#pragma once

#include <atomic>
#include <cstddef>

namespace culvert::node {

// For one connection, whatever others hold: 1,000 connections then hold 16 MB.
inline constexpr std::size_t kRecipientsWithoutRoom = 20;
// For all others of a listener. Each is at most an address, its ORCPT and a trace line: 2 KiB.
inline constexpr std::size_t kMaxHeldRecipients = 50'000;

// Thread-safe.
class RecipientRoom {
 public:
  bool take() {
    if (held_.fetch_add(1, std::memory_order_relaxed) < kMaxHeldRecipients) return true;
    give_back(1);
    return false;
  }
  void give_back(std::size_t count) { held_.fetch_sub(count, std::memory_order_relaxed); }
  std::size_t held() const { return held_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::size_t> held_{0};
};

// What one transaction holds of a room. Used on its connection's loop.
class HeldRecipients {
 public:
  explicit HeldRecipients(RecipientRoom& room) : room_(room) {}
  ~HeldRecipients() { release(); }
  HeldRecipients(const HeldRecipients&) = delete;
  HeldRecipients& operator=(const HeldRecipients&) = delete;

  // Takes room for one more recipient when `count` were accepted so far. Room taken for a recipient
  // that was then refused serves the next one.
  bool take(std::size_t count) {
    if (count < kRecipientsWithoutRoom + taken_) return true;
    if (!room_.take()) return false;
    ++taken_;
    return true;
  }
  // The transaction is over.
  void release() {
    room_.give_back(taken_);
    taken_ = 0;
  }

 private:
  RecipientRoom& room_;  // must outlive this
  std::size_t taken_ = 0;
};

}  // namespace culvert::node
