#include <gtest/gtest.h>

#include <thread>

#include "crypto/base/limits.h"
#include "store/invitations.h"
#include "store/keyring.h"
#include "store/keys.h"
#include "store/peers.h"
#include "store/quarantine.h"
#include "store/routes.h"
#include "store/rules.h"
#include "store/secrets.h"
#include "store/seen.h"
#include "store/sent.h"
#include "store/staged_records.h"
#include "store/trace.h"
#include "tests/store/fixture.h"

namespace culvert::store {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

using SeenTest = StoreFixture;

TEST_F(SeenTest, KnowsEachRecipientOfEachMailOfEachPeer) {
  const MessageId id = MessageId::make(kStart);
  const Mailbox jane = mailbox("jane@a.example");
  write([&](WriteTransaction& txn) {
    EXPECT_TRUE(note_seen(txn, fingerprint(1), id, jane, kStart));
    EXPECT_FALSE(note_seen(txn, fingerprint(1), id, jane, kStart));
    EXPECT_TRUE(note_seen(txn, fingerprint(1), id, mailbox("joe@a.example"), kStart));
    // Ids of one peer cannot poison another's.
    EXPECT_TRUE(note_seen(txn, fingerprint(2), id, jane, kStart));
    EXPECT_TRUE(note_seen(txn, fingerprint(1), MessageId::make(kStart), jane, kStart));
  });
  reopen();
  write([&](WriteTransaction& txn) {
    EXPECT_FALSE(note_seen(txn, fingerprint(1), id, jane, kStart));
  });
}

TEST_F(SeenTest, TakesTheLongestAddress) {
  const std::string label(60, 'd');
  const std::string name = label + "." + label + "." + label + "." + label + ".example";
  const Mailbox longest = mailbox(std::string(64, 'l') + "@" + name);
  write([&](WriteTransaction& txn) {
    const MessageId id = MessageId::make(kStart);
    EXPECT_TRUE(note_seen(txn, fingerprint(1), id, longest, kStart));
    EXPECT_FALSE(note_seen(txn, fingerprint(1), id, longest, kStart));
  });
}

TEST(SeenHorizon, FollowsTheWallClockNoFasterThanTheSteadyOne) {
  const Time now = kStart;
  const Time horizon = now - kSeenRecordAge;
  EXPECT_EQ(next_horizon(horizon, now + seconds(60), seconds(60)), horizon + seconds(60));
  EXPECT_EQ(next_horizon(horizon, now + hours(87600), seconds(60)), horizon + seconds(60));
  EXPECT_EQ(next_horizon(horizon, now - hours(87600), seconds(60)), horizon);
  EXPECT_EQ(next_horizon(horizon, now, seconds(60)), horizon);
  EXPECT_EQ(next_horizon(horizon, now + hours(1), seconds(-60)), horizon);
}

TEST_F(SeenTest, ForgetsOnlyWhatIsBehindTheHorizon) {
  const MessageId id = MessageId::make(kStart);
  const Mailbox jane = mailbox("jane@a.example");
  write([&](WriteTransaction& txn) {
    for (int i = 0; i < 10; ++i) {
      note_seen(txn, fingerprint(static_cast<std::uint8_t>(i)), id, jane, kStart + seconds(i));
    }
    EXPECT_EQ(seen_horizon(txn), kStart - kSeenRecordAge);
    EXPECT_EQ(purge_seen(txn, 100), 0u);
    advance_seen_horizon(txn, kStart + seconds(5));
    advance_seen_horizon(txn, kStart);
    EXPECT_EQ(seen_horizon(txn), kStart + seconds(5));
  });
  write([&](WriteTransaction& txn) {
    EXPECT_EQ(purge_seen(txn, 3), 3u);
    EXPECT_EQ(purge_seen(txn, 3), 2u);
    EXPECT_EQ(purge_seen(txn, 3), 0u);
    EXPECT_FALSE(was_seen(txn, fingerprint(4), id, jane));
    EXPECT_TRUE(was_seen(txn, fingerprint(5), id, jane));
    EXPECT_EQ(txn.count(Table::seen), txn.count(Table::seen_by_time));
  });
}

using QuarantineTest = StoreFixture;

TEST_F(QuarantineTest, TakesAMessageOutOfTheQueueAndBack) {
  const MessageId id = put("content", {"b.example"});
  QuarantineItem item;
  item.since = kStart;
  item.reason_code = "no-route";
  item.reason_text = "the route is not active";
  item.recipients = {{mailbox("jane@b.example"), {}, {}}};
  item.peer = fingerprint(7);
  write([&](WriteTransaction& txn) {
    EXPECT_TRUE(quarantine_entry(txn, {id, 0}, item).value());
    EXPECT_FALSE(quarantine_entry(txn, {id, 0}, item).value());
    EXPECT_EQ(txn.count(Table::queue) + txn.count(Table::due) + txn.count(Table::messages), 0u);
    EXPECT_EQ(share_bytes(txn, {ShareKind::peer, fingerprint(7), {}}), charged_bytes(7));
    EXPECT_EQ(strangers_bytes(txn), 0u);
  });
  reopen();
  write([&](WriteTransaction& txn) {
    const auto found = find_quarantine(txn, id);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->reason_code, "no-route");
    EXPECT_EQ(found->message.size_bytes, 7u);
    EXPECT_TRUE(requeue_quarantine(txn, id, {entry_to(id, 0, "b.example")}).value());
    EXPECT_FALSE(requeue_quarantine(txn, id, {entry_to(id, 0, "b.example")}).value());
    EXPECT_EQ(share_bytes(txn, {ShareKind::peer, fingerprint(7), {}}), 0u);
  });
  EXPECT_EQ(body(message(id)->body), "content");
}

