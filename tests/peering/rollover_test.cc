// When tunnel certificates are renewed, what the card lists of them, and when their keys go
// (protocol.md, "Rollover").
#include "peering/rollover.h"

#include <gtest/gtest.h>

#include "tests/peering/test_node.h"

namespace culvert::peering {
namespace {

using namespace std::chrono_literals;
using store::CertificateRole;
using store::StoredCertificate;

constexpr std::chrono::hours kDay{24};

StoredCertificate certificate(Time not_before, std::uint8_t serial = 0) {
  StoredCertificate out;
  out.role = CertificateRole::tunnel_sign;
  out.serial = Bytes(16, serial);
  out.key_name = "held";
  out.not_before = not_before;
  out.not_after = not_before + 90 * kDay;
  return out;
}

TEST(Rollover, RenewsAtTwoThirdsOfALifeAndWithinADayAfter) {
  const Time start = start_time();
  Time first = start + 1000 * kDay;
  Time last = start;
  for (int serial = 0; serial < 256; ++serial) {
    const Time at = renewal_of(certificate(start, static_cast<std::uint8_t>(serial)));
    first = std::min(first, at);
    last = std::max(last, at);
  }
  EXPECT_GE(first, start + 60 * kDay);
  EXPECT_LT(last, start + 61 * kDay);
  EXPECT_GT(last - first, 20h) << "nodes of one day renew all over the next";
}

TEST(Rollover, TheNewestUsableCertificateDecides) {
  const Time start = start_time();
  const auto older = certificate(start);
  const auto newer = certificate(start + 50 * kDay);
  const Time now = start + 61 * kDay;
  EXPECT_EQ(next_renewal({older, newer}, now), renewal_of(newer));
  EXPECT_EQ(next_renewal({newer, older}, now), renewal_of(newer));
  EXPECT_EQ(next_renewal({}, now), now);
  EXPECT_EQ(next_renewal({older}, start + 91 * kDay), start + 91 * kDay) << "it has ended";
  EXPECT_EQ(next_renewal({newer}, start), start) << "it has not begun: a clock was wrong";
  auto without_key = newer;
  without_key.key_name.clear();
  EXPECT_EQ(next_renewal({older, without_key}, now), renewal_of(older));
}

TEST(Rollover, AKeyGoesNinetyDaysAfterItsCertificateLeftTheCard) {
  auto old = certificate(start_time());
  EXPECT_FALSE(key_may_go(old, start_time() + 180 * kDay - 1s)) << "it never was on one";
  EXPECT_TRUE(key_may_go(old, start_time() + 180 * kDay));
  old.left_card = start_time() + 95 * kDay;
  EXPECT_FALSE(key_may_go(old, start_time() + 185 * kDay - 1s));
  EXPECT_TRUE(key_may_go(old, start_time() + 185 * kDay));
  old.role = CertificateRole::identity;
  EXPECT_FALSE(key_may_go(old, start_time() + 1000 * kDay)) << "an identity's never";
  old.role = CertificateRole::tunnel_encrypt;
  old.key_name.clear();
  EXPECT_FALSE(key_may_go(old, start_time() + 180 * kDay)) << "it is gone";
}

class ListedCertificates : public testing::Test {
 protected:
  // As the node stores a certificate that it made at `now`.
  void issue(CertificateRole role, crypto::TunnelUse use, Time now) {
    const auto made = crypto::make_tunnel_certificate(
        {node_.identity().key, node_.identity().certificate}, use, now);
    ASSERT_TRUE(made.ok());
    StoredCertificate stored;
    stored.role = role;
    stored.der = made->certificate.der();
    stored.issuer = made->certificate.issuer();
    stored.serial = made->certificate.serial();
    stored.key_name = "held";
    stored.not_before = made->certificate.not_before();
    stored.not_after = made->certificate.not_after();
    node_.write([&](store::WriteTransaction& txn) { store::put_certificate(txn, stored); });
  }
  void issue_pair(Time now) {
    issue(CertificateRole::tunnel_sign, crypto::TunnelUse::sign, now);
    issue(CertificateRole::tunnel_encrypt, crypto::TunnelUse::encrypt, now);
  }
  // The card that the node makes at `now` with what is stored.
  Card card_at(Time now) {
    Bytes message;
    node_.write([&](store::WriteTransaction& txn) {
      OwnFacts facts = node_.facts();
      add_stored_certificates(txn, node_.fingerprint(), now, facts);
      auto made = renew_own_card(txn, facts, node_.signer(), now);
      ASSERT_TRUE(made.ok());
      message = made->card;
    });
    return open_card(message)->card;
  }
  // Of that role, newest first.
  std::vector<StoredCertificate> stored(CertificateRole role) {
    std::vector<StoredCertificate> out;
    node_.read([&](const store::ReadTransaction& txn) { out = list_certificates(txn, role); });
    return out;
  }

  TestNode node_{"gate.a.example", {"a.example"}};
};

TEST_F(ListedCertificates, NoteTheCardThatFirstListedThemAndTheTimeAtWhichTheyLeft) {
  const Time start = start_time();
  issue_pair(start);
  const Card first = card_at(start + 1s);
  EXPECT_EQ(first.signing.size(), 1U);
  issue_pair(start + 60 * kDay);
  const Card second = card_at(start + 60 * kDay);
  ASSERT_EQ(second.signing.size(), 2U);
  EXPECT_GT(second.signing[0].not_before(), second.signing[1].not_before()) << "newest first";
  EXPECT_EQ(second.encryption.size(), 2U);
  const auto listed = stored(CertificateRole::tunnel_sign);
  ASSERT_EQ(listed.size(), 2U);
  EXPECT_EQ(listed[0].listed_serial, second.serial);
  EXPECT_EQ(listed[1].listed_serial, first.serial);
  EXPECT_FALSE(listed[1].left_card);
  const Time later = start + 91 * kDay;
  const Card third = card_at(later);
  EXPECT_EQ(third.signing, std::vector{second.signing[0]}) << "it leaves at its end";
  for (const auto role : {CertificateRole::tunnel_sign, CertificateRole::tunnel_encrypt}) {
    EXPECT_EQ(stored(role)[1].left_card, later);
    EXPECT_FALSE(stored(role)[0].left_card);
  }
}

// A clock that ran ahead for a while ends nothing.
TEST_F(ListedCertificates, AreBackOnTheCardOnceTheClockIsRight) {
  const Time start = start_time();
  issue_pair(start);
  static_cast<void>(card_at(start + 1s));
  EXPECT_TRUE(card_at(start + 1000 * kDay).signing.empty());
  EXPECT_TRUE(stored(CertificateRole::tunnel_sign)[0].left_card);
  EXPECT_EQ(card_at(start + 2 * kDay).signing.size(), 1U);
  EXPECT_FALSE(stored(CertificateRole::tunnel_sign)[0].left_card);
}

TEST_F(ListedCertificates, AllThatSignAreListedAndTheTwoNewestOfTheOthers) {
  for (int i = 0; i < 5; ++i)
    issue_pair(start_time() + i * 1s);
  const Card card = card_at(start_time() + 10s);
  EXPECT_EQ(card.signing.size(), 5U);
  EXPECT_EQ(card.encryption.size(), kListedEncryption);
  const auto stored_ones = stored(CertificateRole::tunnel_encrypt);
  EXPECT_EQ(card.encryption[0].der(), stored_ones[0].der);
  EXPECT_FALSE(stored_ones[4].left_card) << "it was on no card, and its key is never needed";
}

}  // namespace
}  // namespace culvert::peering
