// Room in the quarantine for an incoming message that may have to be opened. It is reserved while
// the message grows, by what everybody can see of it. A message that cannot be opened yet rests
// there (quarantine_room.h), so it must find room before the sender gets 250.
//
// Used on the loop of its connection.
#pragma once

#include <memory>
#include <vector>

#include "node/flow/flow_context.h"
#include "node/flow/quarantine_room.h"
#include "node/intake/listener_rules.h"

namespace culvert::node {

class OpeningRoom {
 public:
  // `context` must outlive it.
  explicit OpeningRoom(FlowContext& context) : context_(context) {}

  // A new message begins. Frees the reservation of the previous one.
  void begin(const store::MessageId& id);
  // The message has `size_bytes` so far and looks like this. temporary if there is no room for it,
  // permanent `too-large` for a peering message that is too large.
  Status grow(const Transaction& transaction, LooksSealed looks, std::uint64_t size_bytes);
  // How the message is taken. A message that only may be sealed is taken like any other mail if
  // there was no room for it.
  LooksSealed taken_as(LooksSealed looks) const;
  // Hands the reservation over, for the commit; nothing if there is none.
  std::shared_ptr<RoomHold> release() { return std::exchange(hold_, nullptr); }

 private:
  Status reserve(std::uint64_t size_bytes);

  FlowContext& context_;
  std::optional<store::MessageId> id_;
  std::shared_ptr<RoomHold> hold_;
  std::vector<store::QuarantineShare> shares_;
  std::uint64_t reserved_bytes_ = 0;
  bool is_given_up_ = false;
};

}  // namespace culvert::node
