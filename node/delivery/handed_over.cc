#include "node/delivery/handed_over.h"

#include "node/reports/bounce.h"

namespace culvert::node {
namespace {

// Those whom the next hop has taken it for, or may have.
std::vector<store::QueueRecipient> taken_for(const Attempt& attempt, const DeliveryReport& report) {
  std::vector<store::QueueRecipient> taken;
  for (std::size_t i = 0; i < attempt.entry.recipients.size(); ++i) {
    const RecipientOutcome& outcome = report.outcomes[i];
    if (outcome.reply.positive() || outcome.perhaps_taken)
      taken.push_back(attempt.entry.recipients[i]);
  }
  return taken;
}

std::optional<HandedOver::Sent> sent_mail(const Attempt& attempt,
                                          std::vector<store::QueueRecipient> recipients, Time now) {
  if (!attempt.under_tunnel_address()) return std::nullopt;
  const auto token = from_hex(attempt.seal->token);
  std::erase_if(recipients, [](const auto& r) { return !wants_report(r.notify); });
  if (!token || recipients.empty()) return std::nullopt;
  HandedOver::Sent sent{*token, {}};
  sent.mail.message = attempt.message.id;
  sent.mail.sender = attempt.message.sender;
  sent.mail.envid = attempt.message.envid;
  sent.mail.received = attempt.message.received;
  sent.mail.sealed = now;
  sent.mail.recipients = std::move(recipients);
  return sent;
}

std::optional<HandedOver::Sealed> sealed_mail(const Attempt& attempt,
                                              std::vector<store::QueueRecipient> recipients) {
  HandedOver::Sealed sealed{attempt.seal->name, attempt.entry.attempts, {}};
  sealed.mail.peer = attempt.seal->peer;
  sealed.mail.message = attempt.message.id;
  sealed.mail.certificates = {attempt.seal->recipient.serial_hex()};
  sealed.mail.sender = attempt.message.sender;
  sealed.mail.envid = attempt.message.envid;
  sealed.mail.received = attempt.message.received;
  sealed.mail.origin = attempt.message.origin;
  sealed.mail.recipients = std::move(recipients);
  sealed.mail.message_id = attempt.message.message_id;
  return sealed;
}

}  // namespace

HandedOver handed_over(const Attempt& attempt, const DeliveryReport& report, Time now) {
  const bool is_peoples = attempt.entry.path == store::DeliveryPath::tunnel;
  if (!attempt.seal || !attempt.message.sender) return {};
  auto taken = taken_for(attempt, report);
  if (taken.empty()) return {};
  HandedOver out;
  out.sent = sent_mail(attempt, taken, now);
  if (is_peoples) out.sealed = sealed_mail(attempt, std::move(taken));
  return out;
}

void note_sent_mail(const HandedOver& mail, store::WriteTransaction& txn) {
  if (mail.sent) store::note_sent(txn, mail.sent->token, mail.sent->mail);
}

void note_sealed_mail(const HandedOver& mail, store::RecordSink& out) {
  if (!mail.sealed) return;
  store::note_sealed_mail(out, mail.sealed->name, mail.sealed->attempt, mail.sealed->mail);
}

}  // namespace culvert::node
