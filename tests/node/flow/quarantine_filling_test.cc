// Filling (reliability.md, "Attacks with a name"): who may fill what of the quarantine, and whom it
// never touches.
#include <gtest/gtest.h>

#include "store/peer_networks.h"
#include "tests/node/flow/quarantine_fixture.h"

namespace culvert::node {
namespace {

class Filling : public QuarantineFlowTest {};

TEST_F(Filling, AStrangerFillsTheShareOfHisNetworkAlone) {
  make_known(kPeersHost);
  EXPECT_EQ(fill(kStrangersHost), 2);
  const Reply refused = send(junk(), kStrangersHost);
  EXPECT_EQ(refused.code, 452);
  EXPECT_EQ(refused.enhanced, "4.3.1");
  EXPECT_EQ(wire_form(refused).find("disk"), std::string::npos) << "the disk is not full";
  // Other addresses of his do not help him, nor do other senders or a null one.
  for (const char* same : {"203.0.113.1", "203.0.113.254", "::ffff:203.0.113.77"}) {
    EXPECT_EQ(send(junk(), same).code, 452) << same;
    EXPECT_EQ(send(junk(), same, "").code, 452) << same;
    EXPECT_EQ(send(junk(), same, "alice@a.example").code, 452) << "a peer's domain is a claim";
  }
  // Mail in clear never waits for room, and others have theirs.
  EXPECT_EQ(send(kText, kStrangersHost, "jo@d.example").code, 250);
  EXPECT_EQ(send(kText + std::string(40'000, 'x') + "\r\n", kStrangersHost).code, 250);
  EXPECT_EQ(send(good_mail(), "192.0.2.1").code, 250);
  EXPECT_EQ(send(good_mail(), kPeersHost).code, 250);
}

TEST_F(Filling, AStrangerWithAnIpv6NetworkFillsOneShare) {
  EXPECT_EQ(fill("2001:db8:1::1"), 2);
  for (const char* same : {"2001:db8:1:1::1", "2001:db8:1:ffff::9", "2001:db8:1:8000:1:2:3:4"}) {
    EXPECT_EQ(send(junk(), same).code, 452) << same;
  }
  EXPECT_EQ(send(junk(), "2001:db8:2::1").code, 250);
}

TEST_F(Filling, StrangersOfAnyNumberOfNetworksLeavePeersTheirRoom) {
  make_known(kPeersHost);
  int taken = 0;
  for (int network = 0; network < 20; ++network)
    taken += fill("10.0." + std::to_string(network) + ".1");
  for (int network = 0; network < 20; ++network)
    taken += fill("2001:db8:" + std::to_string(network) + "::1");
  EXPECT_LE(taken, 6);
  EXPECT_LE(stored(store::ShareKind::stranger), limits.strangers_bytes);
  EXPECT_EQ(send(junk(), "10.99.0.1").code, 452) << "all strangers together have no more";
  EXPECT_EQ(send(kText, "10.99.0.1").code, 250);
  // The peer's mail is opened, and what cannot be handed on is kept.
  EXPECT_EQ(deliver(good_mail(), kPeersHost), 250);
  const std::size_t held = quarantine().size();
  EXPECT_EQ(deliver(misdirected_mail(), kPeersHost), 250);
  EXPECT_EQ(deliver(altered(good_mail()), kPeersHost), 250);
  EXPECT_EQ(quarantine().size(), held + 2);
}

TEST_F(Filling, StrangersWhoFillTheirRoomKeepNoNewPartnerFromItsProof) {
  const std::vector<std::string> reserved{"culvert-peering@b.example"};
  for (int network = 0; network < 20; ++network)
    fill("10.0." + std::to_string(network) + ".1");
  // The partner's network was never seen; whether its mail opens does not matter.
  for (const char* from : {"192.0.2.1", "10.0.1.1", "2001:db8:5::1"}) {
    EXPECT_EQ(send(good_mail(), from, "", reserved).code, 250) << from;
    EXPECT_EQ(send(junk(), from, "", reserved).code, 250) << from;
    EXPECT_EQ(send(good_mail(), from, "").code, 452) << "people's mail from there";
  }
  const std::size_t held = quarantine().size();
  open_all();
  EXPECT_EQ(quarantine().size(), held) << "it is never kept";
  const std::string large = junk() + std::string(2 * 64 * 1024, 'A') + "\r\n";
  EXPECT_EQ(send(large, "192.0.2.1", "", reserved).code / 100, 5) << "nor is it another way in";
}

// Sizes cost nothing: they count as far as octets came.
TEST_F(Filling, SizesThatAreAnnouncedButNeverSentReserveWhatCameOnceMore) {
  make_known(kPeersHost);
  std::vector<std::unique_ptr<MailReceiver>> open;
  const std::string head = junk().substr(0, 2000);
  int standing = 0;
  for (int i = 0; i < 10; ++i) {
    open.push_back(make_outside_receiver(context, check));
    MailCommand mail{*Mailbox::parse("mallory@evil.example"), {}};
    mail.parameters.size_bytes = 2 * unit - store::kItemCostBytes;
    ASSERT_FALSE(open.back()->on_mail(client_at(kStrangersHost), mail));
    open.back()->on_recipient({*Mailbox::parse("bob@b.example"), {}}, [](Decision) {});
    ASSERT_FALSE(open.back()->on_body_begin());
    const auto taken = open.back()->on_body(as_bytes(head));
    standing += taken.ok();
    if (!taken) open.back()->on_reset();
  }
  EXPECT_EQ(standing,
            static_cast<int>(limits.stranger_bytes / store::charged_bytes(2 * head.size())));
  EXPECT_GT(standing, 1);
  EXPECT_EQ(send(junk(), kStrangersHost).code, 452);
  EXPECT_EQ(send(junk(), "203.0.114.9").code, 250) << "of another network";
  EXPECT_EQ(send(good_mail(), kPeersHost).code, 250);
  open.clear();  // the connections are lost
  EXPECT_EQ(send(junk(), kStrangersHost).code, 250);
}

TEST_F(Filling, ASizeThatIsALieReservesWhatComes) {
  MailParameters small;
  small.size_bytes = 10;
  int taken = 0;
  while (taken < 100 &&
         send(junk(), kStrangersHost, "m@evil.example", {"bob@b.example"}, small).code == 250)
    ++taken;
  EXPECT_EQ(taken, 2) << "not one was opened yet: what waits for that counts";
  EXPECT_TRUE(quarantine().empty());
}

TEST_F(Filling, APeerFillsNobodyElsesRoom) {
  make_known(kPeersHost);
  // What comes from the peer's hosts, and nobody can open, is that peer's affair.
  const int taken = fill(kPeersHost, "alice@a.example");
  EXPECT_GE(taken, 8);
  EXPECT_EQ(send(good_mail(), kPeersHost).code, 452);
  EXPECT_EQ(send(junk(), kStrangersHost, "jo@d.example").code, 250);
  EXPECT_EQ(send(kText, kPeersHost).code, 250);
  EXPECT_LE(stored(store::ShareKind::peer), limits.peer_bytes);
  EXPECT_LE(stored(store::ShareKind::peers_hosts), limits.peers_hosts_bytes);
  EXPECT_EQ(stored(store::ShareKind::stranger), 0U);
}

TEST_F(Filling, ANeighbourOfAPeersHostLeavesThePeerItsOwnShare) {
  struct Near {
    const char* peers;
    std::vector<std::string> neighbours;
  };
  const std::vector<Near> cases{
      {"198.51.100.7", {"198.51.100.8", "198.51.100.0", "198.51.100.255", "::ffff:198.51.100.6"}},
      {"2001:db8:7:1::25", {"2001:db8:7::25", "2001:db8:7:2::25", "2001:db8:7:ffff::1"}}};
  for (const Near& near : cases) {
    make_known(near.peers);
    for (const std::string& neighbour : near.neighbours)
      fill(neighbour, "alice@a.example");
    EXPECT_EQ(stored(store::ShareKind::peer), 0U) << near.peers;
    for (const std::string& neighbour : near.neighbours) {
      EXPECT_EQ(send(junk(), neighbour).code, 452) << neighbour;
      EXPECT_EQ(send(good_mail(), neighbour).code, 452) << "whether it opens does not matter";
    }
    EXPECT_EQ(deliver(good_mail(), near.peers), 250) << near.peers;
    EXPECT_EQ(deliver(misdirected_mail(), near.peers), 250) << near.peers;
    EXPECT_GT(stored(store::ShareKind::peer), 0U) << "what it signed has its room";
    own.write([&](store::WriteTransaction& txn) {
      for (const auto& item : store::list_quarantine(txn, std::nullopt, 100).items)
        store::drop_quarantine(txn, item.message.id);
    });
  }
}

TEST_F(Filling, ACapturedMailMakesNoNeighbourThePeersHost) {
  const std::string captured = good_mail();
  ASSERT_EQ(deliver(captured, kPeersHost), 250);
  const std::string neighbour = "198.51.100.8";
  ASSERT_EQ(deliver(captured, neighbour), 250);
  ASSERT_EQ(deliver(altered(good_mail()), neighbour), 250);
  ASSERT_EQ(deliver(misdirected_mail(), neighbour), 250);
  for (const auto& share : shares_for(context, neighbour, std::nullopt))
    EXPECT_EQ(share.kind, store::ShareKind::peers_hosts);
  EXPECT_EQ(shares_for(context, kPeersHost, std::nullopt).back().kind, store::ShareKind::peer);
}

TEST_F(Filling, AnAddressIsThePeersOwnFor30DaysAfterItsLastMail) {
  make_known(kPeersHost);
  clock.advance(std::chrono::hours(20 * 24));
  EXPECT_EQ(shares_for(context, kPeersHost, std::nullopt).back().kind, store::ShareKind::peer);
  own.write([&](store::WriteTransaction& txn) {  // mail from the neighbour keeps the network alone
    store::note_peer_network(txn, peer.fingerprint(), "198.51.100.0/24", clock.now());
  });
  clock.advance(std::chrono::hours(11 * 24));
  const auto shares = shares_for(context, kPeersHost, std::nullopt);
  ASSERT_EQ(shares.size(), 1U);
  EXPECT_EQ(shares[0].kind, store::ShareKind::peers_hosts);
}

TEST_F(Filling, AnAddressWhoseNetworkWasDisplacedIsChargedToItsHostsFirst) {
  own.write([&](store::WriteTransaction& txn) {
    store::note_peer_network(txn, peer.fingerprint(), "198.51.100.7/32", clock.now());
  });
  const auto shares = shares_for(context, kPeersHost, std::nullopt);
  ASSERT_EQ(shares.size(), 2U);
  EXPECT_EQ(shares[0].kind, store::ShareKind::peers_hosts);
  EXPECT_EQ(shares[1].kind, store::ShareKind::peer);
}

TEST_F(Filling, OneUserOfAPeerGetsTheExcessBackThroughTheTunnel) {
  make_known(kPeersHost);
  const std::size_t inside = entries_on(store::DeliveryPath::inside);
  for (int i = 0; i < 12; ++i)
    ASSERT_EQ(deliver(misdirected_mail("greedy@a.example"), kPeersHost), 250) << i;
  EXPECT_LE(stored(store::ShareKind::peer), limits.peer_bytes);
  EXPECT_EQ(stored(store::ShareKind::peers_hosts), 0U);
  EXPECT_EQ(entries_on(store::DeliveryPath::open), 0U) << "nothing waits in the queue";
  std::size_t reports = 0;
  for (const store::QueueEntry& entry : queue()) {
    if (entry.path != store::DeliveryPath::tunnel) continue;
    ++reports;
    EXPECT_EQ(entry.destination, "a.example");
    EXPECT_EQ(entry.recipients.front().mailbox.text(), "greedy@a.example");
  }
  EXPECT_EQ(quarantine().size() + reports, 12U) << "nothing vanishes";
  EXPECT_GE(reports, 5U);
  // Nobody else of the peer notices.
  EXPECT_EQ(deliver(good_mail(), kPeersHost), 250);
  EXPECT_EQ(entries_on(store::DeliveryPath::inside), inside + 1);
}

TEST_F(Filling, WhatNobodyCanBeToldOfIsKept) {
  make_known(kPeersHost);
  for (int i = 0; i < 7; ++i)
    ASSERT_EQ(deliver(misdirected_mail(), kPeersHost), 250);
  const std::size_t held = quarantine().size();
  // A null sender: a report is never reported.
  ASSERT_EQ(deliver(misdirected_mail(""), kPeersHost), 250);
  EXPECT_EQ(quarantine().size(), held + 1);
  // A sender of nobody's, with a person's address outside.
  ASSERT_EQ(deliver(misdirected_mail("list@elsewhere.example"), kPeersHost), 250);
  EXPECT_EQ(quarantine().size(), held + 2);
  EXPECT_GT(stored(store::ShareKind::peers_hosts), 0U);
  for (const store::QueueEntry& entry : queue())
    EXPECT_NE(entry.path, store::DeliveryPath::clear) << "never elsewhere";
}

TEST_F(Filling, ACapturedMailSentFromElsewhereGivesNoPeersShare) {
  const std::string captured = good_mail();
  ASSERT_EQ(deliver(captured, kPeersHost), 250);
  ASSERT_EQ(deliver(captured, kStrangersHost), 250);
  clock.advance(std::chrono::hours(15 * 24));
  ASSERT_EQ(deliver(captured, "203.0.113.99"), 250);  // stale now
  const auto shares = shares_for(context, kStrangersHost, std::nullopt);
  ASSERT_EQ(shares.size(), 1U);
  EXPECT_EQ(shares[0].kind, store::ShareKind::stranger);
  EXPECT_EQ(shares_for(context, kPeersHost, std::nullopt)[0].kind, store::ShareKind::peers_hosts);
}

// Named attack: One address. Places at the outside listener are kept for these.
TEST_F(Filling, HostsOfPeersAreThoseThatTheirOwnMailCameFrom) {
  const auto is_host = [this](const char* client) {
    return standing_of(context, *IpAddress::parse(client)) == Standing::known;
  };
  EXPECT_FALSE(is_host("198.51.100.7"));
  make_known(kPeersHost);
  EXPECT_TRUE(is_host("198.51.100.7"));
  EXPECT_TRUE(is_host("::ffff:198.51.100.7"));
  EXPECT_EQ(standing_of(context, *IpAddress::parse("198.51.100.8")), Standing::neighbour);
  EXPECT_EQ(standing_of(context, *IpAddress::parse("198.51.101.7")), Standing::stranger);
  // Nobody becomes one by a claim, by mail that does not open, or by a copy of the peer's.
  const std::string copied = good_mail();
  EXPECT_EQ(deliver(copied, kPeersHost), 250);
  EXPECT_EQ(deliver(copied, kStrangersHost), 250);
  EXPECT_EQ(deliver(junk(), kStrangersHost, "alice@a.example"), 250);
  EXPECT_EQ(deliver(kText, kStrangersHost, "alice@a.example"), 250);
  EXPECT_FALSE(is_host("203.0.113.9"));
}

TEST_F(Filling, ANetworkIsThePeersFor30DaysAfterItsLastMail) {
  make_known(kPeersHost);
  clock.advance(std::chrono::hours(29 * 24));
  EXPECT_EQ(shares_for(context, "198.51.100.200", std::nullopt)[0].peer, peer.fingerprint());
  clock.advance(std::chrono::hours(2 * 24));
  EXPECT_EQ(shares_for(context, kPeersHost, std::nullopt)[0].kind, store::ShareKind::stranger);
}

TEST_F(Filling, APartnerHasItsShareWhileRoutesCannotBeRead) {
  make_known(kPeersHost);
  Routing unread(own.store());  // as where a record that it needs is broken
  const FlowContext without{own.store(), workers,  clock, watch,       unread,     live_config,
                            keys,        counters, [] {}, quarantine_, path_traits};
  EXPECT_EQ(shares_for(without, kPeersHost, std::nullopt)[0].peer, peer.fingerprint());
  EXPECT_EQ(standing_of(without, *IpAddress::parse(kPeersHost)), Standing::known);
}

TEST_F(Filling, APeerThatIsRemovedHasNoShareAnyMore) {
  make_known(kPeersHost);
  own.write([&](store::WriteTransaction& txn) {
    auto found = store::find_peer(txn, peer.fingerprint());
    ASSERT_TRUE(found);
    found->state = store::PeerState::removed;
    store::put_peer(txn, *found);
  });
  ASSERT_TRUE(routing.refresh().ok());
  EXPECT_EQ(shares_for(context, kPeersHost, std::nullopt)[0].kind, store::ShareKind::stranger);
  EXPECT_EQ(standing_of(context, *IpAddress::parse(kPeersHost)), Standing::stranger);
}

TEST_F(Filling, BehindAnEdgeEachOuterSendersDomainHasItsShare) {
  behind_edge("192.0.2.0/28");
  const std::string edge = "192.0.2.3";
  EXPECT_EQ(fill(edge, "mallory@evil.example"), 2);
  EXPECT_EQ(send(junk(), "192.0.2.4", "other@evil.example").code, 452) << "another edge host";
  EXPECT_EQ(send(junk(), edge, "mallory@EVIL.example").code, 452);
  EXPECT_EQ(send(junk(), edge, "jo@d.example").code, 250);
  EXPECT_EQ(send(kText, edge, "mallory@evil.example").code, 250);
  EXPECT_EQ(deliver(good_mail(), edge, "alice@a.example"), 250);
}

TEST_F(Filling, BehindAnEdgeMailWithoutASenderHasOneShare) {
  behind_edge("192.0.2.0/28");
  EXPECT_EQ(fill("192.0.2.3", ""), 2);
  EXPECT_EQ(send(junk(), "192.0.2.4", "").code, 452);
  EXPECT_EQ(send(junk(), "192.0.2.3", "jo@d.example").code, 250);
}

TEST_F(Filling, BehindAnEdgeWhoClaimsAPeersDomainHarmsThatPeerAlone) {
  behind_edge("192.0.2.0/28");
  const std::string edge = "192.0.2.3";
  fill(edge, "ceo@a.example");
  EXPECT_EQ(stored(store::ShareKind::stranger), 0U);
  EXPECT_EQ(send(good_mail(), edge, "alice@a.example").code, 452);
  EXPECT_EQ(send(junk(), edge, "jo@d.example").code, 250);
  EXPECT_EQ(send(junk(), edge, "").code, 250);
  // Until an administrator looks.
  own.write([&](store::WriteTransaction& txn) {
    for (const auto& item : store::list_quarantine(txn, std::nullopt, 100).items)
      store::drop_quarantine(txn, item.message.id);
  });
  EXPECT_EQ(send(good_mail(), edge, "alice@a.example").code, 250);
}

TEST_F(Filling, BehindAnEdgeNobodyMakesTheEdgeAPeersNetwork) {
  behind_edge("192.0.2.0/28");
  ASSERT_EQ(deliver(good_mail(), "192.0.2.3", "alice@a.example"), 250);
  EXPECT_EQ(shares_for(context, "192.0.2.3", peering::mailbox("jo@d.example"))[0].kind,
            store::ShareKind::stranger);
}

TEST_F(Filling, TinyMailsAreBoundedByWhatEachCosts) {
  int taken = 0;
  while (taken < 100 &&
         send("Content-Type: application/pkcs7-mime\r\n\r\nAA" + std::to_string(taken) + "\r\n",
              kStrangersHost)
                 .code == 250)
    ++taken;
  EXPECT_LE(taken, 6);
}

TEST_F(Filling, APeersNetworksAreBoundedAndTheOldestGoes) {
  own.write([&](store::WriteTransaction& txn) {
    for (std::size_t i = 0; i < store::kMaxPeerNetworks + 10; ++i) {
      store::note_peer_network(txn, peer.fingerprint(), "network " + std::to_string(i),
                               clock.now() + std::chrono::seconds(i));
    }
    const Time now = clock.now() + std::chrono::hours(1);
    EXPECT_TRUE(store::peers_of_network(txn, "network 9", now, 10).empty());
    EXPECT_EQ(store::peers_of_network(txn, "network 10", now, 10).size(), 1U);
    EXPECT_EQ(txn.count(store::Table::peer_networks), 2 * store::kMaxPeerNetworks);
    EXPECT_EQ(store::purge_peer_networks(txn, now + store::kPeerNetworkAge, 10'000),
              store::kMaxPeerNetworks);
    EXPECT_EQ(txn.count(store::Table::peer_networks), 0U);
  });
}

}  // namespace
}  // namespace culvert::node
