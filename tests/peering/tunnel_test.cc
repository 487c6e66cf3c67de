// The tunnel form, sealed by one node and opened by the other: protocol.md, "The tunnel form" and
// "Received", and the attacks of security.md, "Attacks by name", that concern it, each under its
// name.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "crypto/cms/enveloped.h"
#include "crypto/cms/recipient_peek.h"
#include "crypto/cms/signed_data.h"
#include "crypto/mime/base64.h"
#include "peering/issuing_peer.h"
#include "peering/tunnel_blob.h"
#include "peering/tunnel_form.h"
#include "peering/tunnel_header.h"
#include "peering/tunnel_open.h"
#include "peering/tunnel_seal.h"
#include "tests/peering/test_node.h"

namespace culvert::peering {
namespace {

std::string original(std::string_view from = "From: Alice <alice@a.example>\r\n") {
  return std::string(from) +
         "To: bob@b.example\r\nSubject: the merger\r\n\r\nIt is on. \xFF\r\n.\r\nend";
}

struct Opened {
  Result<OpenedTunnelMail> mail = internal_error("not-opened", "");
  std::string content;
  OpenTrace trace;
};

class TunnelTest : public testing::Test {
 protected:
  void SetUp() override {
    connect(a_, b_, wire_);
    now_ = b_.now();
  }

  SealedEnvelope envelope(std::string_view sender = "alice@a.example") const {
    SealedEnvelope out{.id = {1, 2, 3},
                       .sealed = now_,
                       .from = domain("a.example"),
                       .to = domain("b.example"),
                       .origin = SealedOrigin::inside};
    if (!sender.empty()) out.sender = mailbox(sender);
    out.recipients = {{mailbox("bob@b.example"), {}, {}}};
    return out;
  }

  Result<std::string> try_seal(std::string_view content, const SealedEnvelope& sealed, TestNode& by,
                               const TestNode& for_whom) {
    ViewSource source(as_bytes(content));
    auto sealer = TunnelSealer::start({source, sealed, by.domains(), "<x@gate>",
                                       std::string(32, '0'), by.ring(), by.signing().certificate,
                                       for_whom.encryption().certificate});
    if (!sealer) return sealer.error();
    std::string out;
    while (true) {
      auto piece = (*sealer)->next();
      if (!piece) return piece.error();
      if (piece->empty()) return out;
      out += as_text(*piece);
    }
  }
  std::string seal(std::string_view content, const SealedEnvelope& sealed) {
    auto out = try_seal(content, sealed, a_, b_);
    EXPECT_TRUE(out.ok()) << out.error().text;
    return *out;
  }

  Opened open(std::string_view message, TestNode& at) {
    Opened out;
    Bytes staged;
    BytesSink sink(staged);
    ViewSource source(as_bytes(message));
    const auto holders = [&at](const Domain& of) -> Result<std::vector<RouteHolder>> {
      std::vector<RouteHolder> found;
      at.read([&](const store::ReadTransaction& txn) { found = route_holders(txn, of); });
      return found;
    };
    auto blob = cms_body_of(source).value();
    if (!blob) {
      out.mail = permanent_error("not-tunnel", "no blob");
      return out;
    }
    const auto issuer = [&at](const crypto::Certificate& of) -> Result<std::optional<Fingerprint>> {
      std::optional<Fingerprint> found;
      at.read([&](const store::ReadTransaction& txn) { found = issuing_peer(txn, of); });
      return found;
    };
    out.mail =
        open_tunnel(*blob, {at.ring(), at.domains(), now_, now_, holders, issuer}, sink, out.trace);
    out.content = to_text(staged);
    return out;
  }
  Opened open(std::string_view message) { return open(message, b_); }
  std::string code_of(std::string_view message) {
    const Opened opened = open(message);
    return opened.mail ? "opened" : opened.mail.error().code;
  }

  // As if B had paired with an A of before forms were announced.
  void forget_forms_of(const TestNode& node) {
    b_.write([&](store::WriteTransaction& txn) {
      auto peer = store::find_peer(txn, node.fingerprint());
      ASSERT_TRUE(peer.has_value());
      peer->tunnel_forms.clear();
      peer->ever_listed_form_2 = false;
      store::put_peer(txn, *peer);
    });
  }

