// Sealed mail, and what relays make of it.
#include "peering/tunnel_blob.h"

#include <gtest/gtest.h>

#include "crypto/base/limits.h"
#include "peering/tunnel_seal.h"
#include "tests/peering/test_node.h"

namespace culvert::peering {
namespace {

using Place = TunnelBlob::Place;

class TunnelBlobTest : public testing::Test {
 protected:
  void SetUp() override {
    connect(a_, b_, wire_);
    SealedEnvelope envelope{.id = {1},
                            .sealed = b_.now(),
                            .from = domain("a.example"),
                            .to = domain("b.example"),
                            .origin = SealedOrigin::inside};
    envelope.recipients = {{mailbox("bob@b.example"), {}, {}}};
    const std::string content = "Subject: x\r\n\r\nhello\r\n";
    ViewSource source(as_bytes(content));
    auto sealer =
        TunnelSealer::start({source, envelope, a_.domains(), "<x@gate>", std::string(32, '0'),
                             a_.ring(), a_.signing().certificate, b_.encryption().certificate});
    ASSERT_TRUE(sealer.ok());
    while (true) {
      const auto piece = (*sealer)->next();
      ASSERT_TRUE(piece.ok());
      if (piece->empty()) break;
      sealed_ += as_text(*piece);
    }
    blob_ = sealed_.substr(sealed_.find("\r\n\r\n") + 4);
    cms_ = octets_of(sealed_);
  }

  static std::string octets_of(std::string_view message) {
    ViewSource source(as_bytes(message));
    auto body = cms_body_of(source).value();
    Bytes octets;
    BytesSink sink(octets);
    EXPECT_TRUE(copy_all(*body, sink).ok());
    return to_text(octets);
  }

  // Where it is for that node. What is found must be the very octets that were sealed.
  Place place(std::string_view message, TestNode& at) {
    const std::vector<crypto::IssuerAndSerial> none;
    ViewSource source(as_bytes(message));
    auto found = find_tunnel_blob(source, {at.identity().certificate, none});
    EXPECT_TRUE(found.ok());
    if (found->place == Place::nowhere || found->place == Place::alone) {
      EXPECT_EQ(found->octets == nullptr, found->place == Place::nowhere);
    }
    if (found->octets) {
      Bytes octets;
      BytesSink sink(octets);
      EXPECT_TRUE(copy_all(*found->octets, sink).ok());
      EXPECT_EQ(to_text(octets), cms_);
    }
    return found->place;
  }
  Place place(std::string_view message) { return place(message, b_); }

  std::string part(std::string_view type) const {
    return "Content-Type: " + std::string(type) + "\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
           blob_;
  }
  static std::string mixed(std::string_view parts) {
    return "From: alice@a.example\r\nContent-Type: multipart/mixed; boundary=w\r\n\r\n" +
           std::string(parts);
  }
  std::string wrapped(std::string_view around) const {
    return mixed("--w\r\n" + part("application/pkcs7-mime; smime-type=authEnveloped-data") +
                 std::string(around));
  }

