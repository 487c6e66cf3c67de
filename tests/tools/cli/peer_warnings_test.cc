// `status` warns of what fails now, and of nothing that is well or over.
#include "tools/cli/peer_warnings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/keys/certificate_maker.h"
#include "store/invitations.h"
#include "store/peers.h"
#include "store/routes.h"
#include "tests/store/fixture.h"

namespace culvert::cli {
namespace {

using std::chrono::hours;
using store::kStart;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class PeerWarningsTest : public store::StoreFixture {
 protected:
  // All is well: a fresh card, a route that was proved.
  void SetUp() override {
    StoreFixture::SetUp();
    peer.fingerprint = store::fingerprint(1);
    peer.name = "gate.b.example";
    peer.state = store::PeerState::paired;
    peer.card_expires = kStart + hours(13 * 24);
    route.state = store::RouteState::active;
    route.active_since = route.proved = kStart - hours(1);
    route.challenged = kStart - hours(2);
  }
  std::vector<std::string> warnings(Time now = kStart) {
    std::vector<std::string> lines;
    write([&](store::WriteTransaction& txn) {
      store::put_peer(txn, peer);
      store::put_route(txn, route);
      lines = peer_warnings(txn, now);
    });
    return lines;
  }

  // Sealed mail for b.example that nobody tried.
  store::EntryId put_sealed() {
    auto staged = store::stage(*store, "content");
    EXPECT_TRUE(staged.ok());
    store::QueueEntry entry = store::entry_to(staged->message.id, 0, "b.example");
    entry.path = store::DeliveryPath::tunnel;
    write([&](store::WriteTransaction& txn) {
      EXPECT_TRUE(store::put_message(txn, staged->message, staged->body, {entry}).ok());
    });
    return entry.id;
  }
  void defer(const store::EntryId& id, Time when) {
    write([&](store::WriteTransaction& txn) {
      store::defer(txn, id, {when, "connection refused", {}, {}});
    });
  }

  store::Peer peer;
  store::Route route{.domain = store::domain("b.example"), .peer = store::fingerprint(1)};
};

TEST_F(PeerWarningsTest, SaysNothingWhileAllIsWell) { EXPECT_THAT(warnings(), IsEmpty()); }

TEST_F(PeerWarningsTest, TellsOfAPeerThatCannotBeReachedUntilItCan) {
  peer.unreachable_since = kStart - hours(1);
  peer.unreachable_why = "connection refused";
  EXPECT_THAT(warnings(), ElementsAre(HasSubstr("connection refused")));
  peer.unreachable_since.reset();
  EXPECT_THAT(warnings(), IsEmpty());
}

TEST_F(PeerWarningsTest, TellsOfAClockThatDiffersByMoreThanTwoMinutes) {
  peer.clock_ahead = -std::chrono::seconds(119);
  peer.clock_measured = kStart;
  EXPECT_THAT(warnings(), IsEmpty());
  peer.clock_ahead = -hours(5);
  EXPECT_THAT(warnings(), ElementsAre(HasSubstr("is 5 h 0 min behind this node's")));
}

TEST_F(PeerWarningsTest, TellsWhyAPeerDoesNotTakeOurCard) {
  peer.card_trouble = "the node refused the message: its administrator has removed this node";
  EXPECT_THAT(warnings(), ElementsAre(HasSubstr("its administrator has removed this node")));
}

TEST_F(PeerWarningsTest, TellsOfCardsNearTheirEnd) {
  EXPECT_THAT(warnings(kStart + hours(6 * 24 - 1)), IsEmpty());
  route.proved = route.challenged = kStart + hours(8 * 24);
  EXPECT_THAT(warnings(kStart + hours(8 * 24)),
              ElementsAre(HasSubstr("card of peer gate.b.example ends")));
  route.proved = route.challenged = kStart + hours(14 * 24);
  EXPECT_THAT(warnings(kStart + hours(14 * 24)), ElementsAre(HasSubstr("ended")));
  store::OwnCard own;
  own.serial = 1;
  own.incarnation = to_bytes("one");
  own.card = to_bytes("card");
  own.expires = kStart + hours(3 * 24);
  write([&](store::WriteTransaction& txn) { store::put_own_card(txn, own); });
  route.proved = route.challenged = kStart;
  EXPECT_THAT(warnings(), ElementsAre(HasSubstr("own card ends")));
}

TEST_F(PeerWarningsTest, TellsOfCertificatesNearTheirEnd) {
  const auto made = crypto::make_self_signed_tls(store::domain("gate.b.example"), kStart);
  ASSERT_TRUE(made.ok());
  peer.encryption_certificates = {made->certificate.der()};
  EXPECT_THAT(warnings(), IsEmpty());
  const Time end = made->certificate.not_after();
  peer.card_expires = end + hours(24 * 24);
  route.proved = route.challenged = end;
  EXPECT_THAT(warnings(end - hours(13 * 24)),
              ElementsAre(HasSubstr("encryption certificate of peer")));
  EXPECT_THAT(warnings(end - hours(15 * 24)), IsEmpty());
}

TEST_F(PeerWarningsTest, TellsOfProofsThatFail) {
  // Of a route in use when it went on for a while.
  route.failing_since = kStart - hours(5);
  EXPECT_THAT(warnings(), IsEmpty());
  route.challenge.reply = "mx: 550 spam";
  route.failing_since = kStart - hours(6);
  EXPECT_THAT(warnings(), ElementsAre(HasSubstr("550 spam")));
  // Nobody answered.
  route.failing_since.reset();
  route.challenge.reply.clear();
  route.proved = kStart - hours(30);
  route.challenged = kStart - hours(7);
  EXPECT_THAT(warnings(), ElementsAre(HasSubstr("no answer came")));
  // Who waits for a first proof hears of a refusal at once.
  route.state = store::RouteState::claimed;
  route.active_since.reset();
  route.failing_since = kStart;
  EXPECT_THAT(warnings(), ElementsAre(HasSubstr("proof of route b.example")));
}

TEST_F(PeerWarningsTest, SaysNothingOfPeersThatAreGone) {
  peer.unreachable_since = kStart;
  peer.card_expires = kStart - hours(1);
  peer.state = store::PeerState::removed;
  EXPECT_THAT(warnings(), IsEmpty());
}

TEST_F(PeerWarningsTest, TellsOfSealedMailThatNobodyTookTwice) {
  auto staged = store::stage(*store, "content");
  ASSERT_TRUE(staged.ok());
  store::QueueEntry entry = store::entry_to(staged->message.id, 0, "b.example");
  entry.path = store::DeliveryPath::tunnel;
  write([&](store::WriteTransaction& txn) {
    ASSERT_TRUE(store::put_message(txn, staged->message, staged->body, {entry}).ok());
  });
  EXPECT_THAT(warnings(), IsEmpty());
  for (int attempt = 0; attempt < 2; ++attempt) {
    write([&](store::WriteTransaction& txn) {
      store::defer(txn, entry.id,
                   {kStart + std::chrono::minutes(1), "connection refused", entry.recipients, {}});
    });
  }
  EXPECT_THAT(warnings(), ElementsAre(HasSubstr("mail for b.example waits since")));
  write([&](store::WriteTransaction& txn) { store::finish(txn, entry.id); });
  EXPECT_THAT(warnings(), IsEmpty());
}

// A destination that fails is asked with one mail at a time.
TEST_F(PeerWarningsTest, TellsOfSealedMailThatWaitsBehindOthersThatNobodyTook) {
  std::vector<store::EntryId> waiting;
  for (int i = 0; i < 20; ++i)
    waiting.push_back(put_sealed());
  const Time later = kStart + std::chrono::seconds(30);
  EXPECT_THAT(warnings(later), IsEmpty()) << "nothing was tried";
  defer(waiting[3], later);
  EXPECT_THAT(warnings(later), IsEmpty()) << "once may be a restart";
  defer(waiting[4], later);
  EXPECT_THAT(warnings(kStart), IsEmpty()) << "the first may be in hand";
  EXPECT_THAT(warnings(later), ElementsAre(testing::AllOf(
                                   HasSubstr("mail for b.example waits since 2027-01-15T08:00:00Z"),
                                   HasSubstr("connection refused"))));
  route.state = store::RouteState::paused;
  EXPECT_THAT(warnings(later), IsEmpty()) << "of that, there is another warning";
}

// Each is put off by itself, and each is tried: greylisting.
TEST_F(PeerWarningsTest, SaysNothingOfMailThatWasAllPutOffOnce) {
  const Time later = kStart + std::chrono::seconds(30);
  for (int i = 0; i < 20; ++i)
    defer(put_sealed(), later);
  EXPECT_THAT(warnings(later), IsEmpty());
}

TEST_F(PeerWarningsTest, TellsOfMailThatWasNotTriedForLongWhateverCameIn) {
  put_sealed();
  EXPECT_THAT(warnings(kStart + std::chrono::minutes(30)), IsEmpty());
  EXPECT_THAT(warnings(kStart + std::chrono::minutes(35)),
              ElementsAre(HasSubstr("was not tried yet")));
}

}  // namespace
}  // namespace culvert::cli