  // A message in the tunnel's form, put together by hand, so that its inside may be wrong.
  std::string seal_by_hand(std::string_view inner, TestNode& by,
                           crypto::SignatureType type = crypto::SignatureType::domain) {
    Bytes text;
    BytesSink sink(text);
    crypto::Base64Encoder base64(sink);
    auto enveloped =
        crypto::EnvelopedWriter::start(base64, {.recipients = {b_.encryption().certificate}})
            .value();
    EXPECT_TRUE(enveloped->write(as_bytes(kSignedEntityHeader)).ok());
    auto signed_data = crypto::SignedDataWriter::start(*enveloped, by.ring(),
                                                       {by.signing().certificate.key_id(),
                                                        by.signing().certificate, now_, type})
                           .value();
    EXPECT_TRUE(signed_data->write(as_bytes(inner)).ok());
    EXPECT_TRUE(signed_data->finish().ok());
    EXPECT_TRUE(enveloped->finish().ok());
    EXPECT_TRUE(base64.finish().ok());
    return "Content-Type: application/pkcs7-mime; smime-type=authEnveloped-data\r\n"
           "Content-Transfer-Encoding: base64\r\n\r\n" +
           to_text(text);
  }
  std::string inner(const SealedEnvelope& sealed, std::string_view content) {
    return std::string(kRfc822EntityHeader) + write_sealed_envelope(sealed).value() + "\r\n" +
           std::string(content);
  }

