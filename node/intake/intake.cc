#include "node/intake/intake.h"

#include <algorithm>

#include "crypto/base/log.h"
#include "crypto/base/log_limit.h"
#include "crypto/base/require.h"
#include "node/flow/trace_fields.h"
#include "node/intake/commit.h"
#include "node/smtp/replies.h"

namespace culvert::node {
namespace {

bool is_in(const std::string& client, const std::vector<IpNetwork>& networks) {
  const auto address = IpAddress::parse(client);
  return address && std::any_of(networks.begin(), networks.end(), [&](const IpNetwork& network) {
           return network.contains(*address);
         });
}

std::string protocol_name(const SmtpSession& session, const MailCommand& mail) {
  std::string name = mail.parameters.smtputf8 ? "UTF8SMTP" : session.extended ? "ESMTP" : "SMTP";
  return session.encrypted ? name + "S" : name;
}

}  // namespace

Intake::Intake(FlowContext& context, RecipientRoom& room, RecipientCheck* check,
               std::unique_ptr<const ListenerRules> rules)
    : context_(context), check_(check), rules_(std::move(rules)), held_(room), room_(context) {
  transaction_.config = context.config.get();
  transaction_.routing = context.routing.current();
}

Decision Intake::on_connect(const SmtpSession& session) {
  const std::vector<IpNetwork>& allowed = rules_->networks(*transaction_.config);
  if (allowed.empty() || is_in(session.client_address, allowed)) return std::nullopt;
  static LogLimit log_limit;
  if (const auto line = log_limit.take(std::chrono::steady_clock::now())) {
    log_warning("refused a connection from {}: not in `networks`{}", session.client_address,
                line->left_out_text());
  }
  return replies::connection_refused(session.client_address);
}

Decision Intake::on_mail(const SmtpSession& session, const MailCommand& mail) {
  forget_recipients();
  transaction_ = {context_.config.get(), context_.routing.current(), session, mail, {}};
  return rules_->check_mail(transaction_);
}

void Intake::on_recipient(const Recipient& rcpt, DecisionCallback decided) {
  settle_asked();
  if (!held_.take(transaction_.recipients.size())) {
    return decided(replies::no_room_for_recipient());
  }
  RecipientPlan plan = rules_->plan(transaction_, rcpt);
  if (plan.refusal) return decided(std::move(plan.refusal));
  if (plan.ask == RecipientPlan::Ask::inside_server) {
    return ask(*std::move(plan.planned), std::move(decided));
  }
  transaction_.recipients.push_back(*std::move(plan.planned));
  decided(std::nullopt);
}

// The answer comes from any thread; the dialogue then goes on with `settle_asked`.
void Intake::ask(PlannedRecipient planned, DecisionCallback decided) {
  require(check_ != nullptr, "rules that ask nobody, or somebody to ask");
  const Mailbox recipient = planned.recipient.mailbox;
  asked_ = std::move(planned);
  is_accepted_ = std::make_shared<std::atomic<bool>>(false);
  check_->check(recipient, transaction_.session.client_address,
                [accepted = is_accepted_, decided](Decision decision) {
                  accepted->store(!decision);
                  decided(std::move(decision));
                });
}

void Intake::settle_asked() {
  if (asked_ && is_accepted_->load()) transaction_.recipients.push_back(*std::move(asked_));
  asked_.reset();
}

void Intake::forget_recipients() {
  asked_.reset();
  transaction_.recipients.clear();
  held_.release();
}

Decision Intake::on_body_begin() {
  settle_asked();
  staged_ =
      std::make_unique<StagedMail>(context_.store, store::MessageId::make(context_.clock.now()),
                                   rules_->gate_rules(transaction_));
  room_.begin(staged_->id());
  return std::nullopt;
}

Status Intake::on_body(ByteView piece) {
  if (const Status written = staged_->write(piece); !written) return written.error();
  return body_grew(*staged_);
}

Status Intake::body_grew(const StagedMail& staged) {
  if (!staged.facts()) return done();
  return room_.grow(transaction_, rules_->looks_sealed(transaction_, *staged.facts()),
                    staged.size_bytes());
}

void Intake::on_body_end(AnswerCallback answer) {
  const auto staged = std::shared_ptr<StagedMail>(std::move(staged_));
  Status whole = staged->end_header();
  if (whole) whole = body_grew(*staged);
  auto work = std::make_shared<Commit>(Commit{context_, {}, std::move(answer), room_.release()});
  if (!whole) return work->answer(reply_for(whole.error()));
  const HeaderFacts& facts = *staged->facts();
  // Named attack: Two readers. A message that a program behind us may read differently gets no mark
  // of ours.
  if (facts.fault) return work->answer(replies::bad_header(facts.fault->text));
  if (facts.is_loop) return work->answer(replies::mail_loop());
  store::Message message = message_of(*staged);
  TakenAs taken =
      rules_->take(transaction_, facts, room_.taken_as(rules_->looks_sealed(transaction_, facts)),
                   message, received_field_of(message));
  auto recipients = std::exchange(transaction_.recipients, {});
  held_.release();
  if (taken.refusal) return work->answer(*std::move(taken.refusal));
  message.origin = taken.origin;
  message.added_header = std::move(taken.added_header);
  message.sealed_for_us = taken.sealed_for_us;
  for (PlannedRecipient& r : recipients)
    r.path = taken.path_of_all.value_or(r.path);
  work->mail = {std::move(message), std::move(recipients)};
  commit(std::move(work), staged);
}

store::Message Intake::message_of(const StagedMail& staged) const {
  const SmtpSession& session = transaction_.session;
  const MailCommand& mail = transaction_.mail;
  store::Message message;
  message.id = staged.id();
  message.size_bytes = staged.size_bytes();
  message.received = context_.clock.now();
  message.listener = rules_->listener();
  message.client = session.hello + " [" + session.client_address + "]";
  message.client_port = session.client_port;
  message.client_extended = session.extended;
  message.sender = mail.sender;
  message.body_kind = mail.parameters.body;
  // Clients say SMTPUTF8 whenever it is offered, so what counts is whether the message needs it
  // (RFC 6531, 3.4). Otherwise a next server without it would refuse mail that it could take.
  // Addresses are looked at in each attempt.
  message.smtputf8 = mail.parameters.smtputf8 && staged.facts()->has_utf8;
  message.ret = mail.parameters.ret;
  message.envid = mail.parameters.envid;
  if (staged.facts()->from) message.from_domain = staged.facts()->from->domain().text();
  message.message_id = staged.facts()->message_id;
  return message;
}

std::string Intake::received_field_of(const store::Message& message) const {
  const SmtpSession& session = transaction_.session;
  const auto side = message.listener == store::Listener::inside ? ReceivedFrom::Side::inside
                                                                : ReceivedFrom::Side::outside;
  return received_field({session.hello, session.client_address,
                         protocol_name(session, transaction_.mail), session.tls, side},
                        context_.config.get()->node.name.text(), message.id.hex(),
                        message.received);
}

void Intake::on_reset() {
  staged_.reset();
  room_.release();
  forget_recipients();
}

std::unique_ptr<MailReceiver> make_inside_receiver(FlowContext& context) {
  return std::make_unique<Intake>(context, context.inside_recipients, nullptr,
                                  inside_rules(context));
}

std::unique_ptr<MailReceiver> make_outside_receiver(FlowContext& context, RecipientCheck& check) {
  return std::make_unique<Intake>(context, context.outside_recipients, &check,
                                  outside_rules(context));
}

}  // namespace culvert::node
