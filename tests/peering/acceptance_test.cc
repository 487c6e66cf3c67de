// What a node tells a peer of the peer's domains, and what the peer makes of it.
#include "peering/acceptance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "peering/decisions.h"
#include "store/invitations.h"
#include "tests/peering/test_node.h"

namespace culvert::peering {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// A tells B which of B's domains it accepts.
constexpr std::string_view kDigits = "000102030405060708090a0b0c0d0e0f";

class AcceptanceTest : public testing::Test {
 protected:
  void SetUp() override { prove_both(a_, b_, wire_); }

  RoutesDocument as_it_is() {
    RoutesDocument routes;
    a_.read([&](const store::ReadTransaction& txn) {
      routes = routes_to_tell(txn, *store::find_peer(txn, b_.fingerprint()));
    });
    return routes;
  }
  Bytes signed_list(const RoutesDocument& routes, TestNode& from) {
    const DocumentHead head{from.fingerprint(), b_.fingerprint(), random_document_id(), from.now()};
    return sign_routes(head, routes, from.signer()).value();
  }
  bool tell(const RoutesDocument& routes) { return b_.receive(signed_list(routes, a_)).ok(); }
  bool tell() { return tell(as_it_is()); }

  std::optional<std::vector<std::string>> accepted() {
    std::optional<std::vector<Domain>> found;
    b_.read([&](const store::ReadTransaction& txn) {
      found = accepted_domains(txn, *store::find_peer(txn, a_.fingerprint()));
    });
    if (!found) return std::nullopt;
    std::vector<std::string> names;
    for (const Domain& domain : *found)
      names.push_back(domain.text());
    return names;
  }
  std::vector<store::AcceptanceNews> news() {
    std::vector<store::AcceptanceNews> found;
    a_.read([&](const store::ReadTransaction& txn) { found = store::acceptance_news(txn); });
    return found;
  }
  void end_news() {
    a_.write([&](store::WriteTransaction& txn) {
      store::end_acceptance_news(txn, b_.fingerprint(), as_it_is().serial);
    });
  }
  // B's next card, with other domains.
  void list(std::vector<Domain> domains) {
    b_.advance(std::chrono::seconds(1));
    b_.set_domains(std::move(domains));
    ASSERT_TRUE(a_.receive(b_.card()).ok());
  }
  void decide(const std::function<Result<store::Route>(store::WriteTransaction&)>& decision) {
    a_.write([&](store::WriteTransaction& txn) { ASSERT_TRUE(decision(txn).ok()); });
  }
  std::string state_of(std::string_view of) {
    std::string state;
    b_.read([&](const store::ReadTransaction& txn) {
      const auto heard = store::find_heard_acceptance(txn, a_.fingerprint());
      for (const auto& item : heard ? heard->domains : std::vector<store::DomainAcceptance>{}) {
        if (item.domain == domain(of)) state = item.state;
      }
    });
    return state;
  }