  TestNode a_{"gate.a.example", {"a.example"}};
  TestNode b_{"gate.b.example", {"b.example"}};
  TestNode c_{"gate.c.example", {"c.example"}};
  Wire wire_;
  std::string sealed_;
  std::string blob_;
  std::string cms_;
};

TEST_F(TunnelBlobTest, IsFoundAsItWasSealed) { EXPECT_EQ(place(sealed_), Place::alone); }

TEST_F(TunnelBlobTest, IsFoundWhateverMediaTypeARelayGaveIt) {
  for (const char* type : {"application/octet-stream; name=smime.p7m", "application/octet-stream",
                           "application/x-pkcs7-mime", "text/plain; charset=us-ascii",
                           "application/pkcs7-signature", "application/vnd.ms-tnef"}) {
    EXPECT_EQ(place("From: alice@a.example\r\n" + part(type)), Place::alone) << type;
  }
  EXPECT_EQ(place("Content-Transfer-Encoding: base64\r\n\r\n" + blob_), Place::alone);
  EXPECT_EQ(place("Content-Type: application/octet-stream\r\n\r\n" + cms_), Place::alone);
}

TEST_F(TunnelBlobTest, IsFoundAsTheOnlyLeaf) {
  EXPECT_EQ(place(wrapped("--w--\r\n")), Place::alone);
  EXPECT_EQ(
      place(mixed("--w\r\nContent-Type: multipart/related; boundary=v\r\n\r\n--v\r\n" +
                  part("application/octet-stream; name=smime.p7m") + "--v--\r\n\r\n--w--\r\n")),
      Place::alone);
}

TEST_F(TunnelBlobTest, BesideAnythingElseIsNotAlone) {
  for (const char* around :
       {"--w\r\nContent-Type: text/plain\r\n\r\nThis mail was scanned.\r\n--w--\r\n",
        "--w\r\nContent-Type: text/html\r\n\r\n<img src=\"http://m.example/\r\n--w--\r\n",
        "--w--\r\nA notice behind the end.\r\n", "--w\r\n\r\n\r\n--w--\r\n"}) {
    EXPECT_EQ(place(wrapped(around)), Place::beside_others) << around;
  }
  EXPECT_EQ(
      place(mixed("A notice before.\r\n--w\r\n" + part("application/pkcs7-mime") + "--w--\r\n")),
      Place::beside_others);
  EXPECT_EQ(
      place(mixed("--w\r\n\r\nfirst\r\n--w\r\n" + part("application/octet-stream") + "--w--\r\n")),
      Place::beside_others);
}

TEST_F(TunnelBlobTest, OfAnotherNodeIsNone) {
  EXPECT_EQ(place(sealed_, c_), Place::nowhere);
  EXPECT_EQ(place(wrapped("--w--\r\n"), c_), Place::nowhere);
}

// What a reader would get as ciphertext in clear is never handed on.
TEST_F(TunnelBlobTest, ThatNobodyCanReadIsSeenAllTheSame) {
  EXPECT_EQ(place(mixed("--w\r\nContent-Type: message/rfc822\r\n\r\n" + sealed_ + "\r\n--w--\r\n")),
            Place::beside_others);
  EXPECT_EQ(place("Subject: x\r\n\r\n" + blob_), Place::beside_others);
  for (const char* encoding : {"7bit", "quoted-printable", "x-odd", "8bit"}) {
    EXPECT_EQ(place("Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: " +
                    std::string(encoding) + "\r\n\r\n" + blob_),
              Place::beside_others)
        << encoding;
  }
  const std::string part_text = part("application/pkcs7-mime");
  const std::string longest(72, 'b');
  EXPECT_EQ(place("Content-Type: multipart/mixed; boundary=" + longest + "\r\n\r\n--" + longest +
                  "\r\n" + part_text + "--" + longest + "--\r\n"),
            Place::beside_others);
  EXPECT_EQ(place(mixed("--w\r\nContent-Type: a/b\r\n" + part_text + "--w--\r\n")),
            Place::beside_others);
  std::string quoted = blob_;
  for (std::size_t at = 70; at < quoted.size(); at += 74)
    quoted.insert(at, "=\r\n");
  EXPECT_EQ(place("Content-Transfer-Encoding: quoted-printable\r\n\r\n" + quoted),
            Place::beside_others);
  std::string parts;
  for (int i = 0; i < 12; ++i)
    parts += "--w\r\n\r\nnotice\r\n";
  EXPECT_EQ(place(mixed(parts + "--w\r\n" + part_text + "--w--\r\n")), Place::beside_others);
}

TEST_F(TunnelBlobTest, IsNowhereInOtherMail) {
  EXPECT_EQ(place(""), Place::nowhere);
  EXPECT_EQ(place("Subject: x\r\n\r\nMIIA\r\nMillions of MI MII\r\n\x30\x82\r\n"), Place::nowhere);
}

}  // namespace
}  // namespace culvert::peering
