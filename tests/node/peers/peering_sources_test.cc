// What the peering port remembers of addresses: those of peers, and those of whom it refused.
#include <gtest/gtest.h>

#include "crypto/keys/digest.h"
#include "node/peers/known_addresses.h"
#include "node/peers/refused_sources.h"

namespace culvert::node {
namespace {

IpAddress ip(std::string_view text) { return *IpAddress::parse(text); }
Fingerprint peer(int number) {
  return *Fingerprint::from_bytes(crypto::sha256(as_bytes("peer " + std::to_string(number))));
}
store::Peer stored(int number, store::PeerState state, std::vector<std::string> seen_from = {}) {
  store::Peer out;
  out.fingerprint = peer(number);
  out.state = state;
  out.seen_from = std::move(seen_from);
  return out;
}

TEST(KnownAddresses, AreThoseFromWhichAPeersSignatureCame) {
  KnownAddresses known;
  EXPECT_FALSE(known.contains(ip("192.0.2.1")));
  known.note(peer(1), ip("192.0.2.1"));
  known.note(peer(1), ip("2001:db8:1:2::5"));
  EXPECT_TRUE(known.contains(ip("192.0.2.1")));
  EXPECT_TRUE(known.contains(ip("2001:db8:1:2:ffff::1")));
  EXPECT_FALSE(known.contains(ip("2001:db8:1:3::5")));
  EXPECT_FALSE(known.contains(ip("192.0.2.2")));
}

// Named attack: One address, by a peer: it cannot make all addresses known, nor push out another's.
TEST(KnownAddresses, APeerPushesOutItsOwnOnly) {
  KnownAddresses known;
  known.note(peer(2), ip("198.51.100.1"));
  for (int i = 0; i < 200; ++i)
    known.note(peer(1), ip("192.0.2." + std::to_string(i)));
  EXPECT_TRUE(known.contains(ip("198.51.100.1")));
  EXPECT_TRUE(known.contains(ip("192.0.2.199")));
  EXPECT_FALSE(known.contains(ip("192.0.2.195")));
}

TEST(KnownAddresses, AreStoredWhenTheyChangeAndComeBackAfterARestart) {
  KnownAddresses known;
  known.note(peer(1), ip("192.0.2.1"));
  known.note(peer(1), ip("192.0.2.2"));
  const auto changes = known.take_changes();
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes.at(peer(1)), (std::vector<std::string>{"192.0.2.2", "192.0.2.1"}));
  known.note(peer(1), ip("192.0.2.1"));
  EXPECT_TRUE(known.take_changes().empty());
  KnownAddresses fresh;
  fresh.refresh({stored(1, store::PeerState::paired, changes.at(peer(1)))});
  EXPECT_TRUE(fresh.contains(ip("192.0.2.1")));
  EXPECT_TRUE(fresh.contains(ip("192.0.2.2")));
}

TEST(KnownAddresses, OfWhoIsNoPeerAnyMoreAreForgotten) {
  KnownAddresses known;
  known.note(peer(1), ip("192.0.2.1"));
  known.note(peer(2), ip("192.0.2.2"));
  known.note(peer(3), ip("192.0.2.3"));
  known.refresh({stored(1, store::PeerState::removed), stored(3, store::PeerState::paused)});
  EXPECT_FALSE(known.contains(ip("192.0.2.1")));
  EXPECT_FALSE(known.contains(ip("192.0.2.2")));
  EXPECT_TRUE(known.contains(ip("192.0.2.3")));
}

// Named attack: Made-up codes: they fill neither the log nor the memory.
TEST(RefusedSources, TellsTheFirstFewOfASource) {
  RefusedSources refused;
  const SteadyTime start{std::chrono::hours(1)};
  int told = 0;
  for (int i = 0; i < 1000; ++i)
    told += refused.note(ip("192.0.2.1"), start) ? 1 : 0;
  EXPECT_EQ(told, static_cast<int>(kToldRefusals));
  EXPECT_TRUE(refused.note(ip("192.0.2.2"), start));
  EXPECT_TRUE(refused.note(ip("192.0.2.1"), start + kRefusalWindow));
}

TEST(RefusedSources, CountsAnIpv6NetworkAsOneAndIsNotFilled) {
  RefusedSources refused;
  const SteadyTime start{std::chrono::hours(1)};
  for (int i = 0; i < 100; ++i)
    refused.note(ip("2001:db8::" + std::to_string(i)), start);
  EXPECT_EQ(refused.sources(), 1U);
  for (int i = 0; i < 5000; ++i)
    refused.note(ip("10.1." + std::to_string(i / 250) + "." + std::to_string(i % 250)), start);
  EXPECT_EQ(refused.sources(), kMaxRefusedSources);
  // Who came before is told as before.
  EXPECT_FALSE(refused.note(ip("2001:db8::1"), start));
}

}  // namespace
}  // namespace culvert::node
