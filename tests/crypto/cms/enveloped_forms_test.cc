// Every content cipher in both forms, with and without CEK-HKDF, at the sizes where pieces, blocks
// and passes begin and end.
#include <gtest/gtest.h>

#include "crypto/cms/der_writer.h"
#include "tests/crypto/cms/support.h"

namespace culvert::crypto::testing {
namespace {

class Forms : public ::testing::TestWithParam<std::tuple<const char*, KeyDerivation>> {
 protected:
  // A key that opens every form, as users have them.
  Forms() { EXPECT_TRUE(keys.add(b.encryption.key, b.encryption.certificate, ContentRule::any)); }

  Bytes seal_in_form(ByteView content) const {
    Bytes out;
    BytesSink sink(out);
    const EnvelopedOptions options{.recipients = {b.encryption.certificate},
                                   .cipher = find_cipher_named(std::get<0>(GetParam())),
                                   .derivation = std::get<1>(GetParam())};
    auto writer = EnvelopedWriter::start(sink, options);
    EXPECT_TRUE(writer.ok());
    EXPECT_TRUE((*writer)->write(content).ok());
    EXPECT_TRUE((*writer)->finish().ok());
    return out;
  }

  Node b{"b.example"};
  MemoryKeyRing keys;
};

TEST_P(Forms, OpenAtEverySizeWherePiecesEnd) {
  const CipherRow& row = *find_cipher_named(std::get<0>(GetParam()));
  for (const std::size_t size : {0, 1, 15, 16, 17, 32767, 32768, 32769, 65535, 65536, 65537, 262143,
                                 262144, 262145, 262160, 524288, 700001}) {
    const Bytes content = pattern(size);
    const Bytes sealed = seal_in_form(content);
    for (const std::size_t step : {std::size_t{4093}, sealed.size()}) {
      TricklingSource source(sealed, step);
      const auto reader = EnvelopedReader::open(source, keys);
      ASSERT_TRUE(reader.ok()) << size << ": " << reader.error().text;
      EXPECT_EQ((*reader)->cipher(), row.name);
      EXPECT_EQ((*reader)->kind(),
                row.kind == CipherKind::aead ? SealKind::auth_enveloped : SealKind::enveloped);
      const auto opened = read_all(**reader, size + 1);
      ASSERT_TRUE(opened.ok()) << size << ": " << opened.error().text;
      EXPECT_EQ(*opened, content) << size;
      ASSERT_TRUE((*reader)->rewind().ok());
      EXPECT_EQ(*read_all(**reader, size + 1), content) << size;
    }
  }
}

// smime-profile.md, "Tunnel keys": tunnel keys open AEAD content and nothing else.
TEST_P(Forms, OpenWithATunnelKeyOnlyIfAuthenticated) {
  const Bytes sealed = seal_in_form(pattern(100));
  ViewSource source(sealed);
  const auto opened = EnvelopedReader::open(source, b.keys);
  const bool is_aead = find_cipher_named(std::get<0>(GetParam()))->kind == CipherKind::aead;
  EXPECT_EQ(opened.ok(), is_aead);
  if (!is_aead) {
    EXPECT_EQ(refusal(opened), Refusal::not_aead);
  }
}

TEST_P(Forms, ReleaseNothingOfWhatWasCut) {
  const Bytes sealed = seal_in_form(pattern(300'000));
  for (const std::size_t missing : {1, 2, 5, 16, 17, 1000, 70'000}) {
    ViewSource source(ByteView(sealed).first(sealed.size() - missing));
    EXPECT_FALSE(EnvelopedReader::open(source, keys).ok()) << missing;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Enveloped, Forms,
    ::testing::Combine(::testing::Values("aes256-gcm", "aes192-gcm", "aes128-gcm",
                                         "chacha20-poly1305", "aes256-cbc", "aes192-cbc",
                                         "aes128-cbc"),
                       ::testing::Values(KeyDerivation::none, KeyDerivation::hkdf_sha256)));

// EFAIL, algorithm swap: GCM content under the name of CBC, and the form that has no tag.
TEST(AlgorithmSwap, IsRefusedInBothDirections) {
  const Node b("b.example");
  MemoryKeyRing keys;
  ASSERT_TRUE(keys.add(b.encryption.key, b.encryption.certificate, ContentRule::any).ok());
  for (const char* name : {"aes256-gcm", "aes256-cbc"}) {
    Bytes sealed;
    BytesSink sink(sealed);
    auto writer = EnvelopedWriter::start(
        sink, {.recipients = {b.encryption.certificate}, .cipher = find_cipher_named(name)});
    ASSERT_TRUE(writer.ok());
    ASSERT_TRUE((*writer)->write(pattern(1000)).ok());
    ASSERT_TRUE((*writer)->finish().ok());
    const bool is_gcm = as_text(sealed).find(as_text(kOidAes256Gcm.octets())) != std::string::npos;
    const Oid& from = is_gcm ? kOidAes256Gcm : find_cipher_named("aes256-cbc")->oid;
    const Oid& to = is_gcm ? find_cipher_named("aes256-cbc")->oid : kOidAes256Gcm;
    const std::size_t at = as_text(sealed).find(as_text(from.octets()));
    ASSERT_NE(at, std::string::npos);
    std::copy(to.octets().begin(), to.octets().end(),
              sealed.begin() + static_cast<std::ptrdiff_t>(at));
    ViewSource source(sealed);
    EXPECT_FALSE(EnvelopedReader::open(source, keys).ok()) << name;
  }
}

TEST(WeakCiphers, AreNotWritten) {
  const Node b("b.example");
  Bytes out;
  BytesSink sink(out);
  const auto writer = EnvelopedWriter::start(sink, {.recipients = {b.encryption.certificate},
                                                    .cipher = find_cipher_named("des-ede3-cbc")});
  EXPECT_EQ(refusal(writer), Refusal::weak_algorithm);
  EXPECT_TRUE(out.empty());
}

}  // namespace
}  // namespace culvert::crypto::testing
