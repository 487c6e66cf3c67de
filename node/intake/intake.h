// Takes mail over. A receiver stands behind each SMTP connection: it decides about connection,
// sender and recipients, stages the body, and has message and queue entries committed before the
// sender hears 250. What the two listeners have in common is here; their
// rules are in inside_receiver.cc and outside_receiver.cc.
//
// A receiver lives on the loop of its connection. The commit runs elsewhere and carries what it
// needs along, so that a lost connection loses no mail that was on its way to disk.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "node/flow/flow_context.h"
#include "node/flow/taken_mail.h"
#include "node/intake/staged_mail.h"
#include "node/smtp/mail_receiver.h"

namespace culvert::node {

class Intake : public MailReceiver {
 public:
  // `context` and `room` must outlive it.
  Intake(FlowContext& context, RecipientRoom& room) : context_(context), held_(room) {}

  Decision on_connect(const SmtpSession& session) final;
  Decision on_mail(const SmtpSession& session, const MailCommand& mail) final;
  // Refuses what there is no room for, then asks `plan_recipient`.
  void on_recipient(const Recipient& rcpt, DecisionCallback decided) final;
  Decision on_body_begin(ResumeCallback resume) final;
  Result<BodyFlow> on_body(ByteView piece) final;
  void on_body_end(AnswerCallback answer) final;
  void on_reset() final;

 protected:
  // The networks that may connect; empty: everybody.
  virtual const std::vector<IpNetwork>& networks() const = 0;
  virtual Decision check_mail(const MailCommand& mail) = 0;
  // Decides, and adds the recipient to `recipients_`.
  virtual void plan_recipient(const Recipient& rcpt, DecisionCallback decided) = 0;
  // No recipient follows: what was still under decision is decided now.
  virtual void settle() {}
  virtual GateRules gate_rules() const = 0;
  // The last word once header and size are known: may refuse, and completes `mail` with paths and
  // added fields. `received` is the Received field for it.
  virtual Decision complete(const HeaderFacts& facts, const std::string& received,
                            TakenMail& mail) = 0;
  // More of the body has come, or its end: an error refuses the message. What it reserves in the
  // quarantine it leaves in `room_`.
  virtual Status body_grew(const StagedMail&) { return done(); }
  virtual store::Listener listener() const = 0;

  // Attack: Relay. A report to `<victim%world@ours>`, of ours or of the inside server's own, would
  // be sent on by that server. Senders of other domains may write what they like (SRS, VERP, old
  // gateways), because reports to them leave by the paths of their own domain.
  static Decision check_own_sender(const Config& config, const ReversePath& sender);

  FlowContext& context_;
  SmtpSession session_;
  MailCommand mail_;
  std::vector<PlannedRecipient> recipients_;
  // Shared with the commit, which may outlive the connection.
  std::shared_ptr<RoomHold> room_;

 private:
  HeldRecipients held_;
  std::unique_ptr<StagedMail> staged_;
};

// One for each connection of that listener. `context` must outlive them.
std::unique_ptr<MailReceiver> make_inside_receiver(FlowContext& context);

// Asks whether the inside server knows a recipient: nothing accepts. Calls back from any thread.
// `client` is the address of who asks, as text.
class RecipientCheck {
 public:
  virtual ~RecipientCheck() = default;
  virtual void check(const Mailbox& recipient, const std::string& client,
                     DecisionCallback decided) = 0;
};
std::unique_ptr<MailReceiver> make_outside_receiver(FlowContext& context, RecipientCheck& check);

}  // namespace culvert::node
