// When a card replaces the one we have: the "if and only if" of protocol.md, "Identity and card".
// Pure functions, any thread. The signature is verified already (VerifiedDocument) and the sender
// is the pinned identity (that is how the stored card was found).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/base/names.h"
#include "crypto/keys/digest.h"
#include "peering/card.h"
#include "peering/refusal_word.h"

namespace culvert::peering {

// Incarnations of one identity. A node gets a new one by `init` and `restore`: a few in its life.
inline constexpr std::size_t kMaxIncarnations = 100;

// What we know of the sender from its earlier cards.
struct KnownCard {
  std::uint64_t serial = 0;
  Incarnation incarnation{};
  Time issued{};
  crypto::Sha256 content_digest{};  // SHA-256 of the eContent
  // `issued` of the first card of the current incarnation.
  Time incarnation_since{};
  // True if the incarnation of the card that is judged was seen before (now or in the past).
  bool incarnation_seen = false;
  std::size_t incarnations = 0;  // ever seen of it
};

enum class CardVerdict {
  accepted,
  repeated,    // the very card that is stored: nothing changes, nothing is wrong
  refused,     // not accepted; changes nothing
  copied_key,  // proof that a copy of the identity's key is in use: hold mail, tell a person
};

// True if taking a card with that verdict changed what may be sent to its sender.
constexpr bool changes_routes(CardVerdict verdict) {
  return verdict == CardVerdict::accepted || verdict == CardVerdict::copied_key;
}

// True if the card was not accepted, and is not the one that we have.
constexpr bool is_refusal(CardVerdict verdict) {
  return verdict == CardVerdict::refused || verdict == CardVerdict::copied_key;
}

struct CardJudgement {
  CardVerdict verdict = CardVerdict::refused;
  const char* word = kRefusedStale;          // if refused, what its sender is told
  std::string reason;                        // one line for logs and `peer show`
  std::vector<Domain> domains;               // if accepted: those that count, ascending
  std::vector<std::string> ignored;          // if accepted: "domain: why", for people
  std::vector<crypto::Certificate> signing;  // if accepted: those that count, newest first
  std::vector<crypto::Certificate> encryption;
};

struct CardRules {
  const std::vector<Domain>& own_domains;
  Time now;
};

// `known` is empty for a first card, whose trust comes from a code or a person.
CardJudgement judge_card(const ReadCard& received, const std::optional<KnownCard>& known,
                         const CardRules& rules);

}  // namespace culvert::peering
