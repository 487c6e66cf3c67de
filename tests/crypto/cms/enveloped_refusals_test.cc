// Messages that are right but for one thing, so that each refusal is met by its own reason.
#include "crypto/cms/agreed_key.h"
#include "crypto/cms/content_cipher.h"
#include "crypto/cms/der_writer.h"
#include "crypto/cms/recipient_info.h"
#include "crypto/keys/random.h"
#include "tests/crypto/cms/support.h"

namespace culvert::crypto::testing {
namespace {

constexpr Oid kOidAes256Cbc{"2.16.840.1.101.3.4.1.42"};
constexpr Oid kOidAes128Gcm{"2.16.840.1.101.3.4.1.6"};

// Everything that can be bent; as it stands it opens.
struct Recipe {
  Bytes content = pattern(100);
  std::size_t key_bytes = 32;
  std::size_t tag_bytes = 16;
  std::optional<Bytes> tag{};
  std::optional<Bytes> cipher_oid{};
  std::optional<Bytes> parameters{};
  std::optional<Bytes> recipients{};
  std::optional<Bytes> encrypted{};  // the element [0]
  Bytes content_type = der_oid(kOidData);
  Bytes attributes{};        // the element [1]
  bool authenticate = true;  // attributes, under the tag SET
  Bytes version = der_integer(0);
  Bytes message_type = der_oid(kOidAuthEnvelopedData);
};

class Refused : public ::testing::Test {
 protected:
  Bytes cook(const Recipe& recipe) const {
    const SecretBytes key = random_secret(recipe.key_bytes);
    // The cipher is chosen by the size of the key, the name by the recipe.
    const Oid& real = recipe.key_bytes == 16 ? kOidAes128Gcm : kOidAes256Gcm;
    ContentAlgorithm gcm = make_content_algorithm(*find_cipher(real.octets()), KeyDerivation::none);
    gcm.tag_bytes = recipe.tag_bytes;
    const Bytes parameters = der_sequence(
        {der_octet_string(gcm.nonce), der_integer(static_cast<std::uint32_t>(gcm.tag_bytes))});
    Bytes associated = recipe.attributes;
    if (!associated.empty()) associated.front() = kTagSet;
    if (!recipe.authenticate) associated.clear();
    auto cipher = ContentCipher::start(ContentCipher::Direction::seal, {gcm, key, associated});
    Bytes sealed = recipe.content;
    const Bytes tag = cipher->finish_seal(sealed)->tag;
    const Bytes infos =
        recipe.recipients.value_or(der_set_of({*seal_key_for(b.encryption.certificate, key, {})}));
    const Bytes algorithm = der_sequence(
        {recipe.cipher_oid.value_or(der_oid(real)), recipe.parameters.value_or(parameters)});
    const Bytes encrypted = recipe.encrypted.value_or(der(primitive_context_tag(0), {sealed}));
    const Bytes inner = der_sequence(
        {recipe.version, infos, der_sequence({recipe.content_type, algorithm, encrypted}),
         recipe.attributes, der_octet_string(recipe.tag.value_or(tag))});
    return der_sequence({recipe.message_type, der(context_tag(0), {inner})});
  }

  std::string code(const Recipe& recipe) const {
    const auto opened = open(cook(recipe), b.keys);
    if (opened) return *opened == recipe.content ? "opened" : "other content";
    EXPECT_TRUE(refusal(opened)) << opened.error().code;
    return opened.error().code;
  }

