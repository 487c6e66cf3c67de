#include "peering/introduction.h"

#include <algorithm>

#include "crypto/base/log.h"
#include "peering/fingerprint_digits.h"

namespace culvert::peering {
namespace {

// Six groups of five digits and the blanks between them.
constexpr std::size_t kHalf = 6 * 5 + 5;

std::string half_of(const Fingerprint& fingerprint) {
  return fingerprint_digits(fingerprint).substr(0, kHalf);
}

std::string digits_of(std::string_view text) {
  std::string digits;
  std::copy_if(text.begin(), text.end(), std::back_inserter(digits),
               [](char c) { return c >= '0' && c <= '9'; });
  return digits;
}

Status check_named(const CardJudgement& judged, const std::vector<Domain>& named) {
  for (const Domain& domain : named) {
    const auto& counts = judged.domains;
    if (std::find(counts.begin(), counts.end(), domain) != counts.end()) continue;
    return permanent_error("not-its-domain",
                           "the card does not list " + domain.text() +
                               ", or it does not count here, so that node is not its peer");
  }
  return done();
}

}  // namespace

std::string common_number(const Fingerprint& one, const Fingerprint& other) {
  const std::string first = half_of(one), second = half_of(other);
  return std::min(first, second) + " " + std::max(first, second);
}

bool is_number(std::string_view typed, std::string_view number) {
  return digits_of(typed) == digits_of(number);
}

Status introduce(store::WriteTransaction& txn, const ReadCard& card, const Introduction& how,
                 const CardRules& rules) {
  const auto known = store::find_peer(txn, card.card.sender);
  if (known && store::is_partner(known->state)) {
    return permanent_error("paired-already",
                           printable(known->name, 80) +
                               " is paired with this node already; `culvert route approve` lets it "
                               "have further domains");
  }
  const CardJudgement judged = judge_card(card, known_card(txn, card.card), rules);
  if (judged.verdict == CardVerdict::accepted) {
    if (const Status fit = check_named(judged, how.named); !fit) return fit;
  }
  Pairing pairing;
  pairing.origin = how.origin;
  pairing.address = how.address;
  pairing.named = how.named;
  pairing.agreed = rules.now;
  pairing.is_confirmed = false;
  return pair_with(txn, card, pairing, rules);
}

Status confirm_peer(store::WriteTransaction& txn, const Fingerprint& fingerprint, Time now) {
  auto peer = store::find_peer(txn, fingerprint);
  if (!peer || peer->state != store::PeerState::unconfirmed) {
    return permanent_error("not-unconfirmed", "that peer does not wait for a confirmation");
  }
  return confirm_pairing(txn, *peer, now);
}

}  // namespace culvert::peering
