// What a key ring does for content keys: transport, agreement, encapsulation, shared keys,
// passwords. The keys are those of the shared vectors, made by OpenSSL.
#include <gtest/gtest.h>

#include <algorithm>

#include "crypto/keys/agreement.h"
#include "crypto/keys/encapsulation.h"
#include "crypto/keys/files/pem_key.h"
#include "crypto/keys/key_wrap.h"
#include "crypto/keys/memory_key_ring.h"
#include "crypto/keys/random.h"
#include "tests/crypto/vectors/manifest.h"

namespace culvert::crypto {
namespace {

std::string key_text(const std::string& file) {
  return testing::read_text(*testing::vectors_folder() / "keys" / file);
}

struct Held {
  PrivateKey key;
  Certificate certificate;
  MemoryKeyRing ring;

  explicit Held(const std::string& name, const std::string& key_form = ".key.pem")
      : key(*private_key_from_pem(key_text(name + key_form))),
        certificate(*Certificate::from_pem(key_text(name + ".cert.pem"))) {
    EXPECT_TRUE(ring.add(key, certificate));
  }
};

class KeyTransport : public ::testing::Test {
 protected:
  void SetUp() override {
    CULVERT_REQUIRE_VECTORS(root);
    (void)root;
  }
};

TEST_F(KeyTransport, AgreesOnEveryCurve) {
  for (const char* name : {"p256", "p384", "p521", "bp256", "bp384", "bp512", "x25519", "x448"}) {
    const Held held(name);
    const auto ours = agree_once_with(held.certificate);
    ASSERT_TRUE(ours) << name;
    const auto theirs = held.ring.agree(held.key.key_id(), ours->public_value);
    ASSERT_TRUE(theirs) << name << ": " << theirs.error().detail;
    EXPECT_TRUE(equal_in_constant_time(theirs->view(), ours->secret.view())) << name;
  }
}

TEST_F(KeyTransport, RefusesPointsOfLowOrder) {
  const Held x25519("x25519");
  const Held x448("x448");
  for (const std::uint8_t first : {std::uint8_t{0}, std::uint8_t{1}}) {
    Bytes point(32, 0);
    point[0] = first;
    EXPECT_EQ(x25519.ring.agree(x25519.key.key_id(), point).error().code, "bad-point");
    Bytes longer(56, 0);
    longer[0] = first;
    EXPECT_EQ(x448.ring.agree(x448.key.key_id(), longer).error().code, "bad-point");
  }
  EXPECT_EQ(x25519.ring.agree(x25519.key.key_id(), Bytes(31, 9)).error().code, "bad-point");
}

TEST_F(KeyTransport, RefusesThePublicValueOfX25519WithItsUnusedBit) {
  const Held held("x25519");
  auto ours = *agree_once_with(held.certificate);
  EXPECT_TRUE(held.ring.agree(held.key.key_id(), ours.public_value));
  ours.public_value.back() |= 0x80;
  EXPECT_EQ(held.ring.agree(held.key.key_id(), ours.public_value).error().code, "bad-point");
}

TEST_F(KeyTransport, DecapsulatesWithEveryFormOfMlKemKey) {
  for (const char* name : {"mlkem512", "mlkem768", "mlkem1024"}) {
    for (const char* form : {".key.pem", ".both.key.pem", ".expanded.key.pem"}) {
      const auto key = private_key_from_pem(key_text(std::string(name) + form));
      ASSERT_TRUE(key) << name << form << ": " << key.error().detail;
      const Held held(name, form);
      const auto made = encapsulate_to(held.certificate);
      ASSERT_TRUE(made) << made.error().detail;
      const auto opened = held.ring.decapsulate(held.key.key_id(), made->ciphertext);
      ASSERT_TRUE(opened) << opened.error().detail;
      EXPECT_TRUE(equal_in_constant_time(opened->view(), made->secret.view())) << name << form;
      EXPECT_EQ(held.ring.decapsulate(held.key.key_id(), Bytes(100)).error().code,
                "bad-ciphertext");
    }
  }
}

TEST_F(KeyTransport, WritesMlKemKeysInAFormThatItReads) {
  for (const char* form : {".key.pem", ".both.key.pem", ".expanded.key.pem"}) {
    const Held held("mlkem768", form);
    const auto again = PrivateKey::from_pkcs8(held.key.pkcs8().view());
    ASSERT_TRUE(again) << form << ": " << again.error().detail;
    EXPECT_TRUE(again->belongs_to(held.certificate));
    EXPECT_TRUE(equal_in_constant_time(again->pkcs8().view(), held.key.pkcs8().view()));
  }
  const std::string seed = key_text("mlkem768.key.pem");
  EXPECT_EQ(as_text(Held("mlkem768").key.pem().view()), seed);
  EXPECT_EQ(as_text(Held("mlkem768", ".both.key.pem").key.pem().view()), seed);
}

TEST_F(KeyTransport, RefusesMlKemKeysOfAnotherLength) {
  for (const char* form : {".key.pem", ".expanded.key.pem"}) {
    const SecretBytes octets = Held("mlkem512", form).key.pkcs8();
    SecretBytes longer(octets.size() + 1);
    std::copy_n(octets.view().begin(), octets.size(), longer.writable().begin());
    EXPECT_EQ(PrivateKey::from_pkcs8(longer.view()).error().code, "bad-key") << form;
    EXPECT_FALSE(PrivateKey::from_pkcs8(octets.view().first(octets.size() - 1))) << form;
  }
}

TEST_F(KeyTransport, RefusesMlKemKeysThatContradictThemselves) {
  for (const char* name : {"mlkem512", "mlkem768", "mlkem1024"}) {
    for (const char* form : {".both.key.pem", ".expanded.key.pem"}) {
      std::string text = key_text(std::string(name) + form);
      // In the hash of the public key, which the expanded key holds behind it.
      char& digit = text[text.find("\n-----END") - 60];
      digit = digit == 'A' ? 'B' : 'A';
      EXPECT_EQ(private_key_from_pem(text).error().code, "bad-key") << name << form;
    }
  }
}

TEST_F(KeyTransport, DecryptsWhatWasEncryptedToAnRsaKey) {
  const Held held("rsa2048");
  const SecretBytes secret = random_secret(32);
  RsaTransport mixed{RsaTransport::Scheme::oaep, RsaHash::sha512, RsaHash::sha1, {}};
  RsaTransport labelled{
      RsaTransport::Scheme::oaep, RsaHash::sha256, RsaHash::sha256, {0, 1, 0xff, ' ', '='}};
  RsaTransport old{RsaTransport::Scheme::pkcs1_v15, {}, {}, {}};
  for (const RsaTransport& transport : {RsaTransport{}, mixed, labelled, old}) {
    const auto encrypted = encrypt_to(held.certificate, transport, secret);
    ASSERT_TRUE(encrypted);
    const auto opened = held.ring.decrypt(held.key.key_id(), transport, *encrypted, 32);
    ASSERT_TRUE(opened) << opened.error().detail;
    EXPECT_TRUE(equal_in_constant_time(opened->view(), secret.view()));
  }
}

TEST_F(KeyTransport, GivesARandomKeyForBadPkcs1Padding) {
  const Held held("rsa2048");
  const RsaTransport transport{RsaTransport::Scheme::pkcs1_v15, {}, {}, {}};
  const Bytes damaged(256, 0x31);
  const auto first = held.ring.decrypt(held.key.key_id(), transport, damaged, 32);
  const auto second = held.ring.decrypt(held.key.key_id(), transport, damaged, 32);
  ASSERT_TRUE(first);
  ASSERT_TRUE(second);
  EXPECT_EQ(first->size(), 32U);
  EXPECT_FALSE(equal_in_constant_time(first->view(), second->view()));
}

TEST_F(KeyTransport, GivesARandomKeyForARightPaddingAroundAnotherSize) {
  const Held held("rsa2048");
  const RsaTransport transport{RsaTransport::Scheme::pkcs1_v15, {}, {}, {}};
  const auto encrypted = encrypt_to(held.certificate, transport, random_secret(16));
  const auto opened = held.ring.decrypt(held.key.key_id(), transport, *encrypted, 32);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->size(), 32U);
}

TEST_F(KeyTransport, RefusesDamagedOaep) {
  const Held held("rsa3072");
  auto encrypted = *encrypt_to(held.certificate, RsaTransport{}, random_secret(32));
  encrypted[17] ^= 1;
  const auto opened = held.ring.decrypt(held.key.key_id(), RsaTransport{}, encrypted, 32);
  EXPECT_EQ(opened.error().code, "key-unwrap-failed");
}

TEST_F(KeyTransport, NeverTakesALabelForAPartOfAName) {
  const Held held("rsa2048");
  const RsaTransport odd{RsaTransport::Scheme::oaep, RsaHash::sha256, RsaHash::sha256,
                         to_bytes("),SHA-1(")};
  EXPECT_EQ(encrypt_to(held.certificate, odd, random_secret(32)).error().code, "bad-label");
  EXPECT_EQ(held.ring.decrypt(held.key.key_id(), odd, Bytes(256, 1), 32).error().code,
            "key-unwrap-failed");
}

TEST(SharedKeys, UnwrapByIdentifierAndSize) {
  MemoryKeyRing ring;
  const SecretBytes wrapping = random_secret(32);
  ring.add_shared_key(as_bytes("k1"), wrapping.clone());
  const SecretBytes content = random_secret(24);
  const Bytes wrapped = *wrap_key(wrapping, content);
  const auto opened = ring.unwrap_shared(as_bytes("k1"), 32, wrapped);
  ASSERT_TRUE(opened);
  EXPECT_TRUE(equal_in_constant_time(opened->view(), content.view()));
  EXPECT_EQ(ring.unwrap_shared(as_bytes("k2"), 32, wrapped).error().code, "no-key");
  EXPECT_EQ(ring.unwrap_shared(as_bytes("k1"), 16, wrapped).error().code, "no-key");
  EXPECT_EQ(ring.unwrap_shared(as_bytes("k1"), 32, Bytes(32)).error().code, "key-unwrap-failed");
}

// RFC 6070, section 2.
TEST(Passwords, DeriveAsPublished) {
  MemoryKeyRing ring;
  const Pbkdf2 parameters{Pbkdf2Hash::sha1, to_bytes("salt"), 4096, 20};
  EXPECT_EQ(ring.derive_from_password(parameters).error().code, "no-key");
  ring.set_password(SecretBytes(as_bytes("password")));
  EXPECT_EQ(to_hex(ring.derive_from_password(parameters)->view()),
            "4b007901b765489abead49d926f721d065a429c1");
}

}  // namespace
}  // namespace culvert::crypto
