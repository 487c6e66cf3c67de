// Path `tunnel`: people's mail, sealed for the peer that has their domain.
#include <algorithm>

#include "node/delivery/configured_hop.h"
#include "node/delivery/hidden_routes.h"
#include "node/delivery/paths.h"
#include "node/delivery/sealing.h"
#include "node/reports/bounce.h"
#include "store/sealed_mail.h"
#include "store/sent.h"

namespace culvert::node {
namespace {

AttemptPlan attempt_for(const FlowContext& context, store::QueueEntry entry, store::Message message,
                        const Domain& domain) {
  const auto routing = context.routing.current();
  const RouteView* route = routing->route_of(domain);
  if (route != nullptr && route->use == RouteUse::seals) {
    return sealed_attempt(context, std::move(entry), std::move(message), route->peer,
                          SealForm::present);
  }
  if (route != nullptr && route->use == RouteUse::waits) {
    return Postpone{kWaitForRoute, route->why_waiting};
  }
  // The route was released: policy decides now for each recipient. A report about mail that came
  // through a tunnel goes back through a tunnel or not at all.
  const bool report_of_sealed = message.listener == store::Listener::own && message.opened;
  const auto may_go_clear = [&](const Recipient& r) {
    return routing->decide_for(message.sender, r.mailbox, false).path == Path::clear;
  };
  if (!report_of_sealed &&
      std::any_of(entry.recipients.begin(), entry.recipients.end(), may_go_clear)) {
    return Redirect{store::DeliveryPath::clear, entry.destination};
  }
  return GiveUp{std::string(kMustBeSealed),
                "it must be encrypted, and there is no active route to " + domain.text()};
}

AttemptPlan plan(const FlowContext& context, store::QueueEntry entry, store::Message message) {
  const auto domain = Domain::parse(entry.destination);
  if (!domain) return GiveUp{"5.1.2", domain.error().text};
  return without_hidden_routes(context,
                               attempt_for(context, std::move(entry), std::move(message), *domain));
}

// What is kept, for the sender, about mail that a peer has now: the peer may give it back later
// (node/reports/returned_mail.h), or say that it cannot hand it on (node/reports/heard_trouble.h).
// An attempt without an answer counts: the peer may have taken this copy, and then takes no later
// one.
struct HandedOver {
  // Mail that left under the tunnel address, to which a report for its sender would come back; with
  // the recipients whose failure is to be reported.
  struct Sent {
    Bytes token;
    store::SentMail mail;
  };
  std::optional<Sent> sent;
  // People's mail with a sender.
  struct Sealed {
    Bytes name;
    std::uint32_t attempt = 0;
    store::SealedMail mail;
  };
  std::optional<Sealed> sealed;
};

// The recipients for which the next hop took the mail, or may have taken it.
std::vector<Recipient> taken_for(const Attempt& attempt, const DeliveryReport& report) {
  std::vector<Recipient> taken;
  for (std::size_t i = 0; i < attempt.entry.recipients.size(); ++i) {
    const RecipientOutcome& outcome = report.outcomes[i];
    if (outcome.reply.positive() || outcome.perhaps_taken)
      taken.push_back(attempt.entry.recipients[i]);
  }
  return taken;
}

std::optional<HandedOver::Sent> sent_mail(const Attempt& attempt, std::vector<Recipient> recipients,
                                          Time now) {
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
                                              std::vector<Recipient> recipients) {
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

HandedOver handed_over(const Attempt& attempt, const DeliveryReport& report, Time now) {
  auto taken = taken_for(attempt, report);
  if (!attempt.message.sender || taken.empty()) return {};
  HandedOver out;
  out.sent = sent_mail(attempt, taken, now);
  out.sealed = sealed_mail(attempt, std::move(taken));
  return out;
}

PathRecords settle(const PathOutcome& outcome) {
  if (outcome.attempt == nullptr) return {};
  const auto mail = std::make_shared<const HandedOver>(
      handed_over(*outcome.attempt, *outcome.report, outcome.now));
  PathRecords records;
  if (mail->sealed) {
    records.staged = [mail](store::RecordSink& out) {
      store::note_sealed_mail(out, mail->sealed->name, mail->sealed->attempt, mail->sealed->mail);
    };
  }
  if (mail->sent) {
    records.in_commit = [mail](store::WriteTransaction& txn) {
      store::note_sent(txn, mail->sent->token, mail->sent->mail);
    };
  }
  return records;
}

}  // namespace

extern const PathRow kTunnelPath;
// The sender of mail that waits here knows nothing of the tunnel, and without it would have had an
// answer from the peer's server. So a delay is told unasked.
constinit const PathRow kTunnelPath{
    .path = store::DeliveryPath::tunnel,
    .traits = {.seals = true, .delay = DelayTold::unasked},
    .plan = plan,
    .next_hop = hop_of_domain,
    .source = sealed_source,
    .settle = settle,
};

}  // namespace culvert::node