TEST_F(QuarantineTest, RefusesAMessageWithOtherEntries) {
  const MessageId id = put("content", {"b.example", "c.example"});
  write([&](WriteTransaction& txn) { EXPECT_FALSE(quarantine_entry(txn, {id, 0}, {}).ok()); });
  EXPECT_TRUE(entry({id, 0}));
}

TEST_F(QuarantineTest, ListsInPagesAndDropsWithTheBody) {
  std::vector<MessageId> ids;
  for (int i = 0; i < 5; ++i) {
    auto staged = stage(*store, "content");
    ids.push_back(staged->message.id);
    QuarantineItem item;
    item.message = staged->message;
    write(
        [&](WriteTransaction& txn) { EXPECT_TRUE(put_quarantine(txn, item, staged->body).ok()); });
  }
  const BodyRef first = [&] {
    BodyRef ref;
    read([&](const ReadTransaction& txn) { ref = find_quarantine(txn, ids[0])->message.body; });
    return ref;
  }();
  EXPECT_EQ(body(first), "content");
  std::size_t listed = 0;
  std::optional<MessageId> from;
  do {
    read([&](const ReadTransaction& txn) {
      const QuarantinePage page = list_quarantine(txn, from, 2);
      listed += page.items.size();
      from = page.next;
    });
  } while (from);
  EXPECT_EQ(listed, 5u);
  write([&](WriteTransaction& txn) {
    EXPECT_EQ(strangers_bytes(txn), 5 * charged_bytes(7));
    EXPECT_TRUE(drop_quarantine(txn, ids[0]));
    EXPECT_FALSE(drop_quarantine(txn, ids[0]));
    EXPECT_EQ(strangers_bytes(txn), 4 * charged_bytes(7));
  });
  EXPECT_EQ(body(first), "no-body");
}

TEST_F(QuarantineTest, ListsWhatIsHeldForOneReasonInPages) {
  for (int i = 0; i < 9; ++i) {
    auto staged = stage(*store, "content");
    QuarantineItem item;
    item.message = staged->message;
    item.reason_code = i % 3 == 0 ? "stale" : "no-route";
    write(
        [&](WriteTransaction& txn) { EXPECT_TRUE(put_quarantine(txn, item, staged->body).ok()); });
  }
  for (const auto& [reason, expected] : {std::pair("stale", 3U), {"no-route", 6U}, {"none", 0U}}) {
    std::size_t listed = 0;
    std::optional<MessageId> from;
    do {
      read([&, which = reason](const ReadTransaction& txn) {
        const QuarantinePage page = list_quarantine(txn, from, 2, which);
        for (const QuarantineItem& item : page.items)
          EXPECT_EQ(item.reason_code, which);
        listed += page.items.size();
        from = page.next;
      });
    } while (from);
    EXPECT_EQ(listed, expected) << reason;
  }
}