  TestNode a_{"gate.a.example", {"a.example"}};
  TestNode b_{"gate.b.example", {"b.example", "b2.example"}};
  TestNode c_{"gate.c.example", {"c.example"}};
  Wire wire_;
  Time now_{};
};

TEST_F(TunnelTest, ArrivesByteForByte) {
  const std::string content = original() + std::string("\0\x80", 2);
  const Opened opened = open(seal(content, envelope()));
  ASSERT_TRUE(opened.mail.ok()) << opened.mail.error().text;
  EXPECT_EQ(opened.content, content);
  EXPECT_EQ(opened.mail->envelope, envelope());
  EXPECT_EQ(opened.mail->peer, a_.fingerprint());
  EXPECT_EQ(opened.mail->signer, a_.signing().certificate);
  EXPECT_EQ(opened.mail->mark, SignedMark::yes);
  EXPECT_EQ(opened.mail->cipher, "aes256-gcm");
  EXPECT_FALSE(opened.mail->expected_tunnel);
  EXPECT_FALSE(opened.mail->for_peering);
  EXPECT_EQ(opened.trace.peer, a_.fingerprint());
}

TEST_F(TunnelTest, CarriesEverySizeAroundTheChunks) {
  for (const std::size_t size : {0, 1, 56, 57, 65535, 65536, 65537, 262144, 262145, 700001}) {
    std::string content = original();
    for (std::size_t i = 0; i < size; ++i)
      content += static_cast<char>('a' + i % 23);
    const std::string sealed = seal(content, envelope());
    const Opened opened = open(sealed);
    ASSERT_TRUE(opened.mail.ok()) << size << " " << opened.mail.error().text;
    EXPECT_TRUE(opened.content == content) << size;
    EXPECT_LE(sealed.size(), sealed_size_estimate(content.size(), 1)) << size;
  }
}

TEST_F(TunnelTest, CarriesMessagesWithoutBodyOrHeader) {
  for (const std::string_view content :
       {"", "\r\n", "Subject: x\r\n", "Subject: x\r\n\r\n", "\r\n\r\n"}) {
    const Opened opened = open(seal(content, envelope()));
    ASSERT_TRUE(opened.mail.ok()) << opened.mail.error().text;
    EXPECT_EQ(opened.content, content);
    EXPECT_EQ(opened.mail->mark, SignedMark::relay);
  }
}

TEST_F(TunnelTest, OutgoingLinesAreShortAndEndInCrlf) {
  std::string sealed = seal(original() + std::string(100'000, 'x'), envelope());
  ASSERT_TRUE(sealed.ends_with("\r\n"));
  std::string_view rest = sealed;
  while (!rest.empty()) {
    const std::size_t end = rest.find("\r\n");
    ASSERT_NE(end, std::string_view::npos);
    EXPECT_LE(end, 78u);
    EXPECT_EQ(rest.substr(0, end).find_first_of("\r\n"), std::string_view::npos);
    rest.remove_prefix(end + 2);
  }
  EXPECT_EQ(sealed.find("merger"), std::string::npos);
}

TEST_F(TunnelTest, ReTargeting) {
  // For b.example, but the envelope names domains of others.
  SealedEnvelope to_other = envelope();
  to_other.to = domain("d.example");
  EXPECT_EQ(code_of(seal(original(), to_other)), "not-for-us");
  SealedEnvelope to_person = envelope();
  to_person.recipients.push_back({mailbox("x@d.example"), {}, {}});
  EXPECT_EQ(code_of(seal(original(), to_person)), "not-for-us");
  // Sealed for B, brought to another node.
  EXPECT_FALSE(open(seal(original(), envelope()), c_).mail.ok());
  // In the name of another domain than the peer's.
  connect(b_, c_, wire_);
  SealedEnvelope from_other = envelope();
  from_other.from = domain("c.example");
  EXPECT_EQ(code_of(seal(original(), from_other)), "wrong-signer");
  from_other.from = domain("d.example");
  EXPECT_EQ(code_of(seal(original(), from_other)), "no-route");
  // Wrapped in another message, or as part of one.
  const std::string whole = seal(original(), envelope());
  EXPECT_EQ(code_of("Content-Type: message/rfc822\r\n\r\n" + whole), "not-tunnel");
}

TEST_F(TunnelTest, Efail) {
  const std::string whole = seal(original(), envelope());
  const std::string mixed =
      "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n"
      "Content-Type: text/html\r\n\r\n<img src=\"http://evil/\r\n--x\r\n" +
      whole + "--x--\r\n";
  EXPECT_EQ(code_of(mixed), "not-tunnel");
  // Every bit of the blob counts: nothing is released.
  const std::size_t body = whole.find("\r\n\r\n") + 4;
  int cases = 0;
  for (std::size_t at = body; at < whole.size(); at += 13) {
    std::string altered = whole;
    if (altered[at] == '\r' || altered[at] == '\n') continue;
    altered[at] = altered[at] == 'A' ? 'B' : 'A';
    const Opened opened = open(altered);
    EXPECT_FALSE(opened.mail.ok()) << at;
    ++cases;
  }
  EXPECT_GT(cases, 100);
}

// RFC 2045, 6.8: what a relay leaves in base64 is passed over, and the seal judges what is read.
TEST_F(TunnelTest, WhatARelayLeftInBase64IsPassedOver) {
  for (const std::size_t size : {1, 2, 3, 5000}) {
    const std::string content = original() + std::string(size, 'x');
    const std::string sealed = seal(content, envelope());
    const std::size_t body = sealed.find("\r\n\r\n") + 4;
    const auto with_ends = [&](std::string_view end) {
      std::string out = sealed.substr(0, body);
      for (const char c : sealed.substr(body))
        c == '\r' ? out.append(end).push_back(c) : out.push_back(c);
      return out;
    };
    for (const std::string& relayed :
         {with_ends(" "), with_ends("\t "), with_ends("\r\n"), sealed + "\r\n-- \r\nscanned\r\n",
          sealed + "Scanned by a relay\r\n", sealed + " \r\n\r\n"}) {
      const Opened opened = open(relayed);
      ASSERT_TRUE(opened.mail.ok()) << opened.mail.error().text;
      EXPECT_EQ(opened.content, content);
    }
    EXPECT_NE(code_of(sealed + sealed.substr(body)), "opened") << "a second object";
    EXPECT_NE(code_of(sealed.substr(0, body) + "A" + sealed.substr(body)), "opened");
  }
}

TEST_F(TunnelTest, EveryTruncationIsRefused) {
  const std::string whole = seal(original(), envelope());
  for (std::size_t size = 0; size + 3 < whole.size(); size += 29)
    EXPECT_FALSE(open(whole.substr(0, size)).mail.ok()) << size;
}

TEST_F(TunnelTest, WrongSigner) {
  // C is a peer as well, and claims to speak for a.example.
  connect(b_, c_, wire_);
  const auto forged = try_seal(original(), envelope(), c_, b_);
  ASSERT_TRUE(forged.ok());
  EXPECT_EQ(code_of(*forged), "wrong-signer");
  // A stranger.
  TestNode d("gate.d.example", {"d.example"});
  EXPECT_EQ(code_of(*try_seal(original(), envelope(), d, b_)), "wrong-signer");
  EXPECT_EQ(open(*try_seal(original(), envelope(), d, b_)).trace.peer, std::nullopt);
}

TEST_F(TunnelTest, AClaimDoesNotMakeASigner) {
  // C claims a.example on its card, unproved: B names it, so the route exists as a claim.
  TestNode c("gate.c.example", {"c.example", "a.example"});
  pair(b_, c, wire_);
  EXPECT_EQ(b_.route_state("a.example", c), store::RouteState::claimed);
  EXPECT_EQ(code_of(*try_seal(original(), envelope(), c, b_)), "no-route");
  EXPECT_EQ(code_of(seal(original(), envelope())), "opened");
}

TEST_F(TunnelTest, MailOfARouteThatIsNotActiveYetWaits) {
  TestNode d("gate.d.example", {"d.example"});
  pair(b_, d, wire_);
  SealedEnvelope sealed = envelope("x@d.example");
  sealed.from = domain("d.example");
  const std::string message = *try_seal(original("From: x@d.example\r\n"), sealed, d, b_);
  EXPECT_EQ(code_of(message), "no-route");
  EXPECT_EQ(open(message).trace.peer, d.fingerprint());
  b_.advance(kFirstChallengeDelay);
  d.set_now(b_.now());
  run_proof(b_, d, "d.example", d);
  EXPECT_EQ(code_of(message), "opened");
}

TEST_F(TunnelTest, ARemovedPeerIsNotOpenedAndAWithdrawnRouteForSevenDays) {
  const std::string message = seal(original(), envelope());
  a_.set_domains({domain("a2.example")});
  ASSERT_TRUE(b_.receive(a_.card()).ok());
  EXPECT_EQ(b_.route_state("a.example", a_), store::RouteState::withdrawn);
  EXPECT_EQ(code_of(message), "opened");
  EXPECT_EQ(open(message).mail->mark, SignedMark::relay);
  now_ += std::chrono::hours(7 * 24 + 1);
  EXPECT_EQ(code_of(message), "no-route");
  now_ = b_.now();
  b_.write([&](store::WriteTransaction& txn) {
    ASSERT_TRUE(remove_peer(txn, a_.fingerprint(), Removal::by_us, "test", now_).ok());
  });
  EXPECT_EQ(code_of(message), "wrong-signer");
}

TEST_F(TunnelTest, RelayPhishing) {
  connect(b_, c_, wire_);
  const struct {
    const char* from;
    SignedMark mark;
    bool expected;
  } cases[] = {
      {"From: alice@a.example\r\n", SignedMark::yes, false},
      {"From: ceo@b.example\r\n", SignedMark::relay, true},
      {"From: x@c.example\r\n", SignedMark::relay, true},
      {"From: list@lists.example\r\n", SignedMark::relay, false},
      {"From: alice@sub.a.example\r\n", SignedMark::relay, false},
  };
  for (const auto& each : cases) {
    const Opened opened = open(seal(original(each.from), envelope()));
    ASSERT_TRUE(opened.mail.ok()) << each.from;
    EXPECT_EQ(opened.mail->mark, each.mark) << each.from;
    EXPECT_EQ(opened.mail->expected_tunnel, each.expected) << each.from;
  }
}

// What the peer's node took in from a stranger is not the peer's, whosever it claims to be.
TEST_F(TunnelTest, BorrowedTrust) {
  connect(b_, c_, wire_);
  const struct {
    const char* from;
    bool expected;
  } cases[] = {
      {"From: ceo@a.example\r\n", true},
      {"From: ceo@b.example\r\n", true},
      {"From: x@c.example\r\n", true},
      {"From: alice@a.example\r\nFrom: x@lists.example\r\n", true},
      {"From: x@lists.example\r\n", false},
      {"From: ceo@sub.a.example\r\n", false},
  };
  for (const TunnelForm form : {TunnelForm::present, TunnelForm::old}) {
    SealedEnvelope passed = envelope();
    passed.origin = SealedOrigin::passed;
    passed.form = form;
    if (form == TunnelForm::old) forget_forms_of(a_);
    for (const auto& each : cases) {
      const Opened opened = open(seal(original(each.from), passed));
      ASSERT_TRUE(opened.mail.ok()) << opened.mail.error().text << each.from;
      EXPECT_EQ(opened.mail->mark, SignedMark::relay) << each.from;
      EXPECT_EQ(opened.mail->expected_tunnel, each.expected) << each.from;
      EXPECT_EQ(opened.mail->why, form == TunnelForm::old ? "old form" : "passed on");
    }
  }
}

TEST_F(TunnelTest, ReportsOfThePeersNodeAreItsOwn) {
  SealedEnvelope report = envelope("");
  report.origin = SealedOrigin::node;
  const Opened own = open(seal(original("From: postmaster@a.example\r\n"), report));
  ASSERT_TRUE(own.mail.ok()) << own.mail.error().text;
  EXPECT_EQ(own.mail->mark, SignedMark::yes);
  // Under another's name it is not.
  EXPECT_EQ(open(seal(original("From: ceo@b.example\r\n"), report)).mail->mark, SignedMark::relay);
}

// An attacker who got hold of an old program, or who cut a card, does not bring the old form back.
TEST_F(TunnelTest, TheOldFormIsNeverOpenedAgainOnceTheCardListedThePresentOne) {
  SealedEnvelope old = envelope();
  old.form = TunnelForm::old;
  old.origin = SealedOrigin::passed;
  const std::string message = seal(original(), old);
  EXPECT_EQ(code_of(message), "old-form");
  Card card = a_.card_values();
  card.capabilities.tunnel = {1};
  for (int change = 0; change < 2; ++change) {
    ++card.serial;
    // The second time in a new incarnation, as after `restore`.
    if (change == 1) card.incarnation = new_incarnation();
    card.issued += std::chrono::seconds(1);
    b_.set_now(card.issued);
    ASSERT_TRUE(b_.receive(sign_card(card, a_.signer()).value()).ok());
    ASSERT_EQ(b_.peer(a_)->tunnel_forms, std::vector<std::uint64_t>{1});
    EXPECT_EQ(code_of(message), "old-form");
  }
  // Peering mail shows nothing to anybody, and the peer may not have our card yet.
  old.sender.reset();
  old.recipients = {{mailbox("culvert-peering@b.example"), {}, {}}};
  EXPECT_EQ(code_of(seal(original(), old)), "opened");
}

TEST_F(TunnelTest, TwoFrom) {
  const char* headers[] = {
      "From: alice@a.example\r\nFrom: alice@a.example\r\n",
      "From: alice@a.example, x@b.example\r\n",
      "From: team: alice@a.example, al@a.example;\r\n",
      "From: alice@a.example (al@a.example)\r\n",
      "From: \"x\" <x@evil.example> <alice@a.example>\r\n",
      "",
  };
  for (const char* header : headers) {
    const Opened opened = open(seal(original(header), envelope()));
    ASSERT_TRUE(opened.mail.ok()) << header;
    EXPECT_EQ(opened.mail->mark, SignedMark::relay) << header;
  }
}

// Whoever a reader might take for the author counts, however odd the field is.
TEST_F(TunnelTest, RelayPhishingWithTwoFrom) {
  connect(b_, c_, wire_);
  const struct {
    const char* from;
    bool expected;
  } cases[] = {
      {"From: CEO (x) <ceo@b.example>\r\n", true},
      {"From: ceo@b.example\r\nFrom: alice@a.example\r\n", true},
      {"From: alice@a.example\r\nFrom: ceo@b2.example\r\n", true},
      {"From: alice@a.example, x@c.example\r\n", true},
      {"From: \"ceo@b.example\" <x@lists.example>\r\n", true},
      {"From: ceo@\r\n b.example (x)\r\n", true},
      {"From: alice@a.example\r\nFrom: alice@a.example\r\n", true},
      {"From: list@lists.example (x)\r\n", false},
      {"", false},
  };
  for (const auto& each : cases) {
    const Opened opened = open(seal(original(each.from), envelope()));
    ASSERT_TRUE(opened.mail.ok()) << each.from;
    EXPECT_EQ(opened.mail->mark, SignedMark::relay) << each.from;
    EXPECT_EQ(opened.mail->expected_tunnel, each.expected) << each.from;
  }
}

// A peer's mailing list names whose mail it was; a peer's user may as well. Both are told.
TEST_F(TunnelTest, TwoReadersOfARelayedFromAreToldWhyTheTunnelIsExpected) {
  connect(b_, c_, wire_);
  const struct {
    const char* from;
    const char* why;
  } cases[] = {
      {"From: \"bob@b.example via List\" <list@lists.example>\r\n", "display-name"},
      {"From: =?utf-8?q?x=40c.example?= <list@lists.example>\r\n", "display-name"},
      {"From: list@lists.example (ceo@b2.example)\r\n", "display-name"},
      {"From: ceo\xef\xbc\xa0"
       "b.example\r\n",
       "no single From address"},
      {"From: ceo@b.example\r\n", "From is not of the peer"},
  };
  for (const auto& each : cases) {
    const Opened opened = open(seal(original(each.from), envelope()));
    ASSERT_TRUE(opened.mail.ok()) << each.from;
    EXPECT_TRUE(opened.mail->expected_tunnel) << each.from;
    EXPECT_EQ(opened.mail->why, each.why) << each.from;
  }
}

TEST_F(TunnelTest, InnerHeaders) {
  // What stands in the original can never be taken for the sealed envelope.
  const std::string tricky =
      "Culvert-Recipient: <eve@b.example>\r\nCulvert-Tunnel: 1\r\n" + original();
  const Opened opened = open(seal(tricky, envelope()));
  ASSERT_TRUE(opened.mail.ok());
  EXPECT_EQ(opened.mail->envelope.recipients.size(), 1u);
  EXPECT_EQ(opened.content, tricky);
  // Unknown, repeated or re-ordered fields inside the seal are refused.
  const std::string good = inner(envelope(), original());
  ASSERT_EQ(code_of(seal_by_hand(good, a_)), "opened");
  const std::pair<const char*, const char*> changes[] = {
      {"Culvert-To:", "Culvert-Policy: none\r\nCulvert-To:"},
      {"Culvert-Tunnel: 2\r\n", "Culvert-Tunnel: 2\r\nCulvert-Tunnel: 2\r\n"},
      {"Culvert-Origin: inside\r\n", ""},
      {"Culvert-Origin: inside\r\n", "Culvert-Origin: node\r\n"},
      {"Culvert-From: a.example\r\nCulvert-To: b.example\r\n",
       "Culvert-To: b.example\r\nCulvert-From: a.example\r\n"},
      {"message/rfc822", "text/plain"},
      {"message/rfc822", "message/global"},
      {"MIME-Version: 1.0\r\n", ""},
      {"Content-Transfer-Encoding: binary\r\n", "Content-Transfer-Encoding: base64\r\n"},
  };
  for (const auto& [what, with] : changes) {
    std::string changed = good;
    changed.replace(changed.find(what), std::string_view(what).size(), with);
    EXPECT_EQ(code_of(seal_by_hand(changed, a_)), "bad-envelope") << with;
  }
  // One without end, or beyond its limits, is no fault of the original's header.
  EXPECT_EQ(code_of(seal_by_hand(good.substr(0, good.find("\r\n\r\n") + 2), a_)), "bad-envelope");
  const std::string endless(kMaxEnvelopeBytes + 1, 'x');
  EXPECT_EQ(code_of(seal_by_hand(good.substr(0, 40) + endless, a_)), "bad-envelope");
  std::string many = good;
  for (std::size_t i = 0; i < crypto::kSealedFront.fields; ++i)
    many.insert(0, "A: b\r\n");
  EXPECT_EQ(code_of(seal_by_hand(many, a_)), "bad-envelope");
}

TEST_F(TunnelTest, Bcc) {
  SealedEnvelope sealed = envelope();
  sealed.recipients.push_back({mailbox("hidden@b2.example"), {}, {}});
  const std::string message = seal(original(), sealed);
  EXPECT_EQ(message.find("hidden"), std::string::npos);
  const Opened opened = open(message);
  ASSERT_TRUE(opened.mail.ok());
  EXPECT_EQ(opened.content.find("hidden"), std::string::npos);
  // One recipient info: the peer's certificate, however many people are addressed.
  ViewSource source(as_bytes(message));
  auto blob = cms_body_of(source).value();
  EXPECT_EQ(crypto::peek_recipients(*blob)->names.size(), 1u);
}

TEST_F(TunnelTest, TheSealIsGoodForFourteenDaysAndAnHourAhead) {
  const std::string message = seal(original(), envelope());
  const Time sealed = now_;
  const auto at = [&](std::chrono::seconds after) {
    now_ = sealed + after;
    return code_of(message);
  };
  using std::chrono::hours;
  EXPECT_EQ(at(hours(14 * 24)), "opened");
  EXPECT_EQ(at(hours(14 * 24) + std::chrono::seconds(1)), "stale");
  EXPECT_EQ(at(-hours(1)), "opened");
  EXPECT_EQ(at(-hours(1) - std::chrono::seconds(1)), "future");
}

// Also where that clock stands before the certificate's beginning.
TEST_F(TunnelTest, ItIsToldByHowMuchTheClocksDiffer) {
  const std::string message = seal(original(), envelope());
  const Time sealed = now_;
  const auto text_at = [&](std::chrono::seconds after) {
    now_ = sealed + after;
    return open(message).mail.error().text;
  };
  using std::chrono::hours;
  using std::chrono::minutes;
  EXPECT_NE(text_at(-hours(5) - minutes(30)).find("5 h 30 min ahead of this node's clock"),
            std::string::npos);
  EXPECT_NE(text_at(-hours(5)).find("that of a.example is fast"), std::string::npos);
  EXPECT_NE(text_at(hours(15 * 24)).find("360 h 0 min before it arrived"), std::string::npos);
}

TEST_F(TunnelTest, ABareLineEndInTheOpenedContentIsRefused) {
  for (const char* content : {"a\nb", "a\rb", "a\r", "\n", "a\r\r\n", "From: x\r\n\r\nx\n.\r\n"}) {
    EXPECT_EQ(code_of(seal(content, envelope())), "bad-line-end") << content;
  }
}

TEST_F(TunnelTest, OnlyADomainsSignatureCounts) {
  const std::string good = inner(envelope(), original());
  EXPECT_EQ(code_of(seal_by_hand(good, a_, crypto::SignatureType::personal)), "not-tunnel");
}

TEST_F(TunnelTest, TheReservedAddressIsForTheNodeAlone) {
  SealedEnvelope sealed = envelope("");
  sealed.recipients = {{mailbox("culvert-peering@b.example"), {}, {}}};
  const Opened opened = open(seal(original(), sealed));
  ASSERT_TRUE(opened.mail.ok());
  EXPECT_TRUE(opened.mail->for_peering);
  SealedEnvelope with_sender = sealed;
  with_sender.sender = mailbox("alice@a.example");
  EXPECT_EQ(code_of(seal(original(), with_sender)), "bad-envelope");
  SealedEnvelope beside = sealed;
  beside.recipients.push_back({mailbox("bob@b.example"), {}, {}});
  EXPECT_EQ(code_of(seal(original(), beside)), "bad-envelope");
  // It opens for a peer whose route is only claimed, so that proofs can be answered.
  TestNode d("gate.d.example", {"d.example"});
  pair(b_, d, wire_);
  sealed.from = domain("d.example");
  const Opened claimed = open(*try_seal(original(), sealed, d, b_));
  ASSERT_TRUE(claimed.mail.ok()) << claimed.mail.error().text;
  EXPECT_EQ(claimed.mail->peer, d.fingerprint());
}

// After months without a word neither side has a card that holds.
TEST_F(TunnelTest, PeeringMailCountsByWhateverCertificateThePeerIssued) {
  SealedEnvelope sealed = envelope("");
  sealed.recipients = {{mailbox("culvert-peering@b.example"), {}, {}}};
  const std::string people = original();
  a_.renew_keys();
  const Opened unknown = open(seal(original(), sealed));
  ASSERT_TRUE(unknown.mail.ok()) << unknown.mail.error().text;
  EXPECT_EQ(unknown.mail->peer, a_.fingerprint());
  EXPECT_EQ(code_of(seal(people, envelope())), "wrong-signer") << "people's only by the card";

  sealed.from = domain("elsewhere.example");
  EXPECT_TRUE(open(seal(original(), sealed)).mail.ok()) << "no route is needed";
  now_ += std::chrono::hours(24 * 400);
  sealed.sealed = now_;
  EXPECT_TRUE(open(seal(original(), sealed)).mail.ok()) << "it has ended";
}

TEST_F(TunnelTest, PeeringMailOfNobodyWhoIsAPeerIsRefused) {
  SealedEnvelope sealed = envelope("");
  sealed.recipients = {{mailbox("culvert-peering@b.example"), {}, {}}};
  EXPECT_EQ(code_of(*try_seal(original(), sealed, c_, b_)), "wrong-signer");
  const std::string good = seal(original(), sealed);
  ASSERT_TRUE(open(good).mail.ok());
  b_.write([&](store::WriteTransaction& txn) {
    store::note_revoked(txn, a_.fingerprint(), a_.signing().certificate.key_id().view(), now_);
  });
  EXPECT_EQ(code_of(good), "wrong-signer") << "revoked";
  a_.renew_keys();
  const std::string renewed = seal(original(), sealed);
  EXPECT_EQ(code_of(renewed), "opened");
  b_.write([&](store::WriteTransaction& txn) {
    ASSERT_TRUE(remove_peer(txn, a_.fingerprint(), Removal::by_us, "test", now_).ok());
  });
  EXPECT_EQ(code_of(renewed), "wrong-signer") << "removed";
}

TEST_F(TunnelTest, KnowsTunnelMailByItsRecipientsAlone) {
  const std::string message = seal(original(), envelope());
  ViewSource source(as_bytes(message));
  const auto peek = crypto::peek_recipients(**cms_body_of(source)).value();
  const std::vector<crypto::IssuerAndSerial> none;
  EXPECT_TRUE(is_tunnel_mail(peek, {b_.identity().certificate, none}));
  EXPECT_FALSE(is_tunnel_mail(peek, {c_.identity().certificate, none}));
  const std::vector<crypto::IssuerAndSerial> announced{
      b_.encryption().certificate.issuer_and_serial()};
  EXPECT_TRUE(is_tunnel_mail(peek, {c_.identity().certificate, announced}));
}

// Whoever holds the key can read a tunnel message with a program that is not ours.
TEST_F(TunnelTest, OpenSslDecryptsAndVerifies) {
  const std::filesystem::path folder =
      std::filesystem::path(testing::TempDir()) / ("culvert-openssl-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  const auto put = [&](const char* name, ByteView octets) {
    std::ofstream(folder / name, std::ios::binary) << as_text(octets);
  };
  const auto get = [&](const char* name) {
    std::ifstream file(folder / name, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  const auto run = [&](const std::string& command) {
    return std::system(
        ("cd " + folder.string() + " && openssl cms " + command + " 2>openssl.err").c_str());
  };
  const std::string content = original() + std::string(200'000, 'x');
  put("mail.eml", as_bytes(seal(content, envelope())));
  put("key.pem", b_.encryption().key.pem().view());
  put("cert.pem", as_bytes(b_.encryption().certificate.pem()));
  put("identity.pem", as_bytes(a_.identity().certificate.pem()));
  ASSERT_EQ(run("-decrypt -in mail.eml -inkey key.pem -recip cert.pem -out signed.mime"), 0)
      << get("openssl.err");
  const std::string entity = get("signed.mime");
  const std::size_t blank = entity.find("\r\n\r\n");
  ASSERT_NE(blank, std::string::npos);
  put("signed.der", as_bytes(std::string_view(entity).substr(blank + 4)));
  ASSERT_EQ(run("-verify -inform DER -in signed.der -CAfile identity.pem -purpose any "
                "-no_check_time -binary -out content"),
            0)
      << get("openssl.err");
  const std::string inside = get("content");
  EXPECT_EQ(inside, inner(envelope(), content));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace culvert::peering
