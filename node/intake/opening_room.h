// Room in the quarantine for a message that comes in and may have to be opened: reserved while it
// grows, by what everybody can see of it. What cannot be opened yet rests there
// (quarantine_room.h), and must find room before the sender hears 250.
//
// On the loop of its connection.
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

  // A new message begins; what was reserved for the one before is free.
  void begin(const store::MessageId& id);
  // The message has `size_bytes` so far and looks like this. temporary if there is no room for it,
  // permanent `too-large` for a peering message of that size.
  Status grow(const Transaction& transaction, LooksSealed looks, std::uint64_t size_bytes);
  // How the message is taken: where there was no room for what only may be sealed, it is mail like
  // any other.
  LooksSealed taken_as(LooksSealed looks) const;
  // What is reserved, for the commit; nothing if nothing is.
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
