// Mail of a peer that this node took and does not hand on: what becomes of it, and what the peer is
// told.
#include <gtest/gtest.h>

#include "crypto/mime/base64.h"
#include "node/opening/waiting_mail.h"
#include "peering/trouble.h"
#include "store/sealed_mail.h"
#include "store/trouble.h"
#include "tests/node/flow/open_stored.h"
#include "tests/node/flow/peer_fixture.h"

namespace culvert::node {
namespace {

using std::chrono::hours;

class TroubleFlowTest : public PeerFlowTest {
 protected:
  void SetUp() override {
    PeerFlowTest::SetUp();
    message_id =
        peering::outer_message_id(Bytes(store::kSealedNameBytes, 5), peering::domain("a.example"));
  }

  // What the peer is to be told.
  std::vector<store::TroubleToTell> told() {
    std::vector<store::TroubleToTell> found;
    own.read([&](const store::ReadTransaction& txn) {
      found = store::troubles_to_tell(txn, peer.fingerprint(), 100, clock.now() + patience);
    });
    return found;
  }
  void take(const std::string& message) {
    ASSERT_EQ(arrive(message).code, 250);
    open_it();
  }
  // The reason, and the word that the peer is told.
  std::pair<std::string, std::string> held(const std::string& message) {
    take(message);
    const auto items = quarantine();
    const auto notes = told();
    EXPECT_EQ(items.size(), 1u);
    return {items.empty() ? "" : items[0].reason_code, notes.empty() ? "" : notes[0].note.reason};
  }
  static std::string in_parts(const std::string& sealed, std::string_view beside) {
    const std::size_t end = sealed.find("\r\n\r\n");
    std::string head = sealed.substr(0, end + 2);
    const std::size_t type = head.find("Content-Type:");
    const std::string fields = head.substr(type);
    return head.substr(0, type) + "Content-Type: multipart/mixed; boundary=w\r\n\r\n--w\r\n" +
           fields + "\r\n" + sealed.substr(end + 4) + "\r\n" + std::string(beside) + "--w--\r\n";
  }
  std::chrono::hours patience{0};  // with which the peer's news are looked at
  const std::string original = "From: alice@a.example\r\nSubject: x\r\n\r\nhello\r\n";
};

TEST_F(TroubleFlowTest, WhatWasSealedAheadOfOurClockIsOpenedWhenItsTimeComes) {
  change = [this](peering::SealedEnvelope& e) { e.sealed = clock.now() + hours(5); };
  EXPECT_EQ(held(seal(original)), std::pair(std::string("future"), std::string("future")));
  ASSERT_TRUE(quarantine()[0].opens.has_value());
  EXPECT_NE(quarantine()[0].reason_text.find("5 h 0 min ahead"), std::string::npos);
  EXPECT_EQ(told()[0].note.message_id, message_id);
  const peering::SealedId id = envelope().id;
  EXPECT_EQ(told()[0].note.culvert_id, Bytes(id.begin(), id.end()));
  ASSERT_TRUE(requeue_waiting_mail(context).ok());
  EXPECT_EQ(quarantine().size(), 1u) << "its time has not come";
  clock.set_wall(clock.now() + hours(4));
  ASSERT_TRUE(requeue_waiting_mail(context).ok());
  open_it();
  EXPECT_TRUE(quarantine().empty());
  ASSERT_EQ(queue().size(), 1u);
  EXPECT_EQ(queue()[0].path, store::DeliveryPath::inside);
}

// A clock that was fast when the mail came is set right: a person releases it, and it is not old.
TEST_F(TroubleFlowTest, WhatWasStaleByAWrongClockIsOpenedOnceThatIsRight) {
  const std::string sealed = seal(original);
  const Time right = clock.now();
  clock.set_wall(right + hours(15 * 24));
  EXPECT_EQ(held(sealed).first, "stale");
  clock.set_wall(right + hours(1));
  own.write([&](store::WriteTransaction& txn) {
    const auto item = quarantine()[0];
    EXPECT_TRUE(
        *store::requeue_quarantine(txn, item.message.id, {entry_to_open(item, clock.now())}));
  });
  open_it();
  EXPECT_TRUE(quarantine().empty());
}

// Named attack: Replay.
TEST_F(TroubleFlowTest, AReplayOfWhatWasDeliveredTellsNobodyThatItWaits) {
  const std::string sealed = seal(original);
  take(sealed);
  clock.set_wall(clock.now() + hours(15 * 24));
  std::vector<store::QueueEntry> waiting;
  EXPECT_EQ(arrive(sealed).code, 250);
  for (const store::QueueEntry& entry : queue()) {
    if (entry.path != store::DeliveryPath::open) continue;
    std::promise<Status> done;
    open_stored(opener, own.store(), entry.id,
                [&done](const Status& status) { done.set_value(status); });
    EXPECT_TRUE(done.get_future().get().ok());
  }
  EXPECT_EQ(quarantine().size(), 1u);
  EXPECT_TRUE(told().empty());
}

// Named attack: EFAIL.
TEST_F(TroubleFlowTest, WhatSomethingWasAddedToIsHeldAndTold) {
  const std::string notice = "--w\r\nContent-Type: text/plain\r\n\r\nscanned\r\n";
  EXPECT_EQ(held(in_parts(seal(original), notice)),
            std::pair(std::string("altered"), std::string("altered")));
  EXPECT_TRUE(told()[0].note.culvert_id.empty());
  EXPECT_TRUE(queue().empty());
  EXPECT_FALSE(quarantine()[0].peer.has_value()) << "nobody's signature was looked at";
}

TEST_F(TroubleFlowTest, WhatARelayWrappedOrRelabelledIsOpened) {
  take(in_parts(seal(original), ""));
  std::string other = seal(original);
  const std::size_t type = other.find("Content-Type:");
  other.replace(type, other.find("\r\nContent-Transfer", type) - type,
                "Content-Type: application/octet-stream; name=smime.p7m");
  EXPECT_TRUE(quarantine().empty());
  EXPECT_EQ(queue().size(), 1u);
}

// Nobody can read it any more, and nobody may take it for mail in clear: the peer's node has said
// outside that it sealed it.
TEST_F(TroubleFlowTest, WhatNobodyCanReadAnyMoreIsHeldAsThePeersMail) {
  const std::string sealed = seal(original);
  const std::size_t end = sealed.find("\r\n\r\n") + 4;
  const std::string body = sealed.substr(end);
  std::string head = sealed.substr(0, end - 2);
  head = head.substr(0, head.find("Content-Type:"));
  std::string hidden;  // behind more places than are looked at
  for (int i = 0; i < 12; ++i)
    hidden += "MIA said something\r\n";
  std::string hexadecimal;
  for (const std::string& line : {to_hex(as_bytes(body)).substr(0, 2000)})
    hexadecimal += line + "\r\n";
  const std::string as_mime =
      "Content-Type: application/pkcs7-mime; smime-type=authEnveloped-data; "
      "name=smime.p7m\r\n";
  const std::string encoded = "Content-Transfer-Encoding: base64\r\n";
  const std::string cases[] = {
      as_mime + "\r\n" + body,
      as_mime + "Content-Transfer-Encoding: 7bit\r\n\r\n" + body,
      as_mime + encoded + "\r\n[EXTERNAL] Caution!\r\n" + body,
      as_mime + encoded + "\r\n" + crypto::to_base64(as_bytes(body)) + "\r\n",
      as_mime + encoded + "\r\n-----BEGIN PKCS7-----\r\n" + body + "-----END PKCS7-----\r\n",
      "Content-Type: text/plain\r\n" + encoded + "\r\n" + crypto::to_base64(as_bytes(body)) +
          "\r\n",
      "Content-Type: text/html\r\n\r\n<html><pre>" + body + "</pre>\r\n",
      "Content-Type: text/plain\r\n\r\n> " + body,
      "Content-Type: text/plain\r\n\r\n" + hidden + body,
      "Content-Type: text/plain\r\n\r\n" + hexadecimal,
      "Content-Type: text/plain\r\n\r\nremoved by a filter\r\n",
  };
  std::size_t count = 0;
  for (const std::string& rest : cases) {
    const std::string mail = head + rest;
    take(mail);
    EXPECT_EQ(quarantine().size(), ++count) << rest.substr(0, 200);
    EXPECT_TRUE(queue().empty()) << rest.substr(0, 200);
  }
  for (const store::QuarantineItem& item : quarantine())
    EXPECT_EQ(item.reason_code, "altered");
  EXPECT_EQ(told().size(), 1u) << "once for a message";
}

// Named attack: Decryption oracle. What everybody can see of the damage is told, with the key or
// without it; what only the key shows is not.
TEST_F(TroubleFlowTest, WhatWasDamagedOnItsWayIsToldByWhatEverybodySees) {
  const std::string sealed = seal(original + std::string(3000, 'x') + "\r\n");
  const std::size_t middle = sealed.find("\r\n", sealed.size() / 2) + 2;
  std::string scanned = sealed;
  scanned.insert(middle, "*** scanned by Foo ***\r\n");
  const std::string cut = sealed.substr(0, middle);
  std::string flipped = sealed;
  flipped[middle + 10] = flipped[middle + 10] == 'A' ? 'B' : 'A';
  for (const std::string& mail : {scanned, cut, flipped})
    take(mail);
  ASSERT_FALSE(told().empty());
  EXPECT_EQ(told()[0].note.reason, "altered");
  // The key that was wrapped for us, and what stands around it, is spoilt as well.
  const std::size_t begin = sealed.find("\r\n\r\n") + 4;
  for (std::size_t at = begin; at < begin + 600; at += 7) {
    std::string both = scanned;
    both[at] = both[at] == 'A' ? 'B' : 'A';
    if (arrive(both).code == 250) open_it();
    EXPECT_TRUE(queue().empty()) << at;
  }
  std::map<std::string, std::size_t> reasons;
  for (const store::QuarantineItem& item : quarantine())
    ++reasons[item.reason_code];
  EXPECT_EQ(reasons["bad-tag"], 1u);
  EXPECT_GT(reasons["altered"], 60u);
  EXPECT_EQ(reasons.size() - reasons.count("no-key"), 2u) << "whatever the key did";
}

// A node that has lost its keys, or was set up anew, leaves the mail where it is safe.
TEST_F(TroubleFlowTest, WhatIsSealedForCertificatesThatWereNeverOursIsNotTaken) {
  const std::string sealed = seal_for(peer.encryption().certificate, original);
  const Reply reply = arrive(sealed);
  EXPECT_EQ(reply.code, 451);
  EXPECT_EQ(reply.enhanced, "4.7.5");
  EXPECT_TRUE(queue().empty());
  // Without that field it may be a user's own.
  EXPECT_EQ(arrive(seal_as_a_user(peer.encryption().certificate, original)).code, 250);
}

// Mail in clear never waits for room; what a peer sealed does, whatever a relay made of it.
TEST_F(TroubleFlowTest, WithoutRoomWhatAPeerSealedIsNotTakenAsItIs) {
  limits = {};
  limits.step_bytes = 1;
  std::string relabelled = seal(original);
  const std::size_t type = relabelled.find("Content-Type:");
  relabelled.replace(type, relabelled.find("\r\nContent-Transfer", type) - type,
                     "Content-Type: application/octet-stream; name=smime.p7m");
  EXPECT_EQ(arrive(relabelled).code, 452);
  EXPECT_TRUE(queue().empty());
}

TEST_F(TroubleFlowTest, ACertificateThatIsNotKnownAnyMoreIsToldWithWhatEverybodySees) {
  auto fewer = std::make_shared<OwnKeys>(own.identity().certificate);
  keys.set(fewer);
  EXPECT_EQ(held(seal(original)), std::pair(std::string("no-key"), std::string("unknown-key")));
  EXPECT_EQ(told()[0].note.identifiers,
            std::vector<std::string>{own.encryption().certificate.serial_hex()});
}

TEST_F(TroubleFlowTest, NothingIsToldOfAMessageIdThatNoNodeMakes) {
  message_id = "<x@gate>";
  change = [this](peering::SealedEnvelope& e) { e.sealed = clock.now() + hours(5); };
  EXPECT_EQ(held(seal(original)), std::pair(std::string("future"), std::string()));
}

// What the peer's inside listener takes at its limits, with the fields that a node adds.
TEST_F(TroubleFlowTest, WhatAPeerMayTakeFromInsideIsOpenedHere) {
  const auto with = [](std::size_t received, std::size_t others, std::size_t octets) {
    std::string header = "From: alice@a.example\r\n";
    for (std::size_t i = 0; i < received; ++i)
      header += "Received: from x by y; now\r\n";
    for (std::size_t i = 0; i < others; ++i)
      header += "X: y\r\n";
    while (header.size() + 1000 < octets)
      header += "X-Long: " + std::string(900, 'z') + "\r\n";
    return header;
  };
  const std::string added = "Received: from inside.a.example by gate.a.example (Culvert); now\r\n";
  const crypto::HeaderLimits limit = crypto::kInsideHeader;
  const std::string at_limits[] = {
      with(limit.received_fields, 0, 0),
      with(0, limit.fields - 1, 0),
      with(0, 0, limit.bytes),
  };
  std::size_t opened = 0;
  for (const std::string& header : at_limits) {
    change = [&opened](peering::SealedEnvelope& e) {
      e.id = {static_cast<std::uint8_t>(opened + 1)};
    };
    take(seal(added + header + "\r\nbody\r\n"));
    ++opened;
    ASSERT_TRUE(quarantine().empty()) << quarantine()[0].reason_text;
    own.write([&](store::WriteTransaction& txn) {
      for (const store::QueueEntry& entry : store::list_queue(txn, std::nullopt, 10).entries)
        store::finish(txn, entry.id);
    });
  }
}

TEST_F(TroubleFlowTest, WhatIsBeyondIsToldAsWhatItIs) {
  std::string loop = "From: alice@a.example\r\n";
  for (std::size_t i = 0; i <= crypto::kMessageHeader.received_fields; ++i)
    loop += "Received: from x by y; now\r\n";
  EXPECT_EQ(held(seal(loop + "\r\nx\r\n")),
            std::pair(std::string("mail-loop"), std::string("loop")));
}

}  // namespace
}  // namespace culvert::node
