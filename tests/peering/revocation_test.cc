// What an identity revokes of its own: remembered for ever, whoever brings it.
#include "peering/revocation.h"

#include <gtest/gtest.h>

#include "peering/pinned_certificates.h"
#include "peering/tunnel_open.h"
#include "tests/peering/test_node.h"

namespace culvert::peering {
namespace {

class RevocationTest : public testing::Test {
 protected:
  void SetUp() override { connect(a_, b_, wire_); }
  Bytes revocation_of(const TestNode& node, const std::vector<Fingerprint>& revoked) {
    return sign_revocation(revoked, node.signer(), start_time()).value();
  }

  TestNode a_{"gate.a.example", {"a.example"}};
  TestNode b_{"gate.b.example", {"b.example"}};
  TestNode c_{"gate.c.example", {"c.example"}};
  Wire wire_;
};

TEST_F(RevocationTest, AnIdentityThatRevokesItselfIsGoneForEver) {
  const Bytes signed_long_ago = revocation_of(b_, {b_.fingerprint()});
  a_.advance(std::chrono::hours(24) * 365 * 5);
  ASSERT_TRUE(a_.receive(signed_long_ago).ok());
  EXPECT_EQ(a_.peer(b_)->state, store::PeerState::removed);
  EXPECT_FALSE(a_.peer(b_)->goodbye_due);
  EXPECT_EQ(a_.route_state("b.example", b_), store::RouteState::withdrawn);
  EXPECT_EQ(outbound_of(*a_.route("b.example", b_)), Outbound::waits);
  b_.set_now(a_.now());
  b_.renew_card();
  EXPECT_FALSE(accept(b_, a_.invite({"b.example"}), wire_).ok());
}

TEST_F(RevocationTest, ARevokedCertificateSignsNothingAndGetsNothing) {
  ASSERT_TRUE(a_.receive(revocation_of(b_, {b_.signing().certificate.key_id(),
                                            b_.encryption().certificate.key_id()}))
                  .ok());
  a_.read([&](const store::ReadTransaction& txn) {
    const auto pinned = pinned_certificates(*store::find_peer(txn, b_.fingerprint()));
    EXPECT_TRUE(without_revoked(txn, b_.fingerprint(), pinned.signing).empty());
    EXPECT_TRUE(without_revoked(txn, b_.fingerprint(), pinned.encryption).empty());
  });
  EXPECT_EQ(a_.peer(b_)->state, store::PeerState::paired);
}

// Named attack: revoking another's keys.
TEST_F(RevocationTest, CountsForTheSignersOwnKeysOnly) {
  pair(a_, c_, wire_);
  ASSERT_TRUE(
      a_.receive(revocation_of(c_, {b_.fingerprint(), b_.signing().certificate.key_id()})).ok());
  EXPECT_EQ(a_.peer(b_)->state, store::PeerState::paired);
  EXPECT_EQ(a_.peer(c_)->state, store::PeerState::paired);
  a_.read([&](const store::ReadTransaction& txn) {
    EXPECT_FALSE(store::is_revoked(txn, b_.fingerprint(), b_.fingerprint().view()));
  });
}

TEST_F(RevocationTest, AStrangersIsRefusedAndChangesNothing) {
  const Bytes before = a_.state();
  EXPECT_FALSE(a_.receive(revocation_of(c_, {c_.fingerprint()})).ok());
  EXPECT_EQ(a_.state(), before);
}

TEST_F(RevocationTest, ComingAgainChangesNothing) {
  const Bytes revocation = revocation_of(b_, {b_.signing().certificate.key_id()});
  ASSERT_TRUE(a_.receive(revocation).ok());
  const Bytes before = a_.state();
  ASSERT_TRUE(a_.receive(revocation).ok());
  EXPECT_EQ(a_.state(), before);
}

TEST_F(RevocationTest, TheOwnCardListsWhatWasRevoked) {
  const Fingerprint key = b_.signing().certificate.key_id();
  std::vector<Fingerprint> listed;
  b_.write([&](store::WriteTransaction& txn) {
    store::note_revoked(txn, b_.fingerprint(), key.view(), b_.now());
    listed = own_revoked(txn, b_.fingerprint());
  });
  EXPECT_EQ(listed, std::vector<Fingerprint>{key});
}

}  // namespace
}  // namespace culvert::peering
