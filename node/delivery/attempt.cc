#include "node/delivery/attempt.h"

#include <algorithm>

#include "crypto/base/hidden_route.h"
#include "node/smtp/parameters.h"
#include "node/smtp/replies.h"
#include "peering/document.h"
#include "peering/form_choice.h"
#include "peering/trouble.h"
#include "peering/tunnel_header.h"
#include "peering/tunnel_seal.h"
#include "store/sealed_mail.h"

namespace culvert::node {
namespace {

// Mail for a route that does not work is looked at again so often even if nothing wakes it.
constexpr std::chrono::seconds kWaitForRoute{60};
// "Encryption Needed" of the enhanced status codes (RFC 5248).
constexpr std::string_view kMustBeSealed = "5.7.10";
// In a token's input: not an attempt, but the name of the outer message.
constexpr std::uint32_t kMessageIdMark = 0x80000000;

DsnReturn wire(store::Ret ret) {
  switch (ret) {
    case store::Ret::unset:
      return DsnReturn::not_given;
    case store::Ret::full:
      return DsnReturn::full;
    case store::Ret::hdrs:
      return DsnReturn::headers;
  }
  return DsnReturn::not_given;
}

std::optional<Domain> author_of(const store::Message& message) {
  auto domain = Domain::parse(message.from_domain);
  return domain ? std::optional(*std::move(domain)) : std::nullopt;
}

// The time of the message, so that names lie side by side in the store, and a token.
Bytes outer_name(const peering::SealedId& id, std::string_view token) {
  Bytes name(id.begin(), id.begin() + store::kSealedTimeBytes);
  append(name, from_hex(token).value());
  return name;
}

// What keeps mail from being sealed for that peer now; nothing: it may go.
std::optional<Postpone> what_it_waits_for(const PeerView* peer, const store::QueueEntry& entry,
                                          Time now) {
  if (peer != nullptr && now > peer->card_expires + peering::kClockDifference) {
    return Postpone{kWaitForRoute, "the peer's card has expired and no newer one came"};
  }
  if (peer == nullptr || peer->encryption_at(now) == nullptr) {
    return Postpone{kWaitForRoute, "the peer's card has no valid encryption certificate"};
  }
  // Routing says the same; but the card may have changed since it was asked. Peering mail goes on
  // in a form that the peer opens, or two nodes of different age could never pair.
  if (entry.path == store::DeliveryPath::proof) return std::nullopt;
  const std::string why = peering::why_not_understood(peer->tunnel_forms, entry.destination);
  return why.empty() ? std::nullopt : std::optional(Postpone{kWaitForRoute, why});
}

AttemptPlan sealed_attempt(const FlowContext& context, store::QueueEntry entry,
                           store::Message message, const Fingerprint& peer) {
  const auto routing = context.routing.current();
  const PeerView* view = routing->peer(peer);
  const Time now = context.clock.now();
  if (auto wait = what_it_waits_for(view, entry, now)) return *std::move(wait);
  // Not every sender says a size at MAIL, and the peer would keep from its people what is larger.
  if (view->largest_message_bytes > 0 && message.size_bytes > view->largest_message_bytes) {
    return GiveUp{"5.3.4", "its node takes messages of at most " +
                               std::to_string(view->largest_message_bytes) + " octets"};
  }
  const auto config = context.config.get();
  SealPlan seal{
      context.keys.get(),
      peer,
      *view->encryption_at(now),
      config->node.domains,
      peering::choose_culvert_from(author_of(message), message.sender, config->node.domains),
      {},
      {},
      {},
      entry.path == store::DeliveryPath::proof ? peering::form_for_peering(view->tunnel_forms)
                                               : peering::TunnelForm::present};
  peering::SealedId id{};
  std::copy_n(message.id.view().begin(), id.size(), id.begin());
  const std::uint32_t number = static_cast<std::uint32_t>(entry.id.number) << 16;
  const ByteView key = seal.keys->token_key.view();
  seal.token = peering::tunnel_token(key, id, number + entry.attempts);
  seal.name = outer_name(id, peering::tunnel_token(key, id, kMessageIdMark | entry.id.number));
  seal.message_id = peering::outer_message_id(seal.name, seal.from);
  return Attempt{std::move(entry), std::move(message), std::move(seal)};
}

AttemptPlan tunnel_attempt(const FlowContext& context, store::QueueEntry entry,
                           store::Message message, const Domain& domain) {
  const auto routing = context.routing.current();
  const RouteView* route = routing->route_of(domain);
  if (route != nullptr && route->use == RouteUse::seals) {
    return sealed_attempt(context, std::move(entry), std::move(message), route->peer);
  }
  if (route != nullptr && route->use == RouteUse::waits) {
    return Postpone{kWaitForRoute, route->why_waiting};
  }
  // The route was released: what policy says of each recipient decides now. A report about mail
  // that came through a tunnel goes back through a tunnel or not at all.
  const bool report_of_sealed = message.listener == store::Listener::own && message.opened;
  const auto may_go_clear = [&](const store::QueueRecipient& r) {
    return routing->decide_for(message.sender, r.mailbox, false).path == Path::clear;
  };
  if (!report_of_sealed &&
      std::any_of(entry.recipients.begin(), entry.recipients.end(), may_go_clear)) {
    return Redirect{store::DeliveryPath::clear, entry.destination};
  }
  return GiveUp{std::string(kMustBeSealed),
                "it must be encrypted, and there is no active route to " + domain.text()};
}

AttemptPlan clear_attempt(const FlowContext& context, store::QueueEntry entry,
                          store::Message message) {
  const auto routing = context.routing.current();
  std::vector<store::QueueRecipient> attempted;
  std::vector<RefusedRecipient> refused;
  for (const store::QueueRecipient& r : entry.recipients) {
    const PathDecision decision = routing->decide_for(message.sender, r.mailbox, false);
    if (decision.path == Path::tunnel) {
      return Redirect{store::DeliveryPath::tunnel, entry.destination};
    }
    if (decision.path == Path::refuse) {
      refused.push_back({r,
                         {std::string(kMustBeSealed),
                          "encryption is mandatory now, and " + decision.reasons.front()}});
    } else {
      attempted.push_back(r);
    }
  }
  if (attempted.empty()) return refused.front().why;
  entry.recipients = std::move(attempted);
  return Attempt{std::move(entry), std::move(message), std::nullopt, std::move(refused)};
}

// True for a domain to which the next server's own report would stay with it, or with us. A peer's
// node opens no mail with such a sender of its own (peering/tunnel_open.h), and it would be stuck
// there.
bool is_told_nearby(const FlowContext& context, const Attempt& attempt, const Domain& domain) {
  if (may_be_local(domain, context.config.get()->node.domains)) return true;
  if (!attempt.seal) return false;
  const auto routing = context.routing.current();
  const RouteView* route = routing->route_of(domain);
  return route != nullptr && route->peer == attempt.seal->peer;
}

// Attack: Relay. The last gate before everything that is handed to the inside server or sealed for
// a peer, also for what waited since before a rule or a route changed.
AttemptPlan without_hidden_routes(const FlowContext& context, AttemptPlan plan) {
  auto* attempt = std::get_if<Attempt>(&plan);
  if (attempt == nullptr || (attempt->entry.path != store::DeliveryPath::inside &&
                             attempt->entry.path != store::DeliveryPath::tunnel)) {
    return plan;
  }
  std::vector<store::QueueRecipient> safe;
  for (store::QueueRecipient& r : attempt->entry.recipients) {
    const auto what = hidden_route(r.mailbox);
    if (what) {
      const Reply reply = replies::hidden_route(r.mailbox, *what);
      attempt->refused.push_back({std::move(r), {reply.enhanced, reply.lines.front()}});
    } else {
      safe.push_back(std::move(r));
    }
  }
  if (safe.empty()) return GiveUp(attempt->refused.front().why);
  attempt->entry.recipients = std::move(safe);
  // Nor may the next server report to such a sender: it gets the mail from nobody then.
  const ReversePath& sender = attempt->message.sender;
  if (sender && hidden_route(*sender) && is_told_nearby(context, *attempt, sender->domain())) {
    attempt->message.sender.reset();
  }
  return plan;
}

}  // namespace

bool Attempt::under_tunnel_address() const {
  if (!seal || !message.sender) return false;
  const auto& own = seal->own_domains;
  return std::find(own.begin(), own.end(), message.sender->domain()) == own.end();
}

ClientEnvelope Attempt::envelope() const {
  ClientEnvelope out;
  out.mail.sender = message.sender;
  if (under_tunnel_address()) out.mail.sender = peering::tunnel_address(seal->token, seal->from);
  const std::uint64_t plain = message.size_bytes + message.added_header.size();
  if (seal) {  // its outer header is ASCII, unless an address needs more
    out.mail.parameters.size_bytes = peering::sealed_size_estimate(plain, entry.recipients.size());
  } else {
    out.mail.parameters.smtputf8 = message.smtputf8;
    out.mail.parameters.size_bytes = plain;
    out.mail.parameters.body = message.body_kind == store::BodyKind::eight_bit_mime
                                   ? BodyKind::eight_bit_mime
                                   : BodyKind::seven_bit;
    out.mail.parameters.ret = wire(message.ret);
    out.mail.parameters.envid = message.envid;
  }
  for (const store::QueueRecipient& r : entry.recipients) {
    RcptCommand rcpt{r.mailbox, {}};
    // What the sender asked of reports travels inside the seal.
    if (!seal) {
      rcpt.parameters.notify = parse_notify(r.notify).value_or(Notify{});
      rcpt.parameters.orcpt = r.orcpt;
    }
    out.recipients.push_back(std::move(rcpt));
  }
  return out;
}

AttemptPlan plan_attempt(const FlowContext& context, store::QueueEntry entry,
                         store::Message message) {
  // Whom it would be sealed for, or whether it may go in clear, cannot be told any more.
  if (context.store.is_altered() && entry.path != store::DeliveryPath::inside) {
    return Postpone{kWaitForTrust, context.store.altered()};
  }
  switch (entry.path) {
    case store::DeliveryPath::inside:
    case store::DeliveryPath::open:
      return without_hidden_routes(context,
                                   Attempt{std::move(entry), std::move(message), std::nullopt});
    case store::DeliveryPath::clear:
      return clear_attempt(context, std::move(entry), std::move(message));
    case store::DeliveryPath::proof: {
      const Fingerprint peer = entry.peer.value_or(Fingerprint{});
      return sealed_attempt(context, std::move(entry), std::move(message), peer);
    }
    case store::DeliveryPath::tunnel: {
      const auto domain = Domain::parse(entry.destination);
      if (!domain) return GiveUp{"5.1.2", domain.error().text};
      return without_hidden_routes(
          context, tunnel_attempt(context, std::move(entry), std::move(message), *domain));
    }
  }
  return GiveUp{"5.3.0", "unknown path"};
}

}  // namespace culvert::node
