// What to do with a queue entry that is due. It is planned anew for every attempt, from the rules
// and routes of this moment, so that mail that waited is never sent by an outdated decision.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "node/flow/flow_context.h"
#include "node/session/smtp_client_connection.h"
#include "peering/sealed_envelope.h"
#include "store/queue.h"

namespace culvert::node {

class Opener;

// "Encryption Needed" of the enhanced status codes (RFC 5248).
inline constexpr std::string_view kMustBeSealed = "5.7.10";
// How often mail is looked at again while the store is altered, which only a restart mends.
inline constexpr std::chrono::minutes kWaitForTrust{10};

// Sealing, on paths that seal.
struct SealPlan {
  std::shared_ptr<const OwnKeys> keys;
  Fingerprint peer;               // the peer that it is sealed for
  crypto::Certificate recipient;  // of the peer, valid now
  crypto::Certificate signer;     // of this node, valid now and known to the peer
  std::vector<Domain> own_domains;
  Domain from;             // Culvert-From
  std::string token;       // of this attempt
  Bytes name;              // of the outer message, the same in every retry (store/sealed_mail.h)
  std::string message_id;  // of the outer message, made from the name; in angle brackets
  peering::TunnelForm form = peering::TunnelForm::present;
};

// The mail goes back to its sender.
struct GiveUp {
  std::string status;  // enhanced code
  std::string reason;
};
// One recipient that a rule refuses now; the mail of the others goes on.
struct RefusedRecipient {
  Recipient recipient;
  GiveUp why;
};

// Hand the mail to the next hop.
struct Attempt {
  store::QueueEntry entry;  // with the recipients of this attempt; not empty
  store::Message message;
  std::optional<SealPlan> seal;
  std::vector<RefusedRecipient> refused{};  // the entry's others: settled with the delivery

  ClientEnvelope envelope() const;
  // True if the mail leaves under the tunnel address, because its sender is not ours: reports about
  // it come back to that address.
  bool under_tunnel_address() const;
};
// Shared, because dispatcher, hop and message source need it at the same time, each on its own
// thread.
using SharedAttempt = std::shared_ptr<const Attempt>;
// The mail has to wait.
struct Postpone {
  std::chrono::seconds delay{};
  std::string reason;
};
// The mail takes another path now.
struct Redirect {
  store::DeliveryPath path = store::DeliveryPath::tunnel;
  std::string destination;
};
// What a path that delivers without a next hop may use.
struct LocalParts {
  FlowContext& flow;
  Opener& opener;
};
// This node does it itself. `work` runs in a worker. It calls `settled` once, from any thread, when
// the entry's end is on disk or could not be stored; in the latter case it is tried again later.
struct DoHere {
  std::function<void(const LocalParts& parts, std::function<void(const Status&)> settled)> work;
};
using AttemptPlan = std::variant<Attempt, DoHere, Postpone, Redirect, GiveUp>;

// Plans by the row of the entry's path (paths.h). The path must be known.
AttemptPlan plan_attempt(const FlowContext& context, store::QueueEntry entry,
                         store::Message message);

}  // namespace culvert::node
