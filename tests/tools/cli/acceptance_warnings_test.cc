// What both administrators are told of domains that one side does not accept.
#include "tools/cli/acceptance_warnings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "peering/acceptance.h"
#include "store/peers.h"
#include "store/routes.h"
#include "tests/store/fixture.h"

namespace culvert::cli {
namespace {

using store::kStart;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class AcceptanceWarningsTest : public store::StoreFixture {
 protected:
  void SetUp() override {
    StoreFixture::SetUp();
    peer.fingerprint = store::fingerprint(1);
    peer.name = "gate.b.example";
    peer.state = store::PeerState::paired;
    peer.since = kStart;
    peer.tells_acceptance = true;
    heard.peer = peer.fingerprint;
    tell("a.example", "active");
  }
  void tell(const char* domain, std::string state) {
    heard.domains.push_back({store::domain(domain), std::move(state), "a reason", kStart});
  }
  std::vector<std::string> warnings(Time now = kStart) {
    std::vector<std::string> lines;
    write([&](store::WriteTransaction& txn) {
      store::put_peer(txn, peer);
      if (has_told) store::put_heard_acceptance(txn, heard);
      lines =
          acceptance_warnings(txn, {store::domain("a.example"), store::domain("new.example")}, now);
    });
    return lines;
  }
  void claim(const store::Route& route) {
    write([&](store::WriteTransaction& txn) { store::put_route(txn, route); });
  }

  store::Peer peer;
  store::HeardAcceptance heard;
  bool has_told = true;
};

TEST_F(AcceptanceWarningsTest, SaysNothingWhileAllIsAccepted) {
  EXPECT_THAT(warnings(), IsEmpty());
  tell("never-ours.example", "proved");
  EXPECT_THAT(warnings(), IsEmpty());
}

TEST_F(AcceptanceWarningsTest, NamesTheCommandForADomainThatWaitsForItsAdministrator) {
  tell("new.example", "proved");
  EXPECT_THAT(warnings(), ElementsAre(AllOf(HasSubstr("route approve new.example"),
                                            HasSubstr("under another domain"))));
}

TEST_F(AcceptanceWarningsTest, SaysThatMailWaitsIfNothingIsAccepted) {
  heard.domains.clear();
  tell("new.example", "conflict");
  EXPECT_THAT(warnings(), ElementsAre(HasSubstr("mail for it waits")));
}

TEST_F(AcceptanceWarningsTest, IsPatientWhileAProofIsUnderWay) {
  tell("new.example", "proving");
  EXPECT_THAT(warnings(), IsEmpty());
  EXPECT_THAT(warnings(kStart + kAcceptancePatience), ElementsAre(HasSubstr("new.example")));
}

TEST_F(AcceptanceWarningsTest, ADecisionEndsTheQuestion) {
  tell("new.example", "rejected");
  EXPECT_THAT(warnings(kStart + kAcceptancePatience), IsEmpty());
}

TEST_F(AcceptanceWarningsTest, TellsOfAPeerThatSaysNothing) {
  has_told = false;
  EXPECT_THAT(warnings(), IsEmpty());
  EXPECT_THAT(warnings(kStart + kAcceptancePatience), ElementsAre(HasSubstr("has not told")));
  peer.tells_acceptance = false;
  EXPECT_THAT(warnings(kStart + kAcceptancePatience), IsEmpty()) << "an older node need not";
}

TEST_F(AcceptanceWarningsTest, AsksAboutThePeersOtherDomainsInOneLine) {
  for (int i = 0; i < 8; ++i) {
    claim(
        {.domain = store::domain("d" + std::to_string(i) + ".example"), .peer = peer.fingerprint});
  }
  EXPECT_THAT(warnings(),
              ElementsAre(AllOf(HasSubstr("d0.example, d1.example"), HasSubstr("and 3 more"),
                                HasSubstr("route reject"), Not(HasSubstr("d6.example")))));
}

TEST_F(AcceptanceWarningsTest, DoesNotAskAboutDomainsThatHadTheirWord) {
  claim({.domain = store::domain("a1.example"), .peer = peer.fingerprint, .named = true});
  claim({.domain = store::domain("a2.example"), .peer = peer.fingerprint, .rejected = true});
  EXPECT_THAT(warnings(), IsEmpty());
}

}  // namespace
}  // namespace culvert::cli
