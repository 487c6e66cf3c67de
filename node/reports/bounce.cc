#include "node/reports/bounce.h"

#include <fmt/format.h>

#include "crypto/base/hidden_route.h"
#include "crypto/base/log.h"
#include "crypto/mime/header.h"
#include "crypto/mime/header_reader.h"
#include "node/flow/stored_message.h"
#include "node/flow/taken_mail.h"
#include "node/flow/way.h"
#include "peering/tunnel_header.h"

namespace culvert::node {
namespace {

// Who gets a report, and by which way.
struct Target {
  Mailbox to;
  Way way;
};

bool is_route_of(const FlowContext& context, const Domain& domain, const Fingerprint& peer) {
  const auto routing = context.routing.current();
  const RouteView* route = routing->route_of(domain);
  return route != nullptr && route->use != RouteUse::none && route->peer == peer;
}

// Mail that was opened: the report goes through the tunnel of the peer that sealed it. It goes to
// the sealed sender if that is the peer's, otherwise to the tunnel address that carried the mail.
// Any other outer sender is a claim that nobody signed.
std::optional<Target> target_of_opened(const FlowContext& context,
                                       const store::OpenedContext& opened) {
  const auto through = [&](const Mailbox& to) -> std::optional<Target> {
    if (hidden_route(to)) return std::nullopt;
    if (!is_route_of(context, to.domain(), opened.peer)) return std::nullopt;
    return Target{to, *way_of(Path::tunnel, to.domain())};
  };
  if (!opened.sealed_sender) return std::nullopt;
  if (auto target = through(*opened.sealed_sender)) return target;
  // Anybody may have written the outer path: no person's address is taken from it.
  const auto carrier = Mailbox::parse(opened.carrier);
  if (!carrier || !peering::is_tunnel_address(*carrier)) return std::nullopt;
  return through(*carrier);
}

std::optional<Target> target_of_sender(const FlowContext& context, const Mailbox& sender) {
  const auto config = context.config.get();
  const bool ours = config->serves(sender.domain());
  const PathDecision decision = context.routing.current()->decide_for(std::nullopt, sender, ours);
  // The mail was taken before the listeners refused such a sender: a report would be relayed.
  if (decision.path != Path::clear && hidden_route(sender)) return std::nullopt;
  auto way = way_of(decision.path, sender.domain());
  return way ? std::optional(Target{sender, *std::move(way)}) : std::nullopt;
}

std::optional<Target> target_of(const FlowContext& context, const store::Message& message) {
  // A report about a report would go round for ever.
  if (!message.sender) return std::nullopt;
  if (message.opened) return target_of_opened(context, *message.opened);
  return target_of_sender(context, *message.sender);
}

std::string original_header(const FlowContext& context, const store::Message& message) {
  auto source = stored_message(context, message);
  if (!source) return {};
  const auto head = crypto::read_head(**source, crypto::kStoredHeader);
  return head ? head->header : std::string();
}

// All that is left of the header.
std::string named_by(const std::string& message_id) {
  return message_id.empty() ? "" : "Message-ID: <" + message_id + ">\r\n";
}

// What the report says about the original.
struct Original {
  std::string envid;
  Time received{};
  std::string header;  // may be empty
  DsnRequest::Original kind = DsnRequest::Original::sealed;
  std::optional<store::OpenedContext> opened{};
  store::Origin origin = store::Origin::passed;  // whose words the original has
  DsnAbout about = DsnAbout::failure;            // what became of it
};

// True if the report leaves, or may later leave, under our signature.
bool may_be_sealed(const FlowContext& context, const Target& target) {
  const PathTraits& path = context.path(target.way.path);
  return path.seals || (path.leads_elsewhere &&
                        context.routing.current()->route_of(target.to.domain()) != nullptr);
}

// Named attack: a stranger's words under our signature. Somebody who mails us in clear under the
// name of a peer's user could say anything to that user, in a report that we sign. ENVID and ORCPT
// are no exception: they go back to whoever gave them only if the sender did not lie.
DsnRequest::Words words_of(const FlowContext& context, const Target& target,
                           const Original& original) {
  const bool strangers = original.origin != store::Origin::inside;
  return strangers && may_be_sealed(context, target) ? DsnRequest::Words::own
                                                     : DsnRequest::Words::all;
}

// The same attack by a server: the sender of mail that is written inside may be an address of a
// peer, and the server that answers for the recipient would speak to it under our signature. This
// node's own texts are left out too, because they may quote an answer ("not delivered in time;
// last: …"). What our own server says is given back.
std::vector<RecipientReport> without_replies(std::vector<RecipientReport> recipients,
                                             DsnAbout about) {
  const std::string happened = about == DsnAbout::relay ? "handed on" : "not delivered";
  for (RecipientReport& each : recipients) {
    each.remote_host.clear();
    each.reply = happened + "; what another server said of it is not repeated here";
  }
  return recipients;
}

// The report itself is this node's if it is about mail that was written inside. It also is if that
// mail came through a tunnel: the report goes back through the same tunnel to the sender named in
// the peer's seal, and quotes only the peer's own words. About any other mail it is `passed`: a
// stranger chose who gets it.
store::Origin origin_of_report(const Original& original) {
  const bool known = original.opened || original.origin == store::Origin::inside;
  return known ? store::Origin::node : store::Origin::passed;
}

// Who the report is from: the domain that was written to, if it is ours. A peer that sealed for
// that domain knows it. Another domain of ours may have no route there, and the report would wait
// in vain.
Domain own_domain_of(const Config& config, const std::vector<RecipientReport>& failed) {
  for (const RecipientReport& each : failed) {
    if (config.serves(each.recipient.domain())) return each.recipient.domain();
  }
  return config.node.domains.front();
}

DsnRequest request_for(const FlowContext& context, const Target& target, const Original& original,
                       const std::vector<RecipientReport>& failed, const store::MessageId& id) {
  const auto config = context.config.get();
  return {config->node.name.text(),
          own_domain_of(*config, failed),
          target.to,
          original.envid,
          "culvert-" + id.hex(),
          id.hex() + "@" + config->node.name.text(),
          original.received,
          context.clock.now(),
          failed,
          original.header,
          original.kind,
          words_of(context, target, original),
          original.about};
}

// Writes the report's body, and prepares the rest of the plan.
Result<std::optional<BouncePlan>> stage_report(const FlowContext& context, const Target& target,
                                               const Original& original,
                                               const std::vector<RecipientReport>& failed) {
  const Time now = context.clock.now();
  const auto id = store::MessageId::make(now);
  const DsnRequest request = request_for(context, target, original, failed, id);
  const Bytes report = make_dsn(request);
  store::BodyWriter writer(context.store, id);
  if (const Status written = writer.write(report); !written) return written.error();
  auto body = writer.finish();
  if (!body) return body.error();
  BouncePlan plan;
  plan.body = *std::move(body);
  plan.message.id = id;
  plan.message.received = now;
  plan.message.listener = store::Listener::own;
  plan.message.client = "this node";
  plan.message.body = plan.body.ref();
  plan.message.size_bytes = plan.body.ref().size_bytes;
  plan.message.body_kind = BodyKind::eight_bit_mime;
  plan.message.smtputf8 = target.to.needs_utf8();
  plan.message.from_domain = request.own_domain.text();
  plan.message.message_id = request.message_id;
  plan.message.opened = original.opened;
  plan.message.origin = origin_of_report(original);
  plan.entry = new_entry(id, target.way.path, target.way.destination, {{target.to, {}, {}}}, now);
  return std::optional(std::move(plan));
}

}  // namespace

Result<std::optional<BouncePlan>> plan_bounce(const FlowContext& context,
                                              const store::QueueEntry& entry,
                                              const store::Message& message,
                                              const std::vector<RecipientReport>& recipients,
                                              DsnAbout about) {
  const auto target = target_of(context, message);
  if (!target && about != DsnAbout::failure) return std::optional<BouncePlan>();
  if (!target) {
    log_warning("message {} failed for {} and nobody can be told: {}", message.id.hex(),
                recipients.front().recipient.text(), recipients.front().reply);
    return std::optional<BouncePlan>();
  }
  // True if the mail was to be sealed, or if the report leaves sealed for a peer. A report about
  // mail that the peer itself sealed goes through the tunnel and never elsewhere, so its sender may
  // know which mail it is about.
  const PathTraits& came = context.path(entry.path);
  const bool leaves_sealed = context.path(target->way.path).seals;
  const bool back_through = message.opened && leaves_sealed;
  const bool sealed = !back_through && (came.seals || leaves_sealed);
  return stage_report(context, *target,
                      {message.envid, message.received, original_header(context, message),
                       sealed ? DsnRequest::Original::sealed : DsnRequest::Original::clear,
                       message.opened, message.origin, about},
                      came.leads_elsewhere && may_be_sealed(context, *target)
                          ? without_replies(recipients, about)
                          : recipients);
}

Result<std::optional<BouncePlan>> plan_bounce_of_sent(const FlowContext& context,
                                                      const store::SentMail& sent,
                                                      const std::vector<RecipientReport>& failed) {
  const auto target = sent.sender ? target_of_sender(context, *sent.sender) : std::nullopt;
  if (!target) {
    log_warning("message {} came back for {} and nobody can be told", sent.message.hex(),
                failed.front().recipient.text());
    return std::optional<BouncePlan>();
  }
  return stage_report(context, *target,
                      {.envid = sent.envid, .received = sent.received, .header = {}}, failed);
}

Result<std::optional<BouncePlan>> plan_bounce_of_held(const FlowContext& context,
                                                      const store::Message& message,
                                                      const std::vector<RecipientReport>& failed) {
  const auto target = target_of(context, message);
  if (!target) return std::optional<BouncePlan>();
  return stage_report(context, *target,
                      {.envid = message.envid,
                       .received = message.received,
                       .header = {},
                       .opened = message.opened,
                       .origin = store::Origin::inside},
                      failed);
}

Result<std::optional<BouncePlan>> plan_bounce_of_sealed(
    const FlowContext& context, const store::SealedMail& mail,
    const std::vector<RecipientReport>& recipients, DsnAbout about) {
  const auto target = mail.sender ? target_of_sender(context, *mail.sender) : std::nullopt;
  if (!target) return std::optional<BouncePlan>();
  return stage_report(context, *target,
                      {.envid = mail.envid,
                       .received = mail.received,
                       .header = named_by(mail.message_id),
                       .origin = mail.origin,
                       .about = about},
                      recipients);
}

bool wants_delay_report(const Notify& notify, DelayTold told) {
  if (told == DelayTold::never) return false;
  return notify.given() ? notify.delay : told == DelayTold::unasked;
}

bool wants_success_report(const Notify& notify) { return notify.success; }

bool wants_report(const Notify& notify) { return !notify.given() || notify.failure; }

Status put_bounce(store::WriteTransaction& txn, const BouncePlan& plan, Time now) {
  return put_mail(txn, plan.message, plan.body, {plan.entry},
                  {now, "report", {{"to", plan.entry.recipients.front().mailbox.text()}}});
}

}  // namespace culvert::node
