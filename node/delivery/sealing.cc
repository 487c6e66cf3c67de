#include "node/delivery/sealing.h"

#include <algorithm>

#include "peering/document.h"
#include "peering/form_choice.h"
#include "peering/trouble.h"
#include "peering/tunnel_header.h"
#include "peering/tunnel_seal.h"
#include "store/sealed_mail.h"

namespace culvert::node {
namespace {

// Marks a token's input as the name of the outer message instead of an attempt.
constexpr std::uint32_t kMessageIdMark = 0x80000000;

std::optional<Domain> author_of(const store::Message& message) {
  auto domain = Domain::parse(message.from_domain);
  return domain ? std::optional(*std::move(domain)) : std::nullopt;
}

// The time of the message, so that names are adjacent in the store, and a token.
Bytes outer_name(const peering::SealedId& id, std::string_view token) {
  Bytes name(id.begin(), id.begin() + store::kSealedTimeBytes);
  append(name, from_hex(token).value());
  return name;
}

// What prevents mail from being sealed for that peer now. Nothing: it may go.
std::optional<Postpone> what_it_waits_for(const PeerView* peer, Time now) {
  if (peer != nullptr && now > peer->card_expires + peering::kClockDifference) {
    return Postpone{kWaitForRoute, "the peer's card has expired and no newer one came"};
  }
  if (peer == nullptr || peer->encryption_at(now) == nullptr) {
    return Postpone{kWaitForRoute, "the peer's card has no valid encryption certificate"};
  }
  return std::nullopt;
}

}  // namespace

AttemptPlan sealed_attempt(const FlowContext& context, store::QueueEntry entry,
                           store::Message message, const Fingerprint& peer, SealForm form) {
  const auto routing = context.routing.current();
  const PeerView* view = routing->peer(peer);
  const Time now = context.clock.now();
  if (auto wait = what_it_waits_for(view, now)) return *std::move(wait);
  if (form == SealForm::present) {
    // Routing says the same, but the card may have changed since routing was asked.
    const std::string why = peering::why_not_understood(view->tunnel_forms, entry.destination);
    if (!why.empty()) return Postpone{kWaitForRoute, why};
  }
  // Not every sender gives a size at MAIL, and the peer would keep larger mail from its people.
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
      form == SealForm::present ? peering::TunnelForm::present
                                : peering::form_for_peering(view->tunnel_forms)};
  peering::SealedId id{};
  std::copy_n(message.id.view().begin(), id.size(), id.begin());
  const std::uint32_t number = static_cast<std::uint32_t>(entry.id.number) << 16;
  const ByteView key = seal.keys->token_key.view();
  seal.token = peering::tunnel_token(key, id, number + entry.attempts);
  seal.name = outer_name(id, peering::tunnel_token(key, id, kMessageIdMark | entry.id.number));
  seal.message_id = peering::outer_message_id(seal.name, seal.from);
  return Attempt{std::move(entry), std::move(message), std::move(seal)};
}

}  // namespace culvert::node
