#include "node/peers/own_card.h"

#include "node/flow/key_renewal.h"
#include "node/peers/https_carrier.h"

namespace culvert::node {

Result<store::OwnCard> current_card(store::Store& store, const OwnKeys& keys, const Config& config,
                                    const std::string& url, Time now) {
  Result<store::OwnCard> card = internal_error("no-card", "the card was not made");
  const Status written = store.write([&](store::WriteTransaction& txn) -> Status {
    peering::OwnFacts facts;
    facts.node = config.node.name.text();
    facts.domains = config.node.domains;
    facts.urls = {url};
    facts.capabilities = peering::own_capabilities(config.smtp.max_message_bytes);
    peering::add_stored_certificates(txn, keys.identity.key_id(), now, facts);
    card = peering::renew_own_card(txn, facts, {keys.ring, keys.identity}, now);
    return card ? done() : Status(card.error());
  });
  if (!written) return written.error();
  return card;
}

bool is_due_for_renewal(const store::OwnCard& card, Time now) {
  return now < card.issued || now >= card.issued + peering::kCardRenewal;
}

Result<peering::AcceptedPeer> accept_code(store::Store& store, const Config& config,
                                          const peering::ReadCode& code, const std::string& own_url,
                                          const peering::AcceptWish& wish) {
  // The node may have been off for so long that the partner would get a card without certificates.
  if (const auto renewed = renew_tunnel_keys(store, wish.now, Renewal::if_due); !renewed) {
    return renewed.error();
  }
  auto keys = load_own_keys(store, wish.now);
  if (!keys) return keys.error();
  auto card = current_card(store, **keys, config, own_url, wish.now);
  if (!card) return card.error();
  HttpsCarrier carrier({.addresses = address_rule(config, own_url)});
  const peering::PairingSelf self{
      {(*keys)->ring, (*keys)->identity}, card->card, config.node.domains};
  return peering::accept_invitation(store, self, code, carrier, wish);
}

}  // namespace culvert::node
