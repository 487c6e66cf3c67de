#include "peering/card_acceptance.h"

#include <algorithm>

#include "crypto/base/log.h"
#include "crypto/keys/chain.h"

namespace culvert::peering {
namespace {

CardJudgement judgement(CardVerdict verdict, std::string reason) {
  CardJudgement out;
  out.verdict = verdict;
  out.reason = std::move(reason);
  return out;
}

// Checks serial and incarnation against the card that we have; nothing if they are right.
std::optional<CardJudgement> judge_order(const ReadCard& received, const KnownCard& known,
                                         Time now) {
  const Card& card = received.card;
  if (known.chosen && card.incarnation == *known.chosen && card.incarnation != known.incarnation) {
    if (card.issued >= known.chosen_since) return std::nullopt;
    return judgement(CardVerdict::refused, "older than what the administrator chose");
  }
  if (card.incarnation == known.incarnation) {
    if (card.serial > known.serial) return std::nullopt;
    if (card.serial < known.serial) {
      return judgement(CardVerdict::refused, "older than the card that we have");
    }
    if (crypto::sha256(received.document.content()) == known.content_digest) {
      return judgement(CardVerdict::repeated, "the card that we have");
    }
    return judgement(CardVerdict::copied_key, "two cards with the same serial");
  }
  if (known.incarnation_seen) {
    if (card.issued > known.incarnation_since) {
      return judgement(CardVerdict::copied_key, "a past incarnation issued a card");
    }
    return judgement(CardVerdict::refused, "a card of a past incarnation");
  }
  // Each incarnation is remembered for ever, so their number needs a limit.
  if (known.incarnations >= kMaxIncarnations) {
    return judgement(CardVerdict::refused, "more incarnations than an identity may have");
  }
  if (card.issued > known.issued) {
    const bool is_soon =
        known.incarnations > 1 && now < known.newest_incarnation + kIncarnationRest;
    if (!is_soon) return std::nullopt;
    return judgement(CardVerdict::copied_key, "a second new incarnation within 30 days");
  }
  return judgement(CardVerdict::refused, "a new incarnation, but older than the card that we have");
}

// A domain that counts, or why it does not.
struct JudgedDomain {
  std::optional<Domain> domain;
  std::string why;
};

JudgedDomain judge_domain(const std::string& text, const std::vector<Domain>& own_domains) {
  if (text.find('*') != std::string::npos) return {{}, "a wildcard"};
  auto domain = Domain::parse(text);
  if (!domain || domain->text() != text) return {{}, "not a domain in lower-case A-labels"};
  if (domain->is_public_suffix()) return {{}, "a public suffix"};
  if (std::find(own_domains.begin(), own_domains.end(), *domain) != own_domains.end()) {
    return {{}, "served by this node"};
  }
  return {*std::move(domain), {}};
}

void take_domains_that_count(const Card& card, const CardRules& rules, CardJudgement& into) {
  for (const std::string& text : card.domains) {
    JudgedDomain judged = judge_domain(text, rules.own_domains);
    if (judged.domain) {
      into.domains.push_back(*std::move(judged.domain));
    } else {
      into.ignored.push_back(printable(text, 80) + ": " + judged.why);
    }
  }
  std::sort(into.domains.begin(), into.domains.end());
  into.domains.erase(std::unique(into.domains.begin(), into.domains.end()), into.domains.end());
}

enum class Use { sign, agree };

// Those that the identity issued for mail and for this use. Others are ignored and reported,
// because an administrator may want to allow another authority's certificate for this peer.
std::vector<crypto::Certificate> certificates_that_count(
    const std::vector<crypto::Certificate>& all, Use use, const Card& card, CardJudgement& into) {
  std::vector<crypto::Certificate> out;
  for (const crypto::Certificate& certificate : all) {
    const bool fits = certificate.may_protect_mail() &&
                      (use == Use::sign ? certificate.may_sign() : certificate.may_agree());
    // Checked at a time within its life, because old encryption certificates stay on a card.
    const auto issued =
        crypto::check_issued_by(certificate, card.identity, certificate.not_before());
    if (fits && issued) {
      out.push_back(certificate);
    } else {
      into.ignored.push_back("certificate " + certificate.serial_hex() +
                             ": not a tunnel certificate of this identity");
    }
  }
  return out;
}

}  // namespace

CardJudgement judge_card(const ReadCard& received, const std::optional<KnownCard>& known,
                         const CardRules& rules) {
  const Card& card = received.card;
  if (known) {
    auto wrong = judge_order(received, *known, rules.now);
    const bool is_old_news =
        wrong && wrong->verdict == CardVerdict::copied_key && card.issued <= known->resumed;
    if (is_old_news) return judgement(CardVerdict::refused, wrong->reason + ", as is known");
    if (wrong) return *std::move(wrong);
  }
  if (rules.now < card.issued - kClockDifference) {
    CardJudgement ahead = judgement(CardVerdict::refused, "the card is from the future");
    ahead.word = kRefusedClock;
    return ahead;
  }
  if (rules.now > card.expires + kClockDifference) {
    return judgement(CardVerdict::refused, "the card has expired");
  }
  CardJudgement out = judgement(CardVerdict::accepted, "accepted");
  take_domains_that_count(card, rules, out);
  out.signing = certificates_that_count(card.signing, Use::sign, card, out);
  out.encryption = certificates_that_count(card.encryption, Use::agree, card, out);
  return out;
}

}  // namespace culvert::peering
