#include "crypto/cms/enveloped.h"

#include "crypto/cms/limits.h"
#include "tests/crypto/cms/support.h"

namespace culvert::crypto::testing {
namespace {

class AuthEnveloped : public ::testing::Test {
 protected:
  Node a{"gate.a.example"};
  Node b{"gate.b.example"};
};

TEST_F(AuthEnveloped, OpensWhatItSealedInEverySize) {
  constexpr std::size_t kSizes[] = {0,         1,
                                    15,        16,
                                    17,        16 * 1024 - 1,
                                    16 * 1024, 16 * 1024 + 1,
                                    32 * 1024, 64 * 1024,
                                    65537,     256 * 1024 - 1,
                                    262144,    262145,
                                    1'000'000, 3 * 1024 * 1024 + 7};
  for (const std::size_t size : kSizes) {
    const Bytes content = pattern(size);
    const Bytes sealed = seal(content, {b.encryption.certificate}, 7001);
    const auto opened = open(sealed, b.keys);
    ASSERT_TRUE(opened.ok()) << size << " " << opened.error().code;
    EXPECT_TRUE(*opened == content) << size;
  }
}

TEST_F(AuthEnveloped, OpensFromOneOctetAtATime) {
  const Bytes content = pattern(70'000);
  const Bytes sealed = seal(content, {b.encryption.certificate});
  TricklingSource source(sealed, 1);
  const auto opened = open_from(source, b.keys);
  ASSERT_TRUE(opened.ok());
  EXPECT_TRUE(*opened == content);
}

TEST_F(AuthEnveloped, ReadsUsualMailOnceAndLargeMailTwice) {
  const Bytes small = seal(pattern(10'000), {b.encryption.certificate});
  TricklingSource once(small, 4096);
  ASSERT_TRUE(open_from(once, b.keys).ok());
  EXPECT_EQ(once.rewinds, 0);
  const Bytes large = seal(pattern(kHeldContentBytes + 1), {b.encryption.certificate});
  TricklingSource twice(large, 4096);
  ASSERT_TRUE(open_from(twice, b.keys).ok());
  EXPECT_EQ(twice.rewinds, 1);
}

TEST_F(AuthEnveloped, StartsAgainAfterRewind) {
  for (const std::size_t size : {5000UL, 400'000UL}) {
    const Bytes content = pattern(size);
    const Bytes sealed = seal(content, {b.encryption.certificate});
    ViewSource source(sealed);
    const auto reader = EnvelopedReader::open(source, b.keys);
    ASSERT_TRUE(reader.ok());
    Bytes some(777);
    ASSERT_TRUE((*reader)->read(some).ok());
    ASSERT_TRUE((*reader)->rewind().ok());
    const auto all = read_all(**reader, 1 << 20);
    ASSERT_TRUE(all.ok());
    EXPECT_TRUE(*all == content);
  }
}

TEST_F(AuthEnveloped, SaysWithWhatAndForWhomItWasSealed) {
  const Bytes sealed = seal(pattern(10), {a.encryption.certificate, b.encryption.certificate});
  ViewSource source(sealed);
  const auto reader = EnvelopedReader::open(source, b.keys);
  ASSERT_TRUE(reader.ok());
  EXPECT_EQ((*reader)->cipher(), "aes256-gcm");
  EXPECT_EQ((*reader)->content_type(), "1.2.840.113549.1.7.1");
  EXPECT_EQ((*reader)->content_key().recipient, b.encryption.certificate);
}

TEST_F(AuthEnveloped, IsRefusedWithoutAKeyOfOurs) {
  const Bytes sealed = seal(pattern(10), {b.encryption.certificate});
  EXPECT_EQ(refusal(open(sealed, a.keys)), Refusal::no_key);
}

TEST_F(AuthEnveloped, IsRefusedWhenCutAnywhere) {
  const Bytes sealed = seal(pattern(300), {b.encryption.certificate});
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    const auto opened = open(ByteView(sealed).first(size), b.keys);
    ASSERT_FALSE(opened.ok()) << size;
    EXPECT_TRUE(refusal(opened)) << size << " " << opened.error().code;
  }
}

TEST_F(AuthEnveloped, IsRefusedWhenALargeOneIsCutAnywhere) {
  const Bytes sealed = seal(pattern(kHeldContentBytes + 70'000), {b.encryption.certificate});
  for (std::size_t size = 0; size < sealed.size(); size += 3001) {
    ASSERT_FALSE(open(ByteView(sealed).first(size), b.keys).ok()) << size;
  }
  ASSERT_FALSE(open(ByteView(sealed).first(sealed.size() - 1), b.keys).ok());
}

// The issuer's name and serial number in the recipient info may change into those of nobody; every
// other bit must matter too.
TEST_F(AuthEnveloped, IsRefusedWhenAnySingleBitIsFlipped) {
  const Bytes content = pattern(64);
  const Bytes sealed = seal(content, {b.encryption.certificate});
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    Bytes bent = sealed;
    bent[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    const auto opened = open(bent, b.keys);
    EXPECT_FALSE(opened.ok()) << "bit " << bit;
  }
}

TEST_F(AuthEnveloped, GivesNotOneOctetOfALargeMessageWhoseLastBitIsFlipped) {
  Bytes sealed = seal(pattern(2'000'000), {b.encryption.certificate});
  sealed[sealed.size() - 20 - 6] ^= 1;  // in the last piece of the ciphertext or its frame
  ViewSource source(sealed);
  EXPECT_FALSE(EnvelopedReader::open(source, b.keys).ok());
}

TEST_F(AuthEnveloped, FailsAtTheEndWhenTheInputChangesBetweenThePasses) {
  Bytes sealed = seal(pattern(2'000'000), {b.encryption.certificate});
  ViewSource source(sealed);
  const auto reader = EnvelopedReader::open(source, b.keys);
  ASSERT_TRUE(reader.ok());
  sealed[1'000'000] ^= 1;
  const auto all = read_all(**reader, 1 << 22);
  EXPECT_EQ(refusal(all), Refusal::bad_tag);
  Bytes more(1);
  EXPECT_EQ(refusal((*reader)->read(more)), Refusal::bad_tag) << "not a clean end";
}

TEST_F(AuthEnveloped, IsRefusedWithTrailingOctets) {
  Bytes sealed = seal(pattern(300), {b.encryption.certificate});
  sealed.push_back('\n');
  EXPECT_EQ(refusal(open(sealed, b.keys)), Refusal::trailing_octets);
}

TEST_F(AuthEnveloped, TakesAThousandRecipientsAndNotOneMore) {
  std::vector<Certificate> recipients(1000, a.encryption.certificate);
  recipients.back() = b.encryption.certificate;
  EXPECT_TRUE(open(seal(pattern(10), recipients), b.keys).ok());
  recipients.push_back(b.encryption.certificate);
  Bytes out;
  BytesSink sink(out);
  EXPECT_EQ(
      refusal(EnvelopedWriter::start(sink, {.recipients = {recipients.begin(), recipients.end()}})),
      Refusal::too_many_recipients);
}

TEST_F(AuthEnveloped, IsSealedForNobodyOnlyByRefusal) {
  Bytes out;
  BytesSink sink(out);
  EXPECT_EQ(refusal(EnvelopedWriter::start(sink, {})), Refusal::no_recipient);
}

TEST_F(AuthEnveloped, NeverRepeatsItself) {
  const Bytes content = pattern(100);
  EXPECT_NE(seal(content, {b.encryption.certificate}), seal(content, {b.encryption.certificate}));
}

TEST_F(AuthEnveloped, HoldsTheSignedFormInside) {
  const Bytes content = pattern(700'000);
  const Bytes sealed = seal(sign(content, a), {b.encryption.certificate});
  ViewSource source(sealed);
  const auto opened = EnvelopedReader::open(source, b.keys);
  ASSERT_TRUE(opened.ok());
  const auto verified =
      verify_from(**opened, {{a.signing.certificate}, SignerCandidates::Included::ignore});
  ASSERT_TRUE(verified.ok());
  EXPECT_TRUE(verified->content == content);
  EXPECT_TRUE(verified->result.valid());
}

}  // namespace
}  // namespace culvert::crypto::testing
