// What becomes of sealed mail that was taken and cannot be handed on: it is kept in quarantine, in
// the share of its source, or goes back to its senders. None of it vanishes (reliability.md,
// promise 1).
//
//   Signed by a peer and sealed lately: in that peer's share. If that is full, the senders are told
//   through the tunnel (`quota`, 5.2.2), and the mail is not kept: a user of a peer fills no disk.
//   If nobody can be told (a null sender, no route, no report wanted), it is kept where room was
//   reserved for it when it came.
//   All other mail: where room was reserved for it. That includes mail that a peer signed long ago:
//   whoever captured it can send it again for ever, and must fill their own share with it.
//
// The same mail is held once. A peer's mail is known by its Culvert-Id and its recipients (copies
// for others bear the same id). It is remembered after its item is gone, until it would be too old
// anyway. Other mail is known by its sealed octets, within its share and as long as the item is
// there.
#pragma once

#include <memory>
#include <optional>

#include "node/flow/flow_context.h"
#include "node/reports/bounce.h"
#include "peering/tunnel_open.h"
#include "store/quarantine.h"

namespace culvert::node {

struct HeldMail {
  store::QueueEntry entry;  // of the path `open`
  store::Message message;
  peering::OpenTrace trace;  // how far opening came
  Error why;                 // permanent
};

struct HoldPlan {
  store::EntryId entry{};
  store::QuarantineItem item{};
  // The share of the peer that signed it lately, instead of the item's own; it is asked first.
  std::optional<store::QuarantineShare> peers_share{};
  // If that share has no room.
  std::optional<BouncePlan> bounce{};
};

// Reads the mail and may write a report: call it in a worker. An error, of whatever fault, means
// that nothing can be decided now.
Result<HoldPlan> plan_hold(const FlowContext& context, const HeldMail& mail);

enum class Held {
  gone,         // it was dropped meanwhile
  kept,         // in quarantine
  returned,     // its senders are told
  repeated,     // the same was held before
  tried_again,  // what it waited for came at this moment: it is due again
};

// Carries the decision out, in the closure that ends the entry (except with `tried_again`).
Result<Held> put_hold(store::WriteTransaction& txn, const FlowContext& context,
                      const HoldPlan& plan, Time now);

}  // namespace culvert::node