  Node b{"gate.b.example"};
};

Bytes content_type_attribute(const Oid& type) {
  return der_sequence({der_oid(kOidContentType), der(kTagSet, {der_oid(type)})});
}

TEST_F(Refused, NotAtAllWhenRight) {
  EXPECT_EQ(code({}), "opened");
  for (const std::size_t tag_bytes : {12UL, 13UL, 14UL, 15UL}) {
    EXPECT_EQ(code({.tag_bytes = tag_bytes}), "opened") << tag_bytes;
  }
  EXPECT_EQ(code({.key_bytes = 16}), "opened");
}

TEST_F(Refused, ForTagsOfAnotherLengthThanIcvlen) {
  for (const std::size_t size : {0UL, 1UL, 4UL, 11UL, 12UL, 15UL, 17UL, 32UL}) {
    EXPECT_EQ(code({.tag = Bytes(size, 7)}), "bad-tag-length") << size;
  }
  EXPECT_EQ(code({.tag = Bytes(16, 7)}), "bad-tag");
  EXPECT_EQ(code({.tag = Bytes(100, 7)}), "element-too-large");
}

TEST_F(Refused, ForIcvlenBelowTwelveAndAboveSixteen) {
  const Bytes nonce = der_octet_string(Bytes(12, 1));
  for (const char* integer :
       {"020100", "020101", "02010b", "020111", "0201ff", "02020010", "0206010000000010", "0200"}) {
    EXPECT_EQ(code({.parameters = der_sequence({nonce, *from_hex(integer)})}), "bad-tag-length")
        << integer;
  }
}

TEST_F(Refused, ForParametersOfAnotherType) {
  const Bytes nonce = der_octet_string(Bytes(12, 1));
  const Bytes icvlen = der_integer(16);
  for (const Bytes& bad : {Bytes{}, der(kTagNull, {}), nonce, der_sequence({icvlen, nonce}),
                           der_sequence({nonce, icvlen, icvlen}), der_sequence({nonce, nonce}),
                           der_sequence({}), der_sequence({der_octet_string(Bytes(0)), icvlen}),
                           der_sequence({der_octet_string(Bytes(4, 1)), icvlen}),
                           der_sequence({der_octet_string(Bytes(4096, 1)), icvlen})}) {
    EXPECT_EQ(code({.parameters = bad}), "bad-cipher-parameters") << to_hex(bad).substr(0, 60);
  }
}

TEST_F(Refused, ForCiphersThatProveNothing) {
  EXPECT_EQ(code({.cipher_oid = der_oid(kOidAes256Cbc)}), "not-aead");
  EXPECT_EQ(code({.cipher_oid = der_oid(Oid{"2.16.840.1.101.3.4.1.44"})}), "unsupported-cipher");
}

// GCM content under the label of EnvelopedData, or of CBC there: the attack of EFAIL's kin.
TEST_F(Refused, ForContentRelabelled) {
  EXPECT_EQ(code({.message_type = der_oid(kOidEnvelopedData)}), "aead-without-tag");
  EXPECT_EQ(code({.cipher_oid = der_oid(kOidAes256Cbc),
                  .parameters = der_octet_string(Bytes(16, 1)),
                  .message_type = der_oid(kOidEnvelopedData)}),
            "not-aead");
}

TEST_F(Refused, ForKeysThatDoNotFitTheCipher) {
  EXPECT_EQ(code({.cipher_oid = der_oid(kOidAes128Gcm)}), "key-size-mismatch");
  EXPECT_EQ(code({.key_bytes = 16, .cipher_oid = der_oid(kOidAes256Gcm)}), "key-size-mismatch");
}

TEST_F(Refused, ForAttributesThatWereNotAuthenticated) {
  const Bytes attributes = der_set_of({content_type_attribute(kOidData)}, context_tag(1));
  EXPECT_EQ(code({.attributes = attributes}), "opened");
  EXPECT_EQ(code({.attributes = attributes, .authenticate = false}), "bad-tag");
}

TEST_F(Refused, ForAttributesThatContradict) {
  EXPECT_EQ(
      code({.attributes = der_set_of({content_type_attribute(kOidSignedData)}, context_tag(1))}),
      "content-type-mismatch");
  EXPECT_EQ(code({.attributes = der(context_tag(1), {})}), "bad-attributes");
  EXPECT_EQ(code({.attributes = der(context_tag(1), {content_type_attribute(kOidData),
                                                     content_type_attribute(kOidData)})}),
            "attribute-repeated");
  EXPECT_EQ(code({.content_type = der_oid(kOidSignedData)}), "content-type-missing");
}

TEST_F(Refused, ForLargeContentWithAttributesOnlyIfTheyWereAltered) {
  const Bytes attributes = der_set_of({content_type_attribute(kOidData)}, context_tag(1));
  EXPECT_EQ(code({.content = pattern(600'000), .attributes = attributes}), "opened");
  EXPECT_EQ(code({.content = pattern(600'000), .attributes = attributes, .authenticate = false}),
            "bad-tag");
}

TEST_F(Refused, ForMissingContentAndRecipients) {
  EXPECT_EQ(code({.encrypted = Bytes{}}), "content-missing");
  EXPECT_EQ(code({.recipients = der(kTagSet, {})}), "no-recipient");
  EXPECT_EQ(code({.version = der_integer(1)}), "unexpected-element");
}

// KeyAgreeRecipientInfo with one thing bent.
Bytes agreement_info(const Certificate& recipient, const Bytes& originator_key,
                     const Bytes& algorithm) {
  const Bytes name = der_sequence({recipient.issuer(), der(kTagInteger, {recipient.serial()})});
  return der(context_tag(1),
             {der_integer(3), der(context_tag(0), {originator_key}), algorithm,
              der_sequence({der_sequence({name, der_octet_string(Bytes(40, 7))})})});
}

TEST_F(Refused, ForOriginatorKeysThatAreNoPoint) {
  const Bytes good_algorithm =
      der_sequence({der_oid(kOidStdDhSha256Kdf), der_algorithm(kOidAes256Wrap)});
  const auto with_point = [&](const Bytes& bits, const Bytes& algorithm) {
    const Bytes key = der(context_tag(1), {algorithm, der(kTagBitString, {bits})});
    return Recipe{.recipients = der(
                      kTagSet, {agreement_info(b.encryption.certificate, key, good_algorithm)})};
  };
  const Bytes ec = der_algorithm(kOidEcPublicKey);
  Bytes off_curve(66, 1);
  off_curve[0] = 0;
  off_curve[1] = 4;
  EXPECT_EQ(code(with_point(off_curve, ec)), "bad-originator-key");
  EXPECT_EQ(code(with_point({0, 0}, ec)), "bad-originator-key");
  EXPECT_EQ(code(with_point({0}, ec)), "bad-originator-key");
  EXPECT_EQ(code(with_point({}, ec)), "bad-originator-key");
  const Bytes p384 = der_sequence({der_oid(kOidEcPublicKey), der_oid(Oid{"1.3.132.0.34"})});
  EXPECT_EQ(code(with_point(off_curve, p384)), "bad-originator-key");
  // A point that is right, but another secret than the wrapped key's.
  const Bytes spki = b.signing.certificate.public_key_info();
  Bytes point{0};
  append(point, ByteView(spki).last(65));
  EXPECT_EQ(code(with_point(point, ec)), "key-unwrap-failed");
  const Bytes p256 = der_sequence({der_oid(kOidEcPublicKey), der_oid(Oid{"1.2.840.10045.3.1.7"})});
  EXPECT_EQ(code(with_point(point, p256)), "key-unwrap-failed");
  const Bytes null = der_sequence({der_oid(kOidEcPublicKey), der(kTagNull, {})});
  EXPECT_EQ(code(with_point(point, null)), "key-unwrap-failed");
}

TEST_F(Refused, ForKeyAgreementsThatAreNotInTheTable) {
  Bytes point{0};
  append(point, ByteView(b.signing.certificate.public_key_info()).last(65));
  const Bytes key =
      der(context_tag(1), {der_algorithm(kOidEcPublicKey), der(kTagBitString, {point})});
  const Bytes mqv = der_oid(Oid{"1.3.132.1.15.1"});
  const Bytes des_wrap = der_algorithm(Oid{"1.2.840.113549.1.9.16.3.6"});
  const auto code_of = [&](const Bytes& algorithm) {
    return code(
        {.recipients = der(kTagSet, {agreement_info(b.encryption.certificate, key, algorithm)})});
  };
  EXPECT_EQ(code_of(der_sequence({mqv, der_algorithm(kOidAes256Wrap)})), "unsupported-recipient");
  EXPECT_EQ(code_of(der_sequence({der_oid(kOidStdDhSha256Kdf), des_wrap})),
            "unsupported-recipient");
  EXPECT_EQ(code_of(der_algorithm(kOidStdDhSha256Kdf)), "bad-key-parameters");
}

TEST_F(Refused, ForMoreThanAThousandRecipients) {
  const Certificate& other = b.signing.certificate;
  const SecretBytes key = random_secret(32);
  const Bytes info = *seal_key_for(other, key, {});
  std::vector<Bytes> infos(1001, info);
  EXPECT_EQ(code({.recipients = der_set_of(infos)}), "too-many-recipients");
  // A thousand are read; the key that they carry is not the content's.
  infos.pop_back();
  EXPECT_EQ(code({.recipients = der_set_of(infos)}), "bad-tag");
}

}  // namespace
}  // namespace culvert::crypto::testing
