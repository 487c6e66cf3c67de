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

constexpr std::string_view kNotAccepted =
    "its node has not accepted any domain of this node yet; its administrator runs `culvert route "
    "approve DOMAIN` there";

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

// Whom mail for a peer is sealed to, and who signs it.
struct SealingPair {
  crypto::Certificate recipient;
  crypto::Certificate signer;
};

// What the mail waits for, if it cannot be sealed for that peer now.
using SealingPairOrWait = std::variant<SealingPair, Postpone>;

SealingPairOrWait for_people(const PeerView& peer, const OwnKeys& keys, Time now) {
  if (now > peer.card_expires + peering::kClockDifference) {
    return Postpone{kWaitForRoute, "the peer's card has expired and no newer one came"};
  }
  const auto* recipient = peer.encryption_at(now);
  if (recipient == nullptr) {
    return Postpone{kWaitForRoute, "the peer's card has no valid encryption certificate"};
  }
  const auto* signer = keys.signer_for(peer.taken_serial, now);
  if (signer == nullptr) {
    return Postpone{kWaitForRoute,
                    "the peer has not taken the card with this node's new certificate yet, and the "
                    "old one has ended"};
  }
  return SealingPair{*recipient, *signer};
}

// The domains under which people's mail may be sealed for the peer: mail under any other would wait
// there.
std::vector<Domain> accepted_of(const PeerView& peer, const std::vector<Domain>& own) {
  if (!peer.accepted) return own;
  std::vector<Domain> both;
  for (const Domain& domain : own) {
    const auto& accepted = *peer.accepted;
    if (std::find(accepted.begin(), accepted.end(), domain) != accepted.end()) {
      both.push_back(domain);
    }
  }
  return both;
}

// What nodes say to each other must arrive after years of silence, too: it is opened with any key
// that the peer still has, and taken by any certificate that the identity issued.
SealingPairOrWait for_peering(const PeerView& peer, const OwnKeys& keys, Time now) {
  const auto* recipient = peer.encryption_at(now);
  if (recipient == nullptr && !peer.encryption.empty()) recipient = &peer.encryption.front();
  if (recipient == nullptr) {
    return Postpone{kWaitForRoute, "the peer's card has no encryption certificate"};
  }
  const auto* signer = keys.signer_for(peer.taken_serial, now);
  if (signer == nullptr) signer = keys.newest_signer(now);
  if (signer == nullptr) {
    return Postpone{kWaitForRoute, "this node's own certificates have ended, and are not renewed"};
  }
  return SealingPair{*recipient, *signer};
}

}  // namespace

AttemptPlan sealed_attempt(const FlowContext& context, store::QueueEntry entry,
                           store::Message message, const Fingerprint& peer, SealForm form) {
  const auto routing = context.routing.current();
  const PeerView* view = routing->peer(peer);
  const Time now = context.clock.now();
  if (view == nullptr) return Postpone{kWaitForRoute, "the peer is not known any more"};
  auto keys = context.keys.get();
  auto pair =
      form == SealForm::present ? for_people(*view, *keys, now) : for_peering(*view, *keys, now);
  if (auto* wait = std::get_if<Postpone>(&pair)) return std::move(*wait);
  auto& [recipient, signer] = std::get<SealingPair>(pair);
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
  const std::vector<Domain> under =
      form == SealForm::present ? accepted_of(*view, config->node.domains) : config->node.domains;
  if (under.empty()) return Postpone{kWaitForRoute, std::string(kNotAccepted)};
  SealPlan seal{std::move(keys),
                peer,
                std::move(recipient),
                std::move(signer),
                config->node.domains,
                peering::choose_culvert_from(author_of(message), message.sender, under),
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
