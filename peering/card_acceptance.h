// Whether a card replaces the one we have: the "if and only if" of protocol.md, "Identity and
// card". Pure functions, any thread. The signature is already verified (VerifiedDocument), and the
// sender is the pinned identity, because the stored card was found by it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/base/names.h"
#include "crypto/keys/digest.h"
#include "peering/card.h"
#include "peering/refusal_word.h"

namespace culvert::peering {

// Incarnations of one identity. `init` and `restore` give a node a new one: a few in its life.
inline constexpr std::size_t kMaxIncarnations = 100;
// A second new one within this time is not believed: whoever has a copy of the key could follow
// each new incarnation with one of his own.
inline constexpr std::chrono::hours kIncarnationRest{30 * 24};

// What we know of the sender from its earlier cards.
struct KnownCard {
  std::uint64_t serial = 0;
  Incarnation incarnation{};
  Time issued{};
  crypto::Sha256 content_digest{};  // SHA-256 of the eContent
  // `issued` of the first card of the current incarnation.
  Time incarnation_since{};
  // True if the judged card's incarnation is the current one or was seen before it.
  bool incarnation_seen = false;
  std::size_t incarnations = 0;  // ever seen of this identity
  Time newest_incarnation{};     // when the newest of them began
  // When an administrator last ended a hold. Cards that were issued before are public, and anybody
  // may bring them again: they prove nothing new.
  Time resumed{};
  // The incarnation that an administrator chose after a hold, and the earliest issue of a card of
  // it that counts. Nothing: there is no choice.
  std::optional<Incarnation> chosen{};
  Time chosen_since{};
};

enum class CardVerdict {
  accepted,
  repeated,    // the card that is stored: nothing changes, nothing is wrong
  refused,     // changes nothing
  copied_key,  // proof that a copy of the identity's key is in use: hold mail, tell a person
};

// True if taking a card with this verdict changes what may be sent to its sender.
constexpr bool changes_routes(CardVerdict verdict) {
  return verdict == CardVerdict::accepted || verdict == CardVerdict::copied_key;
}

// True if the card is neither accepted nor the one that we have.
constexpr bool is_refusal(CardVerdict verdict) {
  return verdict == CardVerdict::refused || verdict == CardVerdict::copied_key;
}

struct CardJudgement {
  CardVerdict verdict = CardVerdict::refused;
  const char* word = kRefusedStale;          // if refused: what its sender is told
  std::string reason;                        // one line for logs and `peer show`
  std::vector<Domain> domains;               // if accepted: those that count, ascending
  std::vector<std::string> ignored;          // if accepted: "domain: why", for people
  std::vector<crypto::Certificate> signing;  // if accepted: those that count, newest first
  std::vector<crypto::Certificate> encryption;
};

struct CardRules {
  const std::vector<Domain>& own_domains;
  Time now;
  std::string address{};  // from where the card came, for people
};

// `known` is empty for a first card, which is trusted because of a code or a person.
CardJudgement judge_card(const ReadCard& received, const std::optional<KnownCard>& known,
                         const CardRules& rules);

}  // namespace culvert::peering
