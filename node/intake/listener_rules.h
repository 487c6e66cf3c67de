// What a listener decides about mail. The two listeners differ in nothing else: intake.h runs the
// transaction and asks here. Rules keep no state, and their answers are values, so that nothing
// happens before Intake does it.
//
// Any thread; one transaction at a time.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "node/config/config.h"
#include "node/flow/flow_context.h"
#include "node/flow/taken_mail.h"
#include "node/intake/header_gate.h"
#include "node/smtp/mail_receiver.h"

namespace culvert::node {

// A mail transaction (RFC 5321, 3.3), as far as it has come.
struct Transaction {
  // Both as they were when the transaction began.
  std::shared_ptr<const Config> config;
  std::shared_ptr<const RoutingSnapshot> routing;
  SmtpSession session;
  MailCommand mail;
  std::vector<PlannedRecipient> recipients;  // accepted
};

// What becomes of one recipient.
struct RecipientPlan {
  Decision refusal;                                            // nothing: the rest counts
  std::optional<PlannedRecipient> planned{};                   // where its mail goes
  enum class Ask { nobody, inside_server } ask = Ask::nobody;  // who has to accept it first
};

// Whether a message may be one for the opener, judged by what everybody can see of it.
enum class LooksSealed {
  no,
  maybe,  // somewhere in its body
  yes,    // it says so
};

// How a complete message is taken.
struct TakenAs {
  Decision refusal;  // a reply: nothing else counts
  store::Origin origin = store::Origin::passed;
  std::string added_header{};  // goes above the message's own header
  bool sealed_for_us = false;
  // For all recipients, instead of the planned paths.
  std::optional<store::DeliveryPath> path_of_all{};
};

class ListenerRules {
 public:
  virtual ~ListenerRules() = default;

  virtual store::Listener listener() const = 0;
  // The networks that may connect. Empty: everybody.
  virtual const std::vector<IpNetwork>& networks(const Config& config) const = 0;
  // Checks a transaction that has no recipients yet.
  virtual Decision check_mail(const Transaction& transaction) const = 0;
  virtual RecipientPlan plan(const Transaction& transaction, const Recipient& rcpt) const = 0;
  virtual GateRules gate_rules(const Transaction& transaction) const = 0;
  // Judges by what is known of the message so far: the answer may grow from `no` to `maybe`.
  virtual LooksSealed looks_sealed(const Transaction& transaction,
                                   const HeaderFacts& facts) const = 0;
  // The final decision. `message` is complete except for what the answer sets, and `received` is
  // its Received field. `sealed` is how the message is taken; it is `no` if there was no room to
  // look into it.
  virtual TakenAs take(const Transaction& transaction, const HeaderFacts& facts, LooksSealed sealed,
                       const store::Message& message, const std::string& received) const = 0;
};

// `context` must outlive them.
std::unique_ptr<const ListenerRules> inside_rules(FlowContext& context);
std::unique_ptr<const ListenerRules> outside_rules(FlowContext& context);

// Attack: Relay. If the sender is `<victim%world@ours>`, the inside server would send a report on
// to the victim, be it ours or its own. Senders of other domains may write what they like (SRS,
// VERP, old gateways), because reports to them leave by the paths of their own domain.
Decision check_own_sender(const Config& config, const ReversePath& sender);

// True if it is a message from another node to this one: its only recipient is the peering address.
bool is_for_peering(const Transaction& transaction);

}  // namespace culvert::node
