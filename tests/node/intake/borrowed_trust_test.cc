// Named attack: Borrowed trust. Mail that our own server hands in is not always our own people's:
// an alias, a list or a rewritten address sends on what came from elsewhere. What the header tells
// of that is decided here; what the peer's node makes of it, in tests/peering/tunnel_test.cc.
#include <gtest/gtest.h>

#include "node/flow/own_marks.h"
#include "node/flow/trace_fields.h"
#include "node/intake/quoted_marks.h"
#include "tests/node/flow/fixture.h"
#include "tests/node/flow/hand_in.h"

namespace culvert::node {
namespace {

using Side = ReceivedFrom::Side;

class BorrowedTrustTest : public FlowTest {
 protected:
  void SetUp() override {
    context.marks = {{"old.a.example", "gate.a.example"}, kStart};
    clock.set_wall(kStart + std::chrono::hours(1));
  }

  std::string id_of(std::chrono::seconds after_start) const {
    return store::MessageId::make(kStart + after_start).hex();
  }
  // What this node wrote an hour after its marks began to tell.
  std::string mark(Side side, const char* name = "gate.a.example",
                   const char* protocol = "ESMTPS") const {
    return received_field({"mx.example", "192.0.2.1", protocol, "", side}, name,
                          id_of(std::chrono::hours(1)), clock.now());
  }
  static std::string by(const std::string& rest) {
    return "Received: from mx.example ([192.0.2.1])\r\n\tby " + rest + ";\r\n\tnow\r\n";
  }

