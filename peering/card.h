// A card: who a node is, which domains it serves, with which certificates (protocol.md, "Identity
// and card"). This file makes, signs and reads cards; card_acceptance.h decides whether a card
// replaces the one we have. Pure functions, any thread.
//
// Members (frozen): version, type "card", sender, node, serial, incarnation (32 hex), issued,
// expires, domains [..], peering [urls], certificates {identity: PEM, signing: [PEM..],
// encryption: [PEM..]} (newest first), capabilities {content [..], key_management [..],
// max_message_bytes, tunnel [numbers of forms],
// documents [types]}, revoked [fingerprints of keys, hex].
#pragma once

#include <array>
#include <chrono>
#include <string>
#include <vector>

#include "crypto/keys/certificate.h"
#include "peering/document.h"

namespace culvert::peering {

inline constexpr std::size_t kMaxCardDomains = 1000;
inline constexpr std::size_t kMaxCardUrls = 8;
inline constexpr std::size_t kMaxCardCertificates = 64;  // of one use; 90 days of old keys fit
inline constexpr std::size_t kMaxRevoked = 10000;
inline constexpr std::size_t kMaxCapabilities = 64;
inline constexpr std::size_t kMaxNodeNameOctets = 253;
// How long a card is valid, and how often it is renewed.
inline constexpr std::chrono::hours kCardLifetime{14 * 24};
inline constexpr std::chrono::hours kCardRenewal{24};

using Incarnation = std::array<std::uint8_t, 16>;

// What a node can read and do. Names are as in protocol.md, "The card"; unknown names are kept and
// ignored.
struct Capabilities {
  std::vector<std::string> content;
  std::vector<std::string> key_management;
  std::uint64_t max_message_bytes = 0;
  // Forms of tunnel messages that it opens (Culvert-Tunnel). A card that does not say means {1}.
  std::vector<std::uint64_t> tunnel{1};
  // Types of documents that it takes besides those that every node takes.
  std::vector<std::string> documents{};
};
// What this version of Culvert reads.
Capabilities own_capabilities(std::uint64_t max_message_bytes);

struct Card {
  Fingerprint sender;
  std::string node{};
  std::uint64_t serial = 0;
  Incarnation incarnation{};
  Time issued{};
  Time expires{};
  std::vector<std::string> domains{};  // as on the card: card_acceptance.h sorts out what counts
  std::vector<std::string> urls{};
  crypto::Certificate identity;
  std::vector<crypto::Certificate> signing{};
  std::vector<crypto::Certificate> encryption{};
  Capabilities capabilities{};
  std::vector<Fingerprint> revoked{};
};

// Makes the card a CMS message, signed by the identity. permanent `bad-card` if the card breaks a
// limit; internal errors of the ring.
Result<Bytes> sign_card(const Card& card, const IdentitySigner& signer);

// Reads the card in a verified document. The card must be complete, within the limits and valid for
// at most kCardLifetime; its identity certificate must be that of `sender` and fit to be an
// identity. permanent `bad-card` or `bad-document`. Stored cards are read the same way.
Result<Card> read_card(const VerifiedDocument& document);

// A message that was verified and read as a card.
struct ReadCard {
  Card card;
  VerifiedDocument document;
};
Result<ReadCard> open_card(ByteView message);

}  // namespace culvert::peering