using SentTest = StoreFixture;

SentMail sent_at(Time sealed) {
  SentMail mail;
  mail.message = MessageId::make(kStart);
  mail.sender = mailbox("jo@c.example");
  mail.received = kStart;
  mail.sealed = sealed;
  mail.recipients = {{mailbox("ann@b.example"), Notify{.failure = true}, {}},
                     {mailbox("bob@b.example"), {}, {}}};
  return mail;
}

TEST_F(SentTest, IsFoundByItsTokenAndReportsEachRecipientOnce) {
  const SentMail mail = sent_at(kStart);
  const Bytes token(16, 7);
  write([&](WriteTransaction& txn) { note_sent(txn, token, mail); });
  reopen();
  write([&](WriteTransaction& txn) {
    EXPECT_EQ(find_sent(txn, token), mail);
    EXPECT_FALSE(find_sent(txn, Bytes(16, 8)));
    EXPECT_TRUE(note_reported(txn, token, {mailbox("ann@b.example")}));
    EXPECT_FALSE(note_reported(txn, token, {mailbox("bob@b.example"), mailbox("ann@b.example")}));
    EXPECT_FALSE(note_reported(txn, Bytes(16, 8), {mailbox("bob@b.example")}));
    EXPECT_EQ(find_sent(txn, token)->recipients.size(), 1u);
    EXPECT_TRUE(note_reported(txn, token, {mailbox("bob@b.example")}));
    EXPECT_EQ(find_sent(txn, token)->reported, mail.recipients);
  });
}

TEST_F(SentTest, ForgetsWhatIsOldInBatches) {
  write([&](WriteTransaction& txn) {
    for (std::uint8_t i = 0; i < 5; ++i) {
      note_sent(txn, Bytes(16, i), sent_at(kStart + std::chrono::seconds(i)));
    }
    // Sealed again under the same token: its time is the new one.
    note_sent(txn, Bytes(16, 0), sent_at(kStart + std::chrono::seconds(9)));
    EXPECT_EQ(purge_sent(txn, kStart + std::chrono::seconds(4), 2), 2u);
    EXPECT_EQ(purge_sent(txn, kStart + std::chrono::seconds(4), 2), 1u);
    EXPECT_EQ(purge_sent(txn, kStart + std::chrono::seconds(4), 2), 0u);
    EXPECT_TRUE(find_sent(txn, Bytes(16, 0)) && find_sent(txn, Bytes(16, 4)));
    EXPECT_EQ(txn.count(Table::sent), 2u);
    EXPECT_EQ(txn.count(Table::sent_by_time), 2u);
  });
}

using TraceTest = StoreFixture;

TEST_F(TraceTest, TellsWhatHappenedInOrder) {
  const MessageId id = MessageId::make(kStart);
  const std::vector<Mailbox> both = {mailbox("John@a.example"), mailbox("jane@b.example")};
  write([&](WriteTransaction& txn) {
    begin_trace(txn, id, {kStart, "received", {{"client", "x"}}}, both);
    for (int i = 0; i < 20; ++i)
      add_trace(txn, id, {kStart, std::to_string(i), {}});
    add_trace(txn, id, {kStart + seconds(1), "delivered", {{"host", "h"}, {"reply", "250 ok"}}});
  });
  read([&](const ReadTransaction& txn) {
    const auto events = find_trace(txn, id);
    ASSERT_EQ(events.size(), 22u);
    EXPECT_EQ(events[0].event, "received");
    for (int i = 0; i < 20; ++i)
      EXPECT_EQ(events[static_cast<std::size_t>(i) + 1].event, std::to_string(i));
    EXPECT_EQ(events[21].fields[1].second, "250 ok");
    for (const char* spelling : {"john@a.example", "jane@b.example", "\"jane\"@b.example"}) {
      EXPECT_EQ(find_traced(txn, mailbox(spelling), std::nullopt, 10).ids,
                std::vector<MessageId>{id})
          << spelling;
    }
    EXPECT_TRUE(find_traced(txn, mailbox("jan@b.example"), std::nullopt, 10).ids.empty());
  });
}

