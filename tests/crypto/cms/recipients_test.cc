// Recipients alone, without content: what is written for each kind, in which order several are
// tried, and what a stranger's message may cost. The keys are those of the shared vectors.
#include <algorithm>

#include "crypto/cms/certificate_name.h"
#include "crypto/cms/content_key.h"
#include "crypto/cms/der_writer.h"
#include "crypto/cms/recipient_info.h"
#include "crypto/keys/files/pem_key.h"
#include "crypto/keys/random.h"
#include "tests/crypto/cms/support.h"
#include "tests/crypto/vectors/manifest.h"

namespace culvert::crypto::testing {
namespace {

const CipherRow& cipher(std::string_view name) { return *find_cipher_named(name); }

// The content key that a set of RecipientInfos gives to a ring.
Result<ContentKey> open_infos(const std::vector<Bytes>& infos, const KeyRing& ring,
                              std::string_view cipher_name = "aes256-gcm") {
  Bytes content;
  for (const Bytes& info : infos)
    append(content, ByteView(info));
  const Bytes set = der(kTagSet, {content});
  BerReader in{ByteView(set)};
  const auto matched = match_recipients(in, ring);
  if (!matched) return matched.error();
  return open_content_key(*matched, cipher(cipher_name), ring);
}

bool holds(const Bytes& octets, const Oid& oid) {
  return as_text(octets).find(as_text(der_oid(oid))) != std::string_view::npos;
}

bool same_key(const Result<ContentKey>& opened, const SecretBytes& key) {
  return opened.ok() && equal_in_constant_time(opened->key.view(), key.view());
}

// A ring that counts what it is asked for; everything fails.
class CountingRing final : public KeyRing {
 public:
  explicit CountingRing(std::optional<HeldKey> held) : held_(std::move(held)) {}

  std::optional<HeldKey> find(const CertificateName&) const override { return held_; }
  Result<Bytes> sign(const KeyId&, SignatureScheme, ByteView) const override { return fail(); }
  Result<SecretBytes> agree(const KeyId&, ByteView) const override { return fail(); }
  Result<SecretBytes> decrypt(const KeyId&, const RsaTransport&, ByteView,
                              std::size_t) const override {
    return fail();
  }
  Result<SecretBytes> decapsulate(const KeyId&, ByteView) const override { return fail(); }
  Result<SecretBytes> unwrap_shared(ByteView, std::size_t, ByteView) const override {
    return fail();
  }
  Result<SecretBytes> derive_from_password(const Pbkdf2&) const override { return fail(); }

  mutable int asked = 0;

 private:
  Error fail() const {
    ++asked;
    return permanent_error("no-key", "this ring opens nothing");
  }
  std::optional<HeldKey> held_;
};

class Recipients : public ::testing::Test {
 protected:
  void SetUp() override {
    CULVERT_REQUIRE_VECTORS(root);
    folder = root / "keys";
  }
  Certificate certificate(const std::string& name) const {
    return *Certificate::from_pem(read_text(folder / (name + ".cert.pem")));
  }
  // A ring with the keys of these names.
  void hold(std::initializer_list<const char*> names, ContentRule rule = ContentRule::any) {
    for (const std::string name : names) {
      const auto key = private_key_from_pem(read_text(folder / (name + ".key.pem")));
      ASSERT_TRUE(key) << name;
      ASSERT_TRUE(ring.add(*key, certificate(name), rule)) << name;
    }
  }
  Bytes sealed_for(const std::string& name, const SecretBytes& key,
                   const KeyOptions& options = {}) const {
    return *seal_key_for(certificate(name), key, options);
  }
  SharedKey shared_key(std::string_view identifier) {
    auto key = std::make_shared<const SecretBytes>(random_secret(32));
    ring.add_shared_key(as_bytes(identifier), key->clone());
    return {to_bytes(identifier), std::move(key)};
  }