  // The origin of mail for a peer that the inside server hands in with these fields on top.
  store::Origin origin_of(const std::string& fields, const std::string& sender = "jo@a.example") {
    const auto receiver = make_inside_receiver(context);
    const Reply reply = hand_in(*receiver, sender, {"x@b.example"},
                                fields + "From: ceo@a.example\r\nSubject: x\r\n\r\nhello\r\n");
    EXPECT_EQ(reply.code, 250) << reply.summary();
    std::optional<store::Message> message;
    EXPECT_TRUE(db->read([&](const store::ReadTransaction& txn) {
                    message = store::find_message(txn, queue().back().id.message);
                    return done();
                  }).ok());
    EXPECT_TRUE(db->write([&](store::WriteTransaction& txn) {
                    store::finish(txn, queue().back().id);
                    return done();
                  }).ok());
    return message->origin;
  }
};

const std::string kPostfix =
    "Received: from desk (desk.a.example [10.0.0.1]) by mail.a.example (Postfix) with ESMTPSA id "
    "4XyZ for <x@b.example>; now\r\n";

TEST_F(BorrowedTrustTest, WhatPeopleInsideWriteIsTheirOwn) {
  EXPECT_EQ(origin_of(""), store::Origin::inside);
  EXPECT_EQ(origin_of(kPostfix), store::Origin::inside);
  // A host that is called like us is no mark.
  EXPECT_EQ(origin_of("Received: from culvert (culvert [10.0.0.2]) by mail (Postfix); now\r\n"),
            store::Origin::inside);
  EXPECT_EQ(origin_of("X-Culvert: 1\r\nSubject: by x (Culvert outside)\r\n"),
            store::Origin::inside);
}

// Inside mail, delivered inside by this node, then sent on by an alias to the peer.
TEST_F(BorrowedTrustTest, AnAliasWithinTheOwnDomainStaysOurOwn) {
  EXPECT_EQ(origin_of(kPostfix + mark(Side::inside) + kPostfix), store::Origin::inside);
  // Also after the node was renamed, and where a server folds anew or changes case.
  EXPECT_EQ(origin_of(mark(Side::inside, "old.a.example")), store::Origin::inside);
  EXPECT_EQ(origin_of(by("Gate.A.example.\r\n\t(Culvert)\r\n with  ESMTP\tid " +
                         id_of(std::chrono::hours(1)))),
            store::Origin::inside);
  EXPECT_EQ(origin_of(mark(Side::inside), ""), store::Origin::inside) << "a Sieve redirect";
}

TEST_F(BorrowedTrustTest, AnAliasThatForwardsAStrangersMailPassesItOn) {
  EXPECT_EQ(origin_of(kPostfix + mark(Side::outside)), store::Origin::passed);
  EXPECT_EQ(origin_of(kPostfix + mark(Side::inside) + kPostfix + mark(Side::outside)),
            store::Origin::passed)
      << "it went round twice";
  EXPECT_EQ(origin_of(kPostfix + mark(Side::outside), ""), store::Origin::passed)
      << "a Sieve redirect";
  EXPECT_EQ(
      origin_of("List-Id: <l.a.example>\r\nSender: l-owner@a.example\r\n" + mark(Side::outside)),
      store::Origin::passed)
      << "a list";
  EXPECT_EQ(origin_of(mark(Side::outside, "gate.a.example", "CULVERT")), store::Origin::passed)
      << "opened before";
}

TEST_F(BorrowedTrustTest, MarksOfOtherNodesAndOtherNames) {
  for (const char* name : {"old.a.example", "OLD.A.EXAMPLE.", "gate2.a.example", "gate.c.example",
                           "forgotten", "[192.0.2.1]"}) {
    EXPECT_EQ(origin_of(mark(Side::outside, name)), store::Origin::passed) << name;
  }
  // Not ours: nothing tells what its program meant by it.
  for (const char* name : {"gate2.a.example", "gate.c.example", "gate.a.example.evil.example"}) {
    EXPECT_EQ(origin_of(mark(Side::inside, name)), store::Origin::passed) << name;
  }
}

TEST_F(BorrowedTrustTest, MarksFromBeforeTheyTold) {
  const std::string early = id_of(std::chrono::seconds(-1));
  const std::string fresh = id_of(std::chrono::hours(1));
  EXPECT_EQ(origin_of(by("gate.a.example (Culvert) with ESMTP id " + early)),
            store::Origin::passed);
  EXPECT_EQ(origin_of(by("gate.a.example (Culvert) with ESMTP id 0")), store::Origin::passed);
  EXPECT_EQ(origin_of(by("gate.a.example (Culvert) with ESMTP")), store::Origin::passed);
  EXPECT_EQ(origin_of(by("gate.a.example (Culvert) id " + fresh)), store::Origin::passed);
  EXPECT_EQ(origin_of(by("gate.a.example (Culvert) with CULVERT id " + fresh)),
            store::Origin::passed);
  EXPECT_EQ(origin_of(by("gate.a.example (Culvert) with ESMTP id " + fresh)),
            store::Origin::inside);
  context.marks.since.reset();
  EXPECT_EQ(origin_of(by("gate.a.example (Culvert) with ESMTP id " + fresh)),
            store::Origin::passed);
}

// Some servers take Received fields out of what they send on.
TEST_F(BorrowedTrustTest, FieldsThatOnlyNodesWrite) {
  for (const char* field :
       {"Culvert-Result: clear; signed=no; encrypted=no\r\n", "culvert-result: x\r\n",
        "Culvert-For: a.example\r\n", "CULVERT-Anything: 1\r\n", "Culvert-Tunnel : 2\r\n"}) {
    EXPECT_EQ(origin_of(field), store::Origin::passed) << field;
  }
}

// Our server's reports go to whom a stranger named as his sender, and quote what he wrote.
TEST_F(BorrowedTrustTest, ReportsThatQuoteAStrangersMail) {
  const auto report = [this](const std::string& quoted, std::string_view type) {
    return origin_of("Content-Type: " + std::string(type) +
                         "; boundary=b\r\nMIME-Version: 1.0\r\nX: y\r\n\r\n"
                         "--b\r\n\r\nIt failed.\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n" +
                         quoted + "Subject: x\r\n\r\nbuy\r\n--b--\r\n",
                     "");
  };
  constexpr std::string_view kReport = "multipart/report; report-type=delivery-status";
  const std::string stranger = mark(Side::outside);
  EXPECT_EQ(report(stranger, kReport), store::Origin::passed);
  EXPECT_EQ(report("Return-Path: <x@y>\r\n" + kPostfix + stranger, kReport), store::Origin::passed);
  EXPECT_EQ(report(stranger, "Multipart/Report; report-type=disposition-notification"),
            store::Origin::passed);
  EXPECT_EQ(
      report("RECEIVED: by gate2.a.example (Culvert\r\n outside) with SMTP id 1; x\r\n", kReport),
      store::Origin::passed);
  // As a last line, and cut off.
  EXPECT_EQ(origin_of("Content-Type: multipart/report; boundary=b\r\nMIME-Version: 1.0\r\n\r\n" +
                      stranger),
            store::Origin::passed);
  // What our people or a peer's wrote is quoted in our own reports.
  EXPECT_EQ(report(kPostfix + mark(Side::inside), kReport), store::Origin::inside);
  EXPECT_EQ(report(mark(Side::outside, "gate.a.example", "CULVERT") +
                       mark(Side::inside, "gate.c.example"),
                   kReport),
            store::Origin::inside);
  // A stranger's that the peer passed on is a stranger's.
  EXPECT_EQ(report(mark(Side::outside, "gate.a.example", "CULVERT") +
                       mark(Side::outside, "gate.c.example"),
                   kReport),
            store::Origin::passed);
}

// What the inside server hands in: fields, a text before the quote, and what is quoted.
struct Quoting {
  std::string sender;
  std::string fields;
  std::string before;
};

constexpr std::string_view kCopy = "It failed.\r\n\r\n--- Below is a copy of the message.\r\n\r\n";
constexpr std::string_view kParts =
    "--b\r\n\r\nIt failed.\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n";

// Not every report is a multipart/report, and not only reports quote.
TEST_F(BorrowedTrustTest, MachinesThatQuoteAStrangersMail) {
  const std::string copy(kCopy);
  const std::string parts(kParts);
  const std::string user = "jo@a.example";
  const Quoting ways[] = {
      {"", "", copy},                                  // qmail
      {"", "Auto-Submitted: auto-replied\r\n", copy},  // Exim
      {"", "Content-Type: multipart/mixed; boundary=b\r\nMIME-Version: 1.0\r\n", parts},
      {user, "Auto-Submitted: AUTO-forwarded; x=y\r\n", parts},
      {user, "Auto-Submitted: (no) auto-generated\r\n", parts},
      {user, "X-Failed-Recipients: x@a.example\r\n", copy},
      {user, "List-Id: <l.a.example>\r\n", copy},
      {user, "LIST-Post : <mailto:l@a.example>\r\n", copy},
      {user, "Precedence:\r\n Bulk\r\n", copy},
      {user, "X-Loop: jo@a.example\r\n", parts},
      {user, "X-BeenThere: l@a.example\r\n", copy},
      {user, "Content-Type: message/rfc822\r\nMIME-Version: 1.0\r\n", ""},
      {user, "Content-Type: Multipart/Digest; boundary=b\r\nMIME-Version: 1.0\r\n", "--b\r\n\r\n"},
      {user, "Content-Type: multipart/report; boundary=b\r\nContent-Type: text/plain\r\n", parts},
      {user, "Content-Type: text/plain\r\nContent-Type: multipart/report; boundary=b\r\n", parts},
      {user, "Content-Type: (x) multipart (y) / report; boundary=b\r\n", parts},
  };
  const std::string end = "Subject: x\r\n\r\nbuy\r\n--b--\r\n";
  for (const Quoting& way : ways) {
    const auto origin = [&](const std::string& quoted) {
      return origin_of(way.fields + "X: y\r\n\r\n" + way.before + quoted + end, way.sender);
    };
    EXPECT_EQ(origin(mark(Side::outside)), store::Origin::passed) << way.fields;
    EXPECT_EQ(origin(kPostfix + mark(Side::inside)), store::Origin::inside) << way.fields;
  }
}

// Lists make digests without the fields that nodes write.
TEST_F(BorrowedTrustTest, ListsThatAttachMessages) {
  const std::string mixed = "Content-Type: multipart/mixed; boundary=b\r\nMIME-Version: 1.0\r\n";
  const std::string digest = "Content-Type: multipart/digest; boundary=b\r\nMIME-Version: 1.0\r\n";
  const std::string end = "From: jo@c.example\r\nSubject: x\r\n\r\nbuy\r\n--b--\r\n";
  for (const std::string list :
       {"List-Id: <l.a.example>\r\n", "Mailing-List: x\r\n", "Precedence: list\r\n"}) {
    EXPECT_EQ(origin_of(list + digest + "\r\n--b\r\n\r\n" + end), store::Origin::passed) << list;
    for (const std::string type :
         {"Content-Type: message/rfc822\r\n", "content-type:\r\n MESSAGE/RFC822\r\n",
          "Content-Type: multipart/digest; boundary=c\r\n", "Content-Type: message/global\r\n"}) {
      EXPECT_EQ(origin_of(list + mixed + "\r\n--b\r\n" + type + "\r\n" + end),
                store::Origin::passed)
          << list << type;
    }
    EXPECT_EQ(origin_of(list + mixed + "\r\n--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n"),
              store::Origin::inside);
  }
  EXPECT_EQ(origin_of(mixed + "\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n" + end),
            store::Origin::inside)
      << "a person attached it";
}

// A filter wraps what it takes for spam, under the From of who wrote it.
TEST_F(BorrowedTrustTest, FiltersThatWrapAStrangersMail) {
  struct Way {
    std::string outer;  // fields of the wrapping mail
    std::string inner;  // of the wrapped one, behind the mark
    store::Origin origin;
  };
  using store::Origin;
  for (const Way& way : std::vector<Way>{
           {"From: The boss <ceo@a.example>\r\n", "From: The boss <ceo@a.example>\r\n",
            Origin::passed},
           {"From: ceo@a.example\r\n", "FROM :\r\n =?utf-8?q?x?= <CEO@A.example>\r\n",
            Origin::passed},
           {"From: s@a.example\r\nMessage-ID: <1@c>\r\n", "Message-Id:\r\n <1@c>\r\n",
            Origin::passed},
           {"From: jo@a.example\r\nMessage-ID: <2@a>\r\n",
            "Message-ID: <1@c>\r\nFrom: ceo@a.example\r\n", Origin::inside},
           {"From: jo@a.example\r\n", "Subject: From: jo@a.example\r\n\r\nFrom: jo@a.example\r\n",
            Origin::inside},
       }) {
    for (const char* type : {"message/rfc822; x-spam-type=original", "text/plain"}) {
      const std::string mail = way.outer +
                               "Content-Type: multipart/mixed; boundary=b\r\nMIME-Version: 1.0\r\n"
                               "\r\n--b\r\n\r\nSpam?\r\n--b\r\nContent-Type: " +
                               type + "\r\n\r\n" + mark(Side::outside) + way.inner +
                               "\r\nbuy\r\n--b--\r\n";
      EXPECT_EQ(origin_of(mail), way.origin) << mail;
    }
  }
  // The order of the fields does not count, nor how the body comes in pieces.
  const std::string outer = "From: ceo@a.example\r\n";
  const std::string body =
      "--b\r\n\r\nFrom: ceo@a.example\r\nX: y\r\n" + mark(Side::outside) + "\r\n";
  for (std::size_t step = 1; step < body.size(); ++step) {
    WrappedMail wrapped(store::OwnMarks{}, crypto::fields_of(outer));
    for (std::size_t at = 0; at < body.size(); at += step)
      wrapped.write(as_bytes(std::string_view(body).substr(at, step)));
    wrapped.finish();
    EXPECT_TRUE(wrapped.wraps_stranger()) << step;
  }
  WrappedMail apart(store::OwnMarks{}, crypto::fields_of(outer));
  apart.write(as_bytes(mark(Side::outside) + "\r\nFrom: ceo@a.example\r\n"));
  apart.finish();
  EXPECT_FALSE(apart.wraps_stranger()) << "of two messages";
}

// A person who attaches a mail says so himself.
TEST_F(BorrowedTrustTest, PeopleWhoAttachAStrangersMail) {
  for (const char* field : {"", "Auto-Submitted: no\r\n", "Auto-Submitted: No (a person)\r\n",
                            "Precedence: first-class\r\n", "X-List: x\r\n"}) {
    EXPECT_EQ(origin_of(std::string(field) +
                        "Content-Type: multipart/mixed; boundary=b\r\nMIME-Version: 1.0\r\n\r\n" +
                        std::string(kParts) + mark(Side::outside) + "\r\n--b--\r\n"),
              store::Origin::inside)
        << field;
  }
}

// Servers fold, rename and encode what they quote, and take fields out of it.
TEST_F(BorrowedTrustTest, QuotesInOtherSpellings) {
  const auto quoted = [this](const std::string& text) {
    return origin_of("X: y\r\n\r\nIt failed:\r\n" + text, "");
  };
  const std::string rest = "by gate2.a.example (Culvert outside) with SMTP id 1; x\r\n";
  for (const std::string& text : {
           "Received : from x\r\n\t" + rest,
           "RECEIVED\t: " + rest,
           "Received: from x\r\n=09" + rest,
           std::string("Received: from x by gate2.a.exa=\r\nmple (Culvert outs=\r\nide) with SMTP"),
           std::string("Received:=20by gate2.a.example =28Culvert outside=29 with SMTP\r\n"),
           std::string(
               "=52eceived: from x=0D=0A=09by gate2.a.example (Culvert outside) with=0D=0A"),
           std::string("a =3D b ==\n=\r\nReceived: by gate2.a.example (Culvert outside) with SMTP"),
           "> Received: from x\r\n> \t" + rest,
           "    Received: from x\r\n        " + rest,
           "| Received: from x\r\n|   " + rest,
           ": > Received: from x\r\n: > \t" + rest,
           ">> " + std::string("Received: ") + rest,
           std::string("Culvert-Result: clear; signed=no; encrypted=no\r\n"),
           std::string("culvert-result :\r\n clear\r\n"),
           std::string("Culvert-Result: tunnel; peer=b.example; signed=relay; encrypted=x"),
           std::string("Culvert-Result: clear; x=tunnel; signed=yes; encrypted=x\r\n"),
           std::string("Culvert-Anything: 1\r\n"),
       }) {
    EXPECT_EQ(quoted(text), store::Origin::passed) << text;
  }
  for (const std::string& text : {
           std::string("Culvert-Result: tunnel; peer=b.example; signed=yes;\r\n encrypted=x\r\n"),
           std::string("It was Received: by x (Culvert outside) with SMTP\r\n"),
           std::string("Received: by x\r\nby gate2.a.example (Culvert outside) with SMTP\r\n"),
           std::string("The field Culvert-Result: clear; signed=no\r\n"),
           std::string("=\r\n= =Z =4"),
       }) {
    EXPECT_EQ(quoted(text), store::Origin::inside) << text;
  }
}

// However the text comes in pieces.
TEST(QuotedMarksTest, AreFoundHoweverTheBodyIsCut) {
  const std::string text =
      "x\r\n=52eceived : from x=0D=0A=09by g.example (Culv=\r\nert outside) with SMTP\r\n\r\nx";
  for (std::size_t step = 1; step < text.size(); ++step) {
    QuotedMarks marks{store::OwnMarks{}, QuotedMarks::Attached::marked};
    for (std::size_t at = 0; at < text.size(); at += step)
      marks.write(as_bytes(std::string_view(text).substr(at, step)));
    marks.finish();
    EXPECT_TRUE(marks.quotes_strangers()) << step;
  }
}

// What comes in outside is a stranger's even if it is never sent on: a report about it is, too.
TEST_F(BorrowedTrustTest, NothingFromOutsideIsOurOwn) {
  FixedCheck check;
  const auto receiver = make_outside_receiver(context, check);
  ASSERT_EQ(
      hand_in(*receiver, "ceo@a.example", {"ann@a.example"}, "From: ceo@a.example\r\n\r\n").code,
      250);
  std::optional<store::Message> message;
  EXPECT_TRUE(db->read([&](const store::ReadTransaction& txn) {
                  message = store::find_message(txn, queue().back().id.message);
                  return done();
                }).ok());
  EXPECT_EQ(message->origin, store::Origin::passed);
  EXPECT_NE(message->added_header.find("(Culvert outside)"), std::string::npos);
}

TEST_F(BorrowedTrustTest, AStoreFromBeforeBelievesNoMarkOfItsLastSecond) {
  const auto noted = [this](const char* name, Time now) {
    EXPECT_TRUE(db->write([&](store::WriteTransaction& txn) {
                    store::note_own_name(txn, name, now);
                    return done();
                  }).ok());
    store::OwnMarks marks;
    EXPECT_TRUE(db->read([&](const store::ReadTransaction& txn) {
                    marks = store::find_own_marks(txn);
                    return done();
                  }).ok());
    return marks;
  };
  // A store that this program made: since then.
  EXPECT_EQ(noted("Gate.A.Example.", kStart), (store::OwnMarks{{"gate.a.example"}, kStart}));
  EXPECT_EQ(noted("new.a.example", kStart + std::chrono::hours(9)),
            (store::OwnMarks{{"gate.a.example", "new.a.example"}, kStart}));
  EXPECT_EQ(noted("gate.a.example", kStart).names.back(), "gate.a.example");
  for (int i = 0; i < 300; ++i)
    noted(("g" + std::to_string(i) + ".a.example").c_str(), kStart);
  EXPECT_EQ(noted("last.a.example", kStart).names.size(), store::kMaxOwnNames);
  ASSERT_TRUE(db->write([&](store::WriteTransaction& txn) {
                  txn.erase(store::Table::meta, as_bytes("own-marks"));
                  return done();
                }).ok());
  EXPECT_EQ(noted("gate.a.example", kStart).since, kStart + std::chrono::seconds(1));
}

}  // namespace
}  // namespace culvert::node