TEST_F(TraceTest, FindsTheNewestFirstPageByPage) {
  std::vector<MessageId> ids;
  write([&](WriteTransaction& txn) {
    ids.clear();
    for (int i = 0; i < 5; ++i) {
      ids.push_back(MessageId::make(kStart));
      begin_trace(txn, ids.back(), {kStart + seconds(i), "received", {}},
                  {mailbox(i == 2 ? "other@b.example" : "j@b.example")});
    }
  });
  read([&](const ReadTransaction& txn) {
    const TracedPage newest = find_traced(txn, mailbox("j@b.example"), std::nullopt, 2);
    EXPECT_EQ(newest.ids, (std::vector<MessageId>{ids[4], ids[3]}));
    ASSERT_TRUE(newest.next);
    const TracedPage rest = find_traced(txn, mailbox("j@b.example"), newest.next, 10);
    EXPECT_EQ(rest.ids, (std::vector<MessageId>{ids[1], ids[0]}));
    EXPECT_FALSE(rest.next);
  });
}

TEST_F(TraceTest, FindsByMessageIdAndByEither) {
  const auto name = [](std::string address, std::string message_id) {
    return TracedName{std::move(address), std::move(message_id)};
  };
  std::vector<MessageId> ids;
  write([&](WriteTransaction& txn) {
    ids.clear();
    for (const char* id : {"x1@a.example", "", "x2@a.example", "x1@a.example"}) {
      ids.push_back(MessageId::make(kStart));
      const Time at = kStart + seconds(ids.size());
      begin_trace(txn, ids.back(), {at, "received", {}}, {mailbox("j@b.example")}, id);
    }
  });
  read([&](const ReadTransaction& txn) {
    const auto found = [&txn](const TracedName& wanted) {
      return find_traced(txn, wanted, std::nullopt, 10).ids;
    };
    EXPECT_EQ(found(name("", "x1@a.example")), (std::vector<MessageId>{ids[3], ids[0]}));
    EXPECT_EQ(found(name("nobody@b.example", "x2@a.example")), std::vector<MessageId>{ids[2]});
    EXPECT_EQ(found(name(mailbox("J@b.example").lookup_key(), "x2@a.example")).size(), 4u);
    EXPECT_TRUE(found(name("", "X1@a.example")).empty());
    EXPECT_TRUE(found(name("", "")).empty()) << "mail without one has nothing in common";
  });
}

TEST_F(TraceTest, RemovesTheIndexOfEarlierPrograms) {
  write([&](WriteTransaction& txn) {
    for (const char* address : {"jane@b.example", "john@a.example", "j@b.example"}) {
      const Bytes place = txn.index(Table::trace_addresses, address);
      txn.put(Table::trace_addresses,
              KeyWriter().bytes(place).time(kStart).bytes(MessageId::make(kStart).view()).take(),
              {});
    }
  });
  write([&](WriteTransaction& txn) {
    EXPECT_EQ(purge_trace_index(txn, 2), 2u);
    EXPECT_EQ(purge_trace_index(txn, 2), 1u);
    EXPECT_EQ(txn.count(Table::trace_addresses), 0u);
  });
}