  std::filesystem::path folder;
  MemoryKeyRing ring;
  const SecretBytes content_key = random_secret(32);
};

constexpr const char* kNames[] = {"rsa2048", "rsa3072", "p256",   "p384", "p521",    "bp256",
                                  "bp384",   "bp512",   "x25519", "x448", "mlkem768"};

TEST_F(Recipients, OpenWhatWasSealedForThemWithKeysOfEverySize) {
  for (const char* name : kNames) {
    hold({name});
    for (const char* cipher_name : {"aes128-cbc", "aes192-cbc", "aes256-cbc", "aes256-gcm"}) {
      const SecretBytes key = random_secret(cipher(cipher_name).key_bytes);
      for (const auto agreement :
           {KeyOptions::Agreement::by_curve, KeyOptions::Agreement::sha256}) {
        const Bytes info = sealed_for(name, key, {.agreement = agreement});
        const auto opened = open_infos({info}, ring, cipher_name);
        ASSERT_TRUE(same_key(opened, key)) << name << " " << cipher_name;
        EXPECT_EQ(opened->recipient, certificate(name));
        EXPECT_EQ(opened->weakness, "");
      }
    }
  }
}

TEST_F(Recipients, SayByWhichKindTheyOpened) {
  hold({"rsa2048", "p256", "mlkem768"});
  const RsaTransport old{RsaTransport::Scheme::pkcs1_v15, {}, {}, {}};
  const auto kind = [&](const Bytes& info) { return std::string(open_infos({info}, ring)->kind); };
  EXPECT_EQ(kind(sealed_for("rsa2048", content_key)), "key transport");
  EXPECT_EQ(kind(sealed_for("rsa2048", content_key, {.rsa = old})), "PKCS#1 v1.5 key transport");
  EXPECT_EQ(kind(sealed_for("p256", content_key)), "key agreement");
  EXPECT_EQ(kind(sealed_for("mlkem768", content_key)), "key encapsulation");
  const auto opened = open_infos({*seal_key_for(shared_key("k1"), content_key, {})}, ring);
  ASSERT_TRUE(same_key(opened, content_key));
  EXPECT_EQ(opened->kind, "shared key");
  EXPECT_FALSE(opened->recipient);
}

TEST_F(Recipients, GetRsaKeysByTheTransportThatIsAskedFor) {
  hold({"rsa2048"});
  const RsaTransport defaults{RsaTransport::Scheme::oaep, RsaHash::sha1, RsaHash::sha1, {}};
  const RsaTransport mixed{RsaTransport::Scheme::oaep, RsaHash::sha512, RsaHash::sha224,
                           to_bytes("a label")};
  const RsaTransport old{RsaTransport::Scheme::pkcs1_v15, {}, {}, {}};
  for (const RsaTransport& transport : {RsaTransport{}, defaults, mixed, old}) {
    const Bytes info = sealed_for("rsa2048", content_key, {.rsa = transport});
    EXPECT_TRUE(same_key(open_infos({info}, ring), content_key));
  }
  const Bytes usual = sealed_for("rsa2048", content_key);
  // id-RSAES-OAEP with SHA-256 and MGF1 with SHA-256, each with NULL (RFC 4055).
  const Bytes wanted = *from_hex(
      "303c06092a864886f70d010107302fa00f300d06096086480165030402010500"
      "a11c301a06092a864886f70d010108300d06096086480165030402010500");
  EXPECT_NE(as_text(usual).find(as_text(wanted)), std::string_view::npos) << to_hex(usual);
}

TEST_F(Recipients, GetTheSchemeOfTheirCurveAndTheWrapOfTheKeySize) {
  struct Row {
    const char* name;
    Oid scheme;
    Oid small;
  };
  constexpr Oid kSha256{"1.3.132.1.11.1"};
  constexpr Oid kHkdfSha256{"1.2.840.113549.1.9.16.3.19"};
  const Row rows[] = {{"p256", kSha256, kSha256},
                      {"p384", Oid{"1.3.132.1.11.2"}, kSha256},
                      {"p521", Oid{"1.3.132.1.11.3"}, kSha256},
                      {"bp384", Oid{"1.3.132.1.11.2"}, kSha256},
                      {"x25519", kHkdfSha256, kHkdfSha256},
                      {"x448", Oid{"1.2.840.113549.1.9.16.3.21"}, kHkdfSha256}};
  for (const Row& row : rows) {
    const SecretBytes small_key = random_secret(16);
    const Bytes info = sealed_for(row.name, small_key);
    EXPECT_TRUE(holds(info, row.scheme)) << row.name;
    EXPECT_TRUE(holds(info, Oid{"2.16.840.1.101.3.4.1.5"})) << row.name;
    const Bytes compatible =
        sealed_for(row.name, content_key, {.agreement = KeyOptions::Agreement::sha256});
    EXPECT_TRUE(holds(compatible, row.small)) << row.name;
    EXPECT_TRUE(holds(compatible, kOidAes256Wrap)) << row.name;
  }
}

// smime-profile.md, "Objects that are written": whoever holds the key can open it with `openssl
// cms`, in twenty years.
TEST(TunnelRecipient, KeepsItsForm) {
  const Node b("gate.b.example");
  const Certificate& to = b.encryption.certificate;
  const Bytes info = *seal_key_for(to, random_secret(32), {});
  constexpr std::size_t kPointBytes = 65;
  constexpr std::size_t kWrappedBytes = 40;
  // Version 3; [0] { [1] { id-ecPublicKey, BIT STRING } }: the point stands at a known place.
  const Bytes front = *from_hex("020103a051a14f300906072a8648ce3d020103420004");
  const std::size_t at = as_text(info).find(as_text(front));
  ASSERT_NE(at, std::string_view::npos) << to_hex(info);
  const ByteView rest = ByteView(info).subspan(at + front.size() - 1 + kPointBytes);
  const Bytes name = der_sequence({to.issuer(), der(kTagInteger, {to.serial()})});
  const Bytes wrapped = der_octet_string(ByteView(info).last(kWrappedBytes));
  // dhSinglePass-stdDH-sha256kdf-scheme with id-aes256-wrap, both without other parameters.
  const std::string algorithm = "301506062b8104010b01300b060960864801650304012d";
  EXPECT_EQ(to_hex(rest), algorithm + to_hex(der_sequence({der_sequence({name, wrapped})})));
}

TEST_F(Recipients, AreRefusedIfTheirKeyIsNotWrittenTo) {
  EXPECT_EQ(refusal(seal_key_for(certificate("ed25519"), content_key, {})),
            Refusal::unsupported_recipient);
  for (const char* name : {"mlkem512", "mlkem1024"}) {
    EXPECT_EQ(refusal(seal_key_for(certificate(name), content_key, {})),
              Refusal::unsupported_recipient);
  }
  const auto small = std::make_shared<const SecretBytes>(random_secret(16));
  EXPECT_EQ(refusal(seal_key_for(SharedKey{{1}, small}, content_key, {})), Refusal::bad_key_size);
  EXPECT_EQ(refusal(seal_key_for(SharedKey{{1}, nullptr}, content_key, {})), Refusal::bad_key_size);
  const auto right = std::make_shared<const SecretBytes>(random_secret(32));
  for (const std::size_t size : {std::size_t{0}, kMaxKeyIdentifierBytes + 1}) {
    EXPECT_EQ(refusal(seal_key_for(SharedKey{Bytes(size), right}, content_key, {})),
              Refusal::unsupported_recipient);
  }
}

// PKCS#1 v1.5 yields a key whatever was sent, so it must not stand before one that can be right.
TEST_F(Recipients, AreTriedBeforeThoseThatNeverSayThatTheyFailed) {
  hold({"rsa2048", "p256"});
  const RsaTransport old{RsaTransport::Scheme::pkcs1_v15, {}, {}, {}};
  Bytes damaged = sealed_for("rsa2048", content_key, {.rsa = old});
  damaged.back() ^= 1;
  const Bytes good = sealed_for("p256", content_key);
  EXPECT_TRUE(same_key(open_infos({damaged, good}, ring), content_key));
  const auto random = open_infos({damaged}, ring);
  ASSERT_TRUE(random);
  EXPECT_FALSE(same_key(random, content_key));
}

TEST_F(Recipients, AreTriedUntilOneOpens) {
  hold({"rsa2048", "p256", "x25519", "mlkem768"});
  const Bytes stranger = sealed_for("stranger", content_key);
  Bytes damaged = sealed_for("p256", content_key);
  damaged.back() ^= 1;
  const Bytes unknown =
      *seal_key_for(SharedKey{{7}, std::make_shared<const SecretBytes>(32)}, content_key, {});
  for (const char* name : {"rsa2048", "x25519", "mlkem768"}) {
    const Bytes good = sealed_for(name, content_key);
    EXPECT_TRUE(same_key(open_infos({stranger, damaged, unknown, good}, ring), content_key))
        << name;
  }
  EXPECT_EQ(refusal(open_infos({stranger, unknown}, ring)), Refusal::no_key);
  EXPECT_EQ(refusal(open_infos({unknown, damaged, unknown}, ring)), Refusal::key_unwrap_failed);
}

// An extension that is wrong, for somebody else, does not keep ours closed.
TEST_F(Recipients, AreOpenedBesideAnotherOfUnknownForm) {
  hold({"p256"});
  const Bytes other = der(
      context_tag(4), {der_oid(Oid{"1.2.840.113549.1.9.16.13.3"}), der_sequence({der_integer(1)})});
  EXPECT_TRUE(same_key(open_infos({other, sealed_for("p256", content_key)}, ring), content_key));
}

TEST_F(Recipients, AreNotOpenedByPkcs1WithATunnelKey) {
  hold({"rsa2048"}, ContentRule::aead_only);
  const RsaTransport old{RsaTransport::Scheme::pkcs1_v15, {}, {}, {}};
  EXPECT_TRUE(same_key(open_infos({sealed_for("rsa2048", content_key)}, ring), content_key));
  EXPECT_EQ(refusal(open_infos({sealed_for("rsa2048", content_key, {.rsa = old})}, ring)),
            Refusal::unsupported_recipient);
  EXPECT_EQ(refusal(open_infos({sealed_for("rsa2048", content_key)}, ring, "aes256-cbc")),
            Refusal::not_aead);
}

// RFC 5652, 6.2.1: 0 where the certificate is named by issuer and serial number.
TEST_F(Recipients, MustHaveTheVersionThatTheirNameDemands) {
  hold({"rsa2048"});
  Bytes info = *seal_key_for(certificate("rsa2048"), random_secret(32), {});
  EXPECT_TRUE(open_infos({info}, ring));
  const Bytes version = der_integer(0);
  auto at = std::search(info.begin(), info.end(), version.begin(), version.end()) + 2;
  *at = 2;
  EXPECT_EQ(refusal(open_infos({info}, ring)), Refusal::unexpected_element);
}

TEST_F(Recipients, MustGiveAKeyOfTheSizeThatTheCipherNeeds) {
  hold({"p256", "rsa2048", "mlkem768"});
  for (const char* name : {"p256", "rsa2048", "mlkem768"}) {
    EXPECT_EQ(refusal(open_infos({sealed_for(name, random_secret(16))}, ring)),
              Refusal::key_size_mismatch)
        << name;
  }
}

// PasswordRecipientInfo with that many iterations, made for nobody.
Bytes password_info(std::uint32_t iterations) {
  const Bytes pbkdf2 =
      der(context_tag(0), {der_oid(Oid{"1.2.840.113549.1.5.12"}),
                           der_sequence({der_octet_string(Bytes(16)), der_integer(iterations)})});
  const Bytes cipher_name =
      der_sequence({der_oid(Oid{"2.16.840.1.101.3.4.1.42"}), der_octet_string(Bytes(16))});
  const Bytes wrap = der_sequence({der_oid(Oid{"1.2.840.113549.1.9.16.3.9"}), cipher_name});
  return der(context_tag(3), {der_integer(0), pbkdf2, wrap, der_octet_string(Bytes(48))});
}

TEST(RecipientCost, IsBoundedForPasswordsSharedKeysAndCertificates) {
  const Node b("gate.b.example");
  const CountingRing passwords(std::nullopt);
  EXPECT_FALSE(open_infos(std::vector<Bytes>(1000, password_info(10'000'000)), passwords));
  EXPECT_EQ(passwords.asked, 1);
  const Bytes shared =
      *seal_key_for(SharedKey{{7}, std::make_shared<const SecretBytes>(32)}, random_secret(32), {});
  const CountingRing kek(std::nullopt);
  EXPECT_FALSE(open_infos(std::vector<Bytes>(1000, shared), kek));
  EXPECT_EQ(kek.asked, 64);
  const CountingRing agreement(HeldKey{b.encryption.key.key_id(), b.encryption.certificate});
  const Bytes agreed = *seal_key_for(b.encryption.certificate, random_secret(32), {});
  EXPECT_FALSE(open_infos(std::vector<Bytes>(1000, agreed), agreement));
  EXPECT_EQ(agreement.asked, 8);
}

TEST(RecipientCost, IsBoundedForAllPasswordsTogether) {
  const CountingRing half(std::nullopt);
  EXPECT_FALSE(open_infos({password_info(5'000'000), password_info(5'000'000)}, half));
  EXPECT_EQ(half.asked, 2);
  const CountingRing more(std::nullopt);
  EXPECT_FALSE(open_infos({password_info(5'000'000), password_info(5'000'001)}, more));
  EXPECT_EQ(more.asked, 1);
}

TEST(RecipientCost, IsRefusedBeforeItIsSpent) {
  const CountingRing ring(std::nullopt);
  EXPECT_EQ(refusal(open_infos({password_info(10'000'001)}, ring)), Refusal::too_many_iterations);
  EXPECT_EQ(refusal(open_infos({password_info(0)}, ring)), Refusal::bad_key_parameters);
  EXPECT_EQ(ring.asked, 0);
}

}  // namespace
}  // namespace culvert::crypto::testing
