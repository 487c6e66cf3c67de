// Takes mail over. An Intake stands behind each SMTP connection. It runs the mail transaction,
// stages the body, and has message and queue entries committed before the sender gets 250. What
// each listener decides in its own way is in its rules (listener_rules.h).
//
// It lives on the loop of its connection. The commit runs elsewhere and takes along what it needs
// (commit.h), so that a lost connection loses no mail that was on its way to disk.
#pragma once

#include <atomic>
#include <memory>

#include "node/flow/flow_context.h"
#include "node/intake/listener_rules.h"
#include "node/intake/opening_room.h"
#include "node/intake/staged_mail.h"
#include "node/smtp/mail_receiver.h"

namespace culvert::node {

// Asks whether the inside server knows a recipient. Calls back from any thread; an empty decision
// accepts. `client` is the address of the asking client, as text.
class RecipientCheck {
 public:
  virtual ~RecipientCheck() = default;
  virtual void check(const Mailbox& recipient, const std::string& client,
                     DecisionCallback decided) = 0;
};

class Intake final : public MailReceiver {
 public:
  // All must outlive it. `check` may be missing if the rules ask nobody.
  Intake(FlowContext& context, RecipientRoom& room, RecipientCheck* check,
         std::unique_ptr<const ListenerRules> rules);

  Decision on_connect(const SmtpSession& session) override;
  Decision on_mail(const SmtpSession& session, const MailCommand& mail) override;
  // Refuses a recipient for which there is no room, then asks the rules.
  void on_recipient(const Recipient& rcpt, DecisionCallback decided) override;
  Decision on_body_begin() override;
  Status on_body(ByteView piece) override;
  void on_body_end(AnswerCallback answer) override;
  void on_reset() override;

 private:
  void ask(PlannedRecipient planned, DecisionCallback decided);
  void settle_asked();
  void forget_recipients();
  Status body_grew(const StagedMail& staged);
  store::Message message_of(const StagedMail& staged) const;
  std::string received_field_of(const store::Message& message) const;

  FlowContext& context_;
  RecipientCheck* const check_;
  const std::unique_ptr<const ListenerRules> rules_;
  Transaction transaction_;
  HeldRecipients held_;
  std::unique_ptr<StagedMail> staged_;
  OpeningRoom room_;
  // The recipient about which the inside server was asked, and whether the server accepted it. The
  // latter is shared with the check's callback, which may outlive the connection.
  std::optional<PlannedRecipient> asked_;
  std::shared_ptr<std::atomic<bool>> is_accepted_;
};

// One for each connection of the listener. `context` and `check` must outlive them.
std::unique_ptr<MailReceiver> make_inside_receiver(FlowContext& context);
std::unique_ptr<MailReceiver> make_outside_receiver(FlowContext& context, RecipientCheck& check);

}  // namespace culvert::node