  TestNode a_{"gate.a.example", {"a.example"}};
  TestNode b_{"gate.b.example", {"b.example"}};
  TestNode c_{"gate.c.example", {"c.example"}};
  Wire wire_;
};

TEST_F(AcceptanceTest, NothingIsAcceptedBeforeThePeerSaysSo) {
  EXPECT_THAT(*accepted(), IsEmpty());
  ASSERT_TRUE(tell());
  EXPECT_THAT(*accepted(), ElementsAre("b.example"));
}

// Mail for a node that does not know the document is sealed as before.
TEST_F(AcceptanceTest, AnOlderNodeTellsNothing) {
  b_.write([&](store::WriteTransaction& txn) {
    auto peer = *store::find_peer(txn, a_.fingerprint());
    peer.tells_acceptance = false;
    store::put_peer(txn, peer);
  });
  EXPECT_EQ(accepted(), std::nullopt);
  ASSERT_TRUE(tell()) << "its card may have come before this node knew the word";
  EXPECT_THAT(*accepted(), ElementsAre("b.example"));
}

TEST_F(AcceptanceTest, EveryChangeIsNewsOnce) {
  end_news();
  EXPECT_THAT(news(), IsEmpty());
  list({domain("b.example"), domain("new.example")});
  EXPECT_EQ(news().size(), 1U);
  ASSERT_TRUE(tell());
  EXPECT_EQ(state_of("new.example"), "claimed");
  end_news();
  decide([&](auto& txn) { return reject_route(txn, domain("new.example"), {}, a_.now()); });
  EXPECT_EQ(news().size(), 1U);
  ASSERT_TRUE(tell());
  EXPECT_EQ(state_of("new.example"), "rejected");
  end_news();
  decide([&](auto& txn) { return approve_route(txn, domain("new.example"), {}, a_.now()); });
  EXPECT_EQ(news().size(), 1U);
  ASSERT_TRUE(run_proof(a_, b_, "new.example", b_).has_value());
  ASSERT_TRUE(tell());
  EXPECT_THAT(*accepted(), ElementsAre("b.example", "new.example"));
  end_news();
  list({domain("new.example")});
  EXPECT_EQ(news().size(), 1U);
  ASSERT_TRUE(tell());
  EXPECT_THAT(*accepted(), ElementsAre("new.example"));
}

// News that comes while the list is on its way is not ended with it.
TEST_F(AcceptanceTest, LaterNewsStays) {
  const RoutesDocument before = as_it_is();
  list({domain("b.example"), domain("new.example")});
  a_.write([&](store::WriteTransaction& txn) {
    store::end_acceptance_news(txn, b_.fingerprint(), before.serial);
  });
  EXPECT_EQ(news().size(), 1U);
  EXPECT_GT(as_it_is().serial, before.serial);
}

// Named attack: Replayed list, and lists that overtake each other.
TEST_F(AcceptanceTest, AnOlderListNeverReplacesANewerOne) {
  const Bytes old_list = signed_list(as_it_is(), a_);
  list({domain("b.example"), domain("new.example")});
  decide([&](auto& txn) { return approve_route(txn, domain("new.example"), {}, a_.now()); });
  ASSERT_TRUE(run_proof(a_, b_, "new.example", b_).has_value());
  ASSERT_TRUE(tell());
  ASSERT_TRUE(b_.receive(old_list).ok());
  EXPECT_THAT(*accepted(), ElementsAre("b.example", "new.example"));
  const Bytes state = b_.state();
  ASSERT_TRUE(b_.receive(old_list).ok()) << "a repeated id gets its answer";
  EXPECT_EQ(b_.state(), state);
}

TEST_F(AcceptanceTest, TakesAListFromAPeerForItselfOnly) {
  ASSERT_TRUE(tell());
  EXPECT_FALSE(b_.receive(signed_list(as_it_is(), c_)).ok());
  const DocumentHead head{a_.fingerprint(), c_.fingerprint(), random_document_id(), a_.now()};
  RoutesDocument none = as_it_is();
  none.serial += 10;
  none.domains.clear();
  EXPECT_FALSE(b_.receive(sign_routes(head, none, a_.signer()).value()).ok());
  EXPECT_THAT(*accepted(), ElementsAre("b.example"));
}

TEST_F(AcceptanceTest, AcknowledgesCardsThatExist) {
  b_.write([&](store::WriteTransaction& txn) {
    auto peer = *store::find_peer(txn, a_.fingerprint());
    peer.taken_serial = 0;
    store::put_peer(txn, peer);
  });
  RoutesDocument routes = as_it_is();
  routes.card = 1'000;
  ASSERT_TRUE(tell(routes));
  EXPECT_EQ(b_.peer(a_)->taken_serial, 0U);
  ASSERT_TRUE(tell()) << "the same serial as before, and a true acknowledgement";
  std::optional<store::OwnCard> own;
  b_.read([&](const store::ReadTransaction& txn) { own = store::own_card(txn); });
  EXPECT_EQ(b_.peer(a_)->taken_serial, own->serial);
}

// A store that was put back begins a new incarnation, and may count from an earlier number.
TEST_F(AcceptanceTest, ANewIncarnationCountsAnew) {
  RoutesDocument ahead = as_it_is();
  ahead.serial += 1'000'000;
  ahead.domains.clear();
  ASSERT_TRUE(tell(ahead));
  ASSERT_TRUE(tell());
  EXPECT_THAT(*accepted(), IsEmpty());
  Card card = a_.card_values();
  a_.advance(std::chrono::seconds(5));
  card.incarnation = new_incarnation();
  card.issued = a_.now();
  card.expires = card.issued + kCardLifetime;
  ASSERT_TRUE(b_.receive(sign_card(card, a_.signer()).value()).ok());
  ASSERT_TRUE(tell());
  EXPECT_THAT(*accepted(), ElementsAre("b.example"));
}

TEST_F(AcceptanceTest, RefusesListsOfAWrongForm) {
  const DocumentHead head{a_.fingerprint(), b_.fingerprint(), random_document_id(), a_.now()};
  const auto refused = [&](const std::function<void(JsonWriter&)>& members) {
    JsonWriter writer = begin_document(
        DocumentType::routes, {head.sender, head.receiver, random_document_id(), head.time});
    members(writer);
    return !b_.receive(sign_document(writer, a_.signer(), a_.now()).value()).ok();
  };
  const auto one = [](std::string_view name, std::string_view state) {
    JsonWriter item;
    item.text("domain", name).text("state", state);
    return item;
  };
  EXPECT_TRUE(refused(
      [](JsonWriter& w) { w.number("serial", 1).number("card", 1).text("incarnation", kDigits); }));
  EXPECT_TRUE(refused([&](JsonWriter& w) {
    w.number("serial", 0)
        .number("card", 1)
        .text("incarnation", kDigits)
        .add_object("domains", one("b.example", "active"));
  }));
  EXPECT_TRUE(refused([&](JsonWriter& w) {
    w.number("serial", 1)
        .number("card", 1)
        .text("incarnation", kDigits)
        .add_object("domains", one("B.example", "active"));
  }));
  EXPECT_TRUE(refused([&](JsonWriter& w) {
    w.number("serial", 1).number("card", 1).text("incarnation", kDigits);
    for (std::size_t i = 0; i <= kMaxCardDomains; ++i)
      w.add_object("domains", one("d" + std::to_string(i) + ".example", "active"));
  }));
  EXPECT_FALSE(refused([&](JsonWriter& w) {
    w.number("serial", 1).number("card", 1).text("incarnation", kDigits).number("later", 7);
    w.add_object("domains", one("b.example", "some-later-state"));
  }));
  EXPECT_THAT(*accepted(), IsEmpty());
}

}  // namespace
}  // namespace culvert::peering