TEST_F(TraceTest, KeepsEveryEventOfManyThreads) {
  const MessageId id = MessageId::make(kStart);
  constexpr std::size_t kThreads = 4, kEvents = 200;
  std::vector<StagedRecords> staged(kThreads, StagedRecords(*store));
  std::vector<std::thread> threads;
  for (StagedRecords& records : staged) {
    threads.emplace_back([&records, &id] {
      for (std::size_t i = 0; i < kEvents; ++i)
        add_trace(records, id, {kStart, "delivery", {}});
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  write([&](WriteTransaction& txn) {
    for (const StagedRecords& records : staged)
      records.put_into(txn);
    EXPECT_EQ(find_trace(txn, id).size(), kThreads * kEvents);
  });
}

TEST_F(TraceTest, ForgetsByAgeAndLeavesNothing) {
  write([&](WriteTransaction& txn) {
    for (int i = 0; i < 6; ++i) {
      const MessageId id = MessageId::make(kStart);
      begin_trace(txn, id, {kStart + seconds(i), "received", {}}, {mailbox("j@b.example")});
      add_trace(txn, id, {kStart + seconds(100), "delivered", {}});
    }
  });
  write([&](WriteTransaction& txn) {
    EXPECT_EQ(purge_trace(txn, kStart + seconds(3), 2), 2u);
    EXPECT_EQ(purge_trace(txn, kStart + seconds(3), 2), 1u);
    EXPECT_EQ(purge_trace(txn, kStart + seconds(3), 2), 0u);
    EXPECT_EQ(find_traced(txn, mailbox("j@b.example"), std::nullopt, 10).ids.size(), 3u);
    EXPECT_EQ(purge_trace(txn, kStart + hours(1), 100), 3u);
    for (const Table table : {Table::trace, Table::trace_times, Table::trace_addresses}) {
      EXPECT_EQ(txn.count(table), 0u);
    }
  });
}

using PeersTest = StoreFixture;

Peer full_peer() {
  Peer peer;
  peer.fingerprint = fingerprint(3);
  peer.name = "gate.b.example";
  peer.state = PeerState::paired;
  peer.origin = PeerOrigin::accepted_by_us;
  peer.since = kStart;
  peer.last_seen = kStart + seconds(1);
  peer.identity_certificate = to_bytes("identity");
  peer.card = to_bytes("card");
  peer.serial = 12;
  peer.incarnation = to_bytes("incarnation");
  peer.card_issued = kStart;
  peer.card_expires = kStart + hours(24);
  peer.card_digest = to_bytes("digest");
  peer.urls = {"https://192.0.2.1:8443"};
  peer.signing_certificates = {to_bytes("s1"), to_bytes("s2")};
  peer.encryption_certificates = {to_bytes("e1")};
  peer.largest_message_bytes = 5'000'000;
  peer.allowed_certificates = {to_bytes("own")};
  peer.named = {domain("b.example"), domain("c.example")};
  peer.outbound_held = "two cards";
  peer.ignored_domains = {"com"};
  peer.card_sent_serial = 4;
  peer.taken_serial = 5;
  peer.refused = 3;
  return peer;
}

TEST_F(PeersTest, AreKeptWhole) {
  write([](WriteTransaction& txn) { put_peer(txn, full_peer()); });
  reopen();
  read([](const ReadTransaction& txn) {
    EXPECT_EQ(find_peer(txn, fingerprint(3)), full_peer());
    EXPECT_EQ(find_peer(txn, fingerprint(4)), std::nullopt);
    EXPECT_EQ(list_peers(txn).size(), 1u);
  });
}

TEST_F(PeersTest, RememberWhatMustNeverComeBack) {
  write([](WriteTransaction& txn) {
    put_tombstone(txn, {fingerprint(1), kStart, "removed by hand"});
    note_incarnation(txn, fingerprint(1), as_bytes("one"), kStart);
    note_incarnation(txn, fingerprint(1), as_bytes("one"), kStart + hours(1));
    note_revoked(txn, fingerprint(1), as_bytes("cert"), kStart);
    note_revoked(txn, fingerprint(1), as_bytes("more"), kStart);
    note_revoked(txn, fingerprint(2), as_bytes("other"), kStart);
  });
  reopen();
  read([](const ReadTransaction& txn) {
    EXPECT_EQ(find_tombstone(txn, fingerprint(1))->reason, "removed by hand");
    EXPECT_FALSE(find_tombstone(txn, fingerprint(2)));
    EXPECT_EQ(find_incarnation(txn, fingerprint(1), as_bytes("one")), kStart);
    EXPECT_FALSE(find_incarnation(txn, fingerprint(2), as_bytes("one")));
    EXPECT_TRUE(is_revoked(txn, fingerprint(1), as_bytes("cert")));
    EXPECT_FALSE(is_revoked(txn, fingerprint(2), as_bytes("cert")));
    EXPECT_EQ(list_revoked(txn, fingerprint(1)),
              (std::vector<Bytes>{to_bytes("cert"), to_bytes("more")}));
  });
}

using RoutesTest = StoreFixture;

TEST_F(RoutesTest, AreFoundByDomainAndByPeer) {
  Route route{.domain = domain("b.example"), .peer = fingerprint(1)};
  route.state = RouteState::degraded;
  route.since = kStart;
  route.reason = "proof fails";
  route.named = true;
  route.active_since = kStart;
  route.proof_failures = 4;
  write([&](WriteTransaction& txn) {
    put_route(txn, route);
    put_route(txn, {.domain = domain("b.example"), .peer = fingerprint(2)});
    put_route(txn, {.domain = domain("c.example"), .peer = fingerprint(1)});
    put_route(txn, {.domain = domain("b.example.org"), .peer = fingerprint(3)});
  });
  reopen();
  write([&](WriteTransaction& txn) {
    EXPECT_EQ(find_route(txn, domain("b.example"), fingerprint(1)), route);
    EXPECT_EQ(routes_of_domain(txn, domain("b.example")).size(), 2u);
    EXPECT_EQ(routes_of_peer(txn, fingerprint(1)).size(), 2u);
    EXPECT_EQ(list_routes(txn).size(), 4u);
    EXPECT_TRUE(remove_route(txn, domain("b.example"), fingerprint(1)));
    EXPECT_FALSE(remove_route(txn, domain("b.example"), fingerprint(1)));
    EXPECT_EQ(routes_of_peer(txn, fingerprint(1)).size(), 1u);
  });
}

TEST_F(RoutesTest, KeepProofsSealedAndByRole) {
  const Proof proof{.role = ProofRole::verifying,
                    .peer = fingerprint(1),
                    .id = to_bytes("0123456789abcdef"),
                    .domain = domain("b.example"),
                    .mail_token = SecretBytes(as_bytes("mail-token")),
                    .started = kStart,
                    .expires = kStart + hours(6)};
  write([&](WriteTransaction& txn) {
    put_proof(txn, proof);
    EXPECT_EQ(as_text(*txn.scan(Table::proofs).value()).find("mail-token"), std::string::npos);
  });
  reopen();
  write([&](WriteTransaction& txn) {
    const auto found = find_proof(txn, ProofRole::verifying, fingerprint(1), proof.id);
    ASSERT_TRUE(found);
    EXPECT_EQ(as_text(found->mail_token.view()), "mail-token");
    EXPECT_TRUE(found->web_token.empty());
    EXPECT_FALSE(find_proof(txn, ProofRole::answering, fingerprint(1), proof.id));
    EXPECT_EQ(proofs_of_peer(txn, ProofRole::verifying, fingerprint(1)).size(), 1u);
    EXPECT_EQ(list_proofs(txn, ProofRole::answering).size(), 0u);
    EXPECT_TRUE(remove_proof(txn, ProofRole::verifying, fingerprint(1), proof.id));
    EXPECT_EQ(list_proofs(txn, ProofRole::verifying).size(), 0u);
  });
}

using InvitationsTest = StoreFixture;

TEST_F(InvitationsTest, KeepTheirSecretSealed) {
  Invitation invitation;
  invitation.id = to_bytes("0123456789abcdef");
  invitation.secret = SecretBytes(as_bytes("the-secret"));
  invitation.domains = {domain("b.example")};
  invitation.expires = kStart + hours(72);
  invitation.used_by = fingerprint(4);
  invitation.answer = to_bytes("answer");
  write([&](WriteTransaction& txn) {
    put_invitation(txn, invitation);
    EXPECT_EQ(as_text(*txn.scan(Table::invitations).value()).find("the-secret"), std::string::npos);
  });
  reopen();
  write([&](WriteTransaction& txn) {
    const auto found = find_invitation(txn, invitation.id);
    ASSERT_TRUE(found);
    EXPECT_EQ(as_text(found->secret.view()), "the-secret");
    EXPECT_EQ(found->domains, invitation.domains);
    EXPECT_EQ(found->used_by, fingerprint(4));
    EXPECT_EQ(found->answer, to_bytes("answer"));
    EXPECT_EQ(list_invitations(txn).size(), 1u);
    EXPECT_TRUE(remove_invitation(txn, invitation.id));
  });
}

TEST_F(InvitationsTest, AnswerARepeatedIdAsBefore) {
  write([](WriteTransaction& txn) {
    EXPECT_TRUE(
        note_answered(txn, fingerprint(1), as_bytes("id"), {kStart, "accept", to_bytes("a")}));
    EXPECT_FALSE(
        note_answered(txn, fingerprint(1), as_bytes("id"), {kStart, "accept", to_bytes("b")}));
    EXPECT_TRUE(note_answered(txn, fingerprint(2), as_bytes("id"), {kStart, "accept", {}}));
    EXPECT_EQ(find_answered(txn, fingerprint(1), as_bytes("id"))->answer, to_bytes("a"));
    EXPECT_EQ(purge_answered(txn, kStart, 10), 0u);
    EXPECT_EQ(purge_answered(txn, kStart + seconds(1), 1), 1u);
    EXPECT_EQ(purge_answered(txn, kStart + seconds(1), 10), 1u);
    EXPECT_FALSE(find_answered(txn, fingerprint(1), as_bytes("id")));
  });
}

TEST_F(InvitationsTest, LetTheSerialOfOurCardNeverGoBack) {
  OwnCard card;
  card.serial = 5;
  card.incarnation = to_bytes("one");
  card.card = to_bytes("signed");
  write([&](WriteTransaction& txn) {
    put_own_card(txn, card);
    EXPECT_EQ(own_card(txn), card);
  });
  const Status back = store->write([&](WriteTransaction& txn) {
    put_own_card(txn, card);
    return done();
  });
  ASSERT_FALSE(back.ok());
  EXPECT_EQ(back.error().code, "serial-went-back");
  card.incarnation = to_bytes("two");
  card.serial = 1;
  write([&](WriteTransaction& txn) { put_own_card(txn, card); });
}

using KeyringTest = StoreFixture;

TEST_F(KeyringTest, SealsSecretsUnderTheirName) {
  write([](WriteTransaction& txn) {
    put_secret(txn, "identity", SecretBytes(as_bytes("pkcs8")));
    put_secret(txn, "other", SecretBytes(as_bytes("more")));
  });
  reopen();
  read([](const ReadTransaction& txn) {
    EXPECT_EQ(as_text(find_secret(txn, "identity")->view()), "pkcs8");
    EXPECT_FALSE(find_secret(txn, "none"));
    EXPECT_EQ(list_secrets(txn), (std::vector<std::string>{"identity", "other"}));
  });
  // Exchanged on disk, they do not open.
  const Status swapped = store->write([](WriteTransaction& txn) {
    const auto view = txn.get(Table::secrets, as_bytes("other"));
    txn.put(Table::secrets, as_bytes("identity"), Bytes(view->begin(), view->end()));
    EXPECT_FALSE(find_secret(txn, "identity"));
    return done();
  });
  ASSERT_FALSE(swapped.ok());
  EXPECT_EQ(swapped.error().code, "not-sealed-here");
  write([](WriteTransaction& txn) { EXPECT_TRUE(remove_secret(txn, "other")); });
}

TEST_F(KeyringTest, FindsCertificatesByIssuerAndSerial) {
  StoredCertificate certificate;
  certificate.role = CertificateRole::tunnel_encrypt;
  certificate.der = to_bytes("der");
  certificate.issuer = Bytes(2000, 7);  // longer than a key can be
  certificate.serial = to_bytes("1");
  certificate.key_name = "tunnel-encrypt-1";
  certificate.not_before = kStart;
  certificate.announced = kStart;
  certificate.listed_serial = 9;
  certificate.left_card = kStart + hours(2);
  StoredCertificate newer = certificate;
  newer.serial = to_bytes("2");
  newer.not_before = kStart + hours(1);
  write([&](WriteTransaction& txn) {
    put_certificate(txn, certificate);
    put_certificate(txn, newer);
  });
  reopen();
  write([&](WriteTransaction& txn) {
    EXPECT_EQ(find_certificate(txn, certificate.issuer, certificate.serial), certificate);
    EXPECT_FALSE(find_certificate(txn, certificate.issuer, as_bytes("3")));
    const auto listed = list_certificates(txn, CertificateRole::tunnel_encrypt);
    EXPECT_EQ(listed, (std::vector<StoredCertificate>{newer, certificate}));
    EXPECT_TRUE(list_certificates(txn, CertificateRole::tls).empty());
    EXPECT_TRUE(remove_certificate(txn, newer.issuer, newer.serial));
    EXPECT_EQ(list_certificates(txn).size(), 1u);
  });
}

using RulesTest = StoreFixture;

TEST_F(RulesTest, AreKeptByScopeAndKey) {
  write([](WriteTransaction& txn) {
    put_rule(txn, {"global", "encrypt", "mandatory"});
    put_rule(txn, {"global", "encrypt", "never"});
    put_rule(txn, {"domain:b.example", "encrypt", "mandatory"});
    put_rule(txn, {"domain:b.example.org", "encrypt", ""});
  });
  reopen();
  write([](WriteTransaction& txn) {
    EXPECT_EQ(find_rule(txn, "global", "encrypt"), "never");
    EXPECT_EQ(find_rule(txn, "domain:b.example.org", "encrypt"), "");
    EXPECT_FALSE(find_rule(txn, "global", "enc"));
    EXPECT_EQ(list_rules(txn).size(), 3u);
    EXPECT_EQ(list_rules(txn, "domain:b.example").size(), 1u);
    EXPECT_TRUE(remove_rule(txn, "global", "encrypt"));
    EXPECT_FALSE(remove_rule(txn, "global", "encrypt"));
  });
  EXPECT_FALSE(store
                   ->write([](WriteTransaction& txn) {
                     put_rule(txn, {"", "encrypt", "x"});
                     return done();
                   })
                   .ok());
}

TEST_F(TraceTest, ForgetsWhatHappenedAfterItsMessageWasForgotten) {
  const MessageId waits = MessageId::make(kStart), fresh = MessageId::make(kStart + hours(2));
  write([&](WriteTransaction& txn) {
    begin_trace(txn, waits, {kStart, "received", {}}, {mailbox("j@b.example")});
    EXPECT_EQ(purge_trace(txn, kStart + hours(1), 10), 1u);
    add_trace(txn, waits, {kStart + hours(1), "delivery", {}});
    add_trace(txn, waits, {kStart + hours(3), "delivery", {}});
    begin_trace(txn, fresh, {kStart + hours(2), "received", {}}, {mailbox("j@b.example")});
  });
  write([&](WriteTransaction& txn) {
    EXPECT_EQ(purge_late_events(txn, kStart + hours(2), 10), 1u);
    EXPECT_EQ(purge_late_events(txn, kStart + hours(2), 10), 0u);
    EXPECT_EQ(find_trace(txn, waits).size(), 1u);
    EXPECT_EQ(purge_late_events(txn, kStart + hours(4), 1), 1u);
    EXPECT_TRUE(find_trace(txn, waits).empty());
    EXPECT_EQ(find_trace(txn, fresh).size(), 1u);
  });
}

using AdminCommandsTest = StoreFixture;

TEST_F(AdminCommandsTest, AreTakenOnceInTheirOrder) {
  const AdminCommand second{kStart - hours(1), "anna",
                            "peer pause b.example"};  // a clock went back
  const AdminCommand first{kStart, "root", "peer remove b.example"};
  write([&](WriteTransaction& txn) {
    note_command(txn, first);
    note_command(txn, second);
  });
  write([&](WriteTransaction& txn) {
    const UntoldCommands told = untold_commands(txn, 1);
    EXPECT_EQ(told.commands, std::vector<AdminCommand>{first});
    EXPECT_EQ(untold_commands(txn, 1).commands, told.commands) << "until it is told";
    forget_commands(txn, told);
    const UntoldCommands rest = untold_commands(txn, 10);
    EXPECT_EQ(rest.commands, std::vector<AdminCommand>{second});
    forget_commands(txn, rest);
    EXPECT_TRUE(untold_commands(txn, 10).last.empty());
  });
}

}  // namespace
}  // namespace culvert::store
