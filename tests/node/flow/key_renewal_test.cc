// The node's own tunnel keys: renewed when due, kept while they may be needed, and with whom each
// is used.
#include "node/flow/key_renewal.h"

#include "crypto/keys/certificate_maker.h"
#include "node/flow/key_records.h"
#include "peering/card.h"
#include "peering/rollover.h"
#include "store/secrets.h"
#include "tests/node/flow/fixture.h"

namespace culvert::node {
namespace {

using store::CertificateRole;
using store::StoredCertificate;

constexpr std::chrono::hours kDay{24};

class KeyRenewal : public FlowTest {
 protected:
  // As `culvert init` leaves it.
  void SetUp() override {
    const auto identity = crypto::make_identity(config.node.name, kStart);
    ASSERT_TRUE(identity.ok());
    write([&](store::WriteTransaction& txn) {
      put_key(txn, CertificateRole::identity, *identity, kStart);
      store::put_secret(txn, kTokenKeyName, SecretBytes(crypto::SealingKey::generate().view()));
    });
    ASSERT_TRUE(renewed(kStart));
  }

  void write(const std::function<void(store::WriteTransaction&)>& fn) {
    ASSERT_TRUE(db->write([&](store::WriteTransaction& txn) {
                    fn(txn);
                    return done();
                  }).ok());
  }
  bool renewed(Time now, Renewal renewal = Renewal::if_due) {
    const auto made = renew_tunnel_keys(*db, now, renewal);
    EXPECT_TRUE(made.ok()) << made.error().text;
    return made.ok() && *made;
  }
  std::vector<StoredCertificate> of_role(CertificateRole role) {
    std::vector<StoredCertificate> out;
    EXPECT_TRUE(db->read([&](const store::ReadTransaction& txn) {
                    out = store::list_certificates(txn, role);
                    return done();
                  }).ok());
    return out;
  }
  std::shared_ptr<const OwnKeys> own(Time now) {
    auto loaded = load_own_keys(*db, now);
    EXPECT_TRUE(loaded.ok()) << loaded.error().text;
    return loaded ? *loaded : nullptr;
  }
  // A card with that serial number is the first to list the newest signing certificate.
  void list_newest(std::uint64_t serial) {
    auto newest = of_role(CertificateRole::tunnel_sign).front();
    newest.announced = newest.not_before;
    newest.listed_serial = serial;
    write([&](store::WriteTransaction& txn) { store::put_certificate(txn, newest); });
  }
};

TEST_F(KeyRenewal, MakesBothAtOnceAndOnlyWhenTheyAreDue) {
  EXPECT_FALSE(renewed(kStart + 59 * kDay));
  EXPECT_TRUE(renewed(kStart + 61 * kDay));
  EXPECT_FALSE(renewed(kStart + 61 * kDay));
  EXPECT_EQ(of_role(CertificateRole::tunnel_sign).size(), 2U);
  EXPECT_EQ(of_role(CertificateRole::tunnel_encrypt).size(), 2U);
  EXPECT_GE(own(kStart + 61 * kDay)->renewal, kStart + 120 * kDay);
}

TEST_F(KeyRenewal, ANodeThatWasOffForMonthsStartsWithoutAValidOne) {
  const Time now = kStart + 100 * kDay;
  const auto before = own(now);
  ASSERT_NE(before, nullptr);
  EXPECT_EQ(before->newest_signer(now), nullptr);
  EXPECT_EQ(before->renewal, now);
  EXPECT_TRUE(renewed(now));
  EXPECT_NE(own(now)->newest_signer(now), nullptr);
}

// Mail signed by a certificate that a partner does not know would be held there.
TEST_F(KeyRenewal, APartnerGetsSignaturesByTheNewestThatItKnows) {
  list_newest(3);
  const auto first = of_role(CertificateRole::tunnel_sign).front().serial;
  const Time later = kStart + 61 * kDay;
  ASSERT_TRUE(renewed(later));
  const auto second = of_role(CertificateRole::tunnel_sign).front().serial;
  EXPECT_EQ(own(later)->signer_for(7, later)->serial(), first) << "no card lists the second";
  EXPECT_EQ(own(later)->newest_signer(later)->serial(), second);
  list_newest(8);
  const auto keys_now = own(later);
  EXPECT_EQ(keys_now->signer_for(2, later), nullptr) << "it took no card that lists one";
  EXPECT_EQ(keys_now->signer_for(7, later)->serial(), first);
  EXPECT_EQ(keys_now->signer_for(8, later)->serial(), second);
  const Time ended = kStart + 91 * kDay;
  EXPECT_EQ(keys_now->signer_for(7, ended), nullptr) << "mail waits until the card is taken";
  EXPECT_EQ(keys_now->signer_for(8, ended)->serial(), second);
}

TEST_F(KeyRenewal, ByHandNeverGoesBeyondWhatACardCanList) {
  for (std::size_t i = 1; i < peering::kMaxCardCertificates; ++i)
    ASSERT_TRUE(renewed(kStart + std::chrono::seconds(i), Renewal::now));
  const auto more = renew_tunnel_keys(*db, kStart + kDay, Renewal::now);
  ASSERT_FALSE(more.ok());
  EXPECT_EQ(more.error().code, "too-many-certificates");
  EXPECT_FALSE(renewed(kStart + 59 * kDay));
  EXPECT_TRUE(renewed(kStart + 62 * kDay)) << "by itself it is renewed all the same";
}

TEST_F(KeyRenewal, OldKeysGoAndTheirCertificatesStay) {
  auto old = of_role(CertificateRole::tunnel_encrypt).front();
  old.announced = kStart;
  old.left_card = kStart + 90 * kDay;
  write([&](store::WriteTransaction& txn) { store::put_certificate(txn, old); });
  ASSERT_TRUE(renewed(kStart + 61 * kDay));
  EXPECT_EQ(*remove_old_keys(*db, kStart + 179 * kDay), 0U);
  const Time now = old.not_after + peering::kOldKeyKept;
  EXPECT_EQ(*remove_old_keys(*db, now), 2U) << "the signing key as well, by its end";
  EXPECT_EQ(*remove_old_keys(*db, now), 0U);
  const auto keys_now = own(now);
  ASSERT_NE(keys_now, nullptr);
  EXPECT_EQ(keys_now->signing.size(), 1U);
  EXPECT_EQ(keys_now->announced.size(), 2U) << "mail for the old one is still ours";
  bool has_secret = true;
  EXPECT_TRUE(db->read([&](const store::ReadTransaction& txn) {
                  has_secret = store::find_secret(txn, old.key_name).has_value();
                  return done();
                }).ok());
  EXPECT_FALSE(has_secret);
}

TEST_F(KeyRenewal, AClockBeforeTheIdentityIsSaid) {
  const auto renewal = renew_tunnel_keys(*db, kStart - 2 * kDay, Renewal::if_due);
  ASSERT_FALSE(renewal.ok());
  EXPECT_EQ(renewal.error().code, "clock");
}

}  // namespace
}  // namespace culvert::node
