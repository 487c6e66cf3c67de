// What PKCS#12 derives and deciphers by itself: RC2, its key derivation, its texts, and what all of
// it may cost.
#include <gtest/gtest.h>

#include "crypto/keys/files/bmp_string.h"
#include "crypto/keys/files/file_password.h"
#include "crypto/keys/files/password_hash.h"
#include "crypto/keys/files/pkcs12_kdf.h"
#include "crypto/keys/rc2.h"

namespace culvert::crypto {
namespace {

Bytes hex(std::string_view digits) { return *from_hex(digits); }

TEST(Rc2, DecryptsTheTestVectorsOfItsStandard) {
  struct Vector {
    const char* key;
    std::size_t effective_bits;
    const char* plaintext;
    const char* ciphertext;
  };
  // RFC 2268, section 5.
  const Vector vectors[] = {
      {"0000000000000000", 63, "0000000000000000", "ebb773f993278eff"},
      {"ffffffffffffffff", 64, "ffffffffffffffff", "278b27e42e2f0d49"},
      {"3000000000000000", 64, "1000000000000001", "30649edf9be7d2c2"},
      {"88", 64, "0000000000000000", "61a8a244adacccf0"},
      {"88bca90e90875a", 64, "0000000000000000", "6ccf4308974c267f"},
      {"88bca90e90875a7f0f79c384627bafb2", 64, "0000000000000000", "1a807d272bbe5db1"},
      {"88bca90e90875a7f0f79c384627bafb2", 128, "0000000000000000", "2269552ab0f85ca6"},
      {"88bca90e90875a7f0f79c384627bafb216f80a6f85920584c42fceb0be255daf1e", 129,
       "0000000000000000", "5b78d3a43dfff1f1"},
  };
  for (const Vector& one : vectors) {
    EXPECT_EQ(to_hex(rc2_decrypt_block(hex(one.key), one.effective_bits, hex(one.ciphertext))),
              one.plaintext)
        << one.key;
  }
}

TEST(Rc2, RefusesWhatIsNoWholeNumberOfBlocksOrNotPadded) {
  const Bytes key = hex("ffffffffffffffff");
  const Bytes iv(8, 0);
  EXPECT_FALSE(rc2_cbc_decrypt(key, 64, iv, {}));
  EXPECT_FALSE(rc2_cbc_decrypt(key, 64, iv, Bytes(7, 0)));
  // Deciphers to eight octets ff.
  EXPECT_FALSE(rc2_cbc_decrypt(key, 64, iv, hex("278b27e42e2f0d49")));
  // The initial vector turns them into eight octets of padding, and into one.
  EXPECT_EQ(rc2_cbc_decrypt(key, 64, Bytes(8, 0xf7), hex("278b27e42e2f0d49"))->size(), 0U);
  EXPECT_EQ(rc2_cbc_decrypt(key, 64, Bytes(8, 0xfe), hex("278b27e42e2f0d49"))->size(), 7U);
}

std::string derived(std::string_view password, std::string_view salt, std::uint64_t iterations,
                    Pkcs12Purpose purpose, std::size_t bytes) {
  const auto forms = FilePassword::from_utf8(password);
  const Pkcs12Derivation how{.hash = Pbkdf2Hash::sha1, .salt = hex(salt), .iterations = iterations};
  return to_hex(pkcs12_derive(forms->bmp(), how, purpose, bytes).view());
}

TEST(Pkcs12Derivation, GivesThePublishedValues) {
  // The values that implementations have shared since 1999.
  EXPECT_EQ(derived("smeg", "0a58cf64530d823f", 1, Pkcs12Purpose::cipher_key, 24),
            "8aaae6297b6cb04642ab5b077851284eb7128f1a2a7fbca3");
  EXPECT_EQ(derived("smeg", "0a58cf64530d823f", 1, Pkcs12Purpose::iv, 8), "79993dfe048d3b76");
  EXPECT_EQ(derived("smeg", "3d83c0e4546ac140", 1, Pkcs12Purpose::mac_key, 20),
            "8d967d88f6caa9d714800ab3d48051d63f73a312");
  EXPECT_EQ(derived("queeg", "05dec959acff72f7", 1000, Pkcs12Purpose::cipher_key, 24),
            "ed2034e36328830ff09df1e1a07dd357185dac0d4f9eb3d4");
  EXPECT_EQ(derived("queeg", "05dec959acff72f7", 1000, Pkcs12Purpose::iv, 8), "11dedad7758d4860");
}

TEST(FilePassword, IsWrittenTheWaysThatFormatsWant) {
  const auto password = FilePassword::from_utf8("\xc3\xa9\xe2\x82\xac\xf0\x9f\x94\x91");
  ASSERT_TRUE(password);
  EXPECT_EQ(to_hex(password->bmp()), "00e920acd83ddd110000");
  EXPECT_EQ(to_hex(FilePassword::from_utf8("")->bmp()), "0000");
  EXPECT_TRUE(FilePassword::absent().bmp().empty());
}

TEST(FilePassword, RefusesOtherOctetsThanUtf8AndTooMany) {
  EXPECT_EQ(FilePassword::from_utf8("\xe9").error().code, "bad-password");
  EXPECT_EQ(FilePassword::from_utf8(std::string(kMaxPasswordBytes + 1, 'a')).error().code,
            "bad-password");
}

TEST(BmpString, ComesBackAsUtf8) {
  EXPECT_EQ(from_bmp_string(hex("004100e920acd83ddd11")), "A\xc3\xa9\xe2\x82\xac\xf0\x9f\x94\x91");
  EXPECT_EQ(from_bmp_string(hex("d83d0041dd11")),
            "\xef\xbf\xbd"
            "A\xef\xbf\xbd");
  EXPECT_EQ(from_bmp_string(hex("004100")), "A");
  EXPECT_EQ(from_bmp_string({}), "");
}

TEST(PasswordRounds, AreSpentOnceForAWholeFile) {
  PasswordRounds rounds;
  const std::uint64_t most = kMaxPasswordHashes / kHashesOfHmac;
  EXPECT_TRUE(rounds.spend(Derivation::pbkdf2, Pbkdf2Hash::sha256, most / 2, 32));
  EXPECT_TRUE(rounds.spend(Derivation::pbkdf2, Pbkdf2Hash::sha256, most / 4, 33));
  const Status spent = rounds.spend(Derivation::pkcs12, Pbkdf2Hash::sha1, 1, 1);
  EXPECT_EQ(spent.error().code, "bad-key-file");
}

TEST(PasswordRounds, WeighWhatADigestCosts) {
  const auto allows = [](Pbkdf2Hash hash, std::uint64_t iterations) {
    return PasswordRounds().spend(Derivation::pkcs12, hash, iterations, 20).ok();
  };
  EXPECT_TRUE(allows(Pbkdf2Hash::sha256, kMaxPasswordHashes));
  EXPECT_FALSE(allows(Pbkdf2Hash::sha256, kMaxPasswordHashes + 1));
  EXPECT_TRUE(allows(Pbkdf2Hash::sha512, kMaxPasswordHashes / 4));
  EXPECT_FALSE(allows(Pbkdf2Hash::sha512, kMaxPasswordHashes / 4 + 1));
  EXPECT_FALSE(allows(Pbkdf2Hash::sha1, 0xffffffffffffffff));
  EXPECT_FALSE(allows(Pbkdf2Hash::sha1, 0));
}

}  // namespace
}  // namespace culvert::crypto
