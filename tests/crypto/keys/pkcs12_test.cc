// PKCS#12 that we write, and files that nobody should.
#include "crypto/keys/files/pkcs12.h"

#include "crypto/keys/certificate_maker.h"
#include "tests/crypto/keys/key_files.h"

namespace culvert::crypto::testing {
namespace {

const Time kNow = from_unix(1'772'366'400);

KeyBundle bundle_of_two() {
  const auto identity = *make_identity(*Domain::parse("gate.a.example"), kNow);
  const Issuer issuer{identity.key, identity.certificate};
  const auto sign = *make_tunnel_certificate(issuer, TunnelUse::sign, kNow);
  const auto encrypt = *make_tunnel_certificate(issuer, TunnelUse::encrypt, kNow);
  return {{{sign.key, {sign.certificate}, "gr\xc3\xbcn \xf0\x9f\x94\x91"},
           {encrypt.key, {encrypt.certificate}, ""}},
          {identity.certificate}};
}

void expect_equal(const KeyBundle& a, const KeyBundle& b) {
  ASSERT_EQ(a.keys.size(), b.keys.size());
  for (std::size_t i = 0; i < a.keys.size(); ++i) {
    EXPECT_EQ(a.keys[i].key.key_id(), b.keys[i].key.key_id());
    EXPECT_TRUE(a.keys[i].certificates == b.keys[i].certificates);
    EXPECT_EQ(a.keys[i].name, b.keys[i].name);
  }
  EXPECT_TRUE(a.others == b.others);
}

TEST(Pkcs12, ReadsWhatItWrites) {
  const KeyBundle written = bundle_of_two();
  const auto octets = write_pkcs12(written, "p\xc3\xa4ssword");
  ASSERT_TRUE(octets);
  const auto read = read_pkcs12(*octets, "p\xc3\xa4ssword");
  ASSERT_TRUE(read) << problem(read);
  expect_equal(written, *read);
  EXPECT_EQ(read_pkcs12(*octets, "password").error().code, "wrong-password");
  EXPECT_EQ(read_pkcs12(*octets, "").error().code, "wrong-password");
}

TEST(Pkcs12, KeepsTheOrderOfTheCertificatesOfOneKey) {
  CULVERT_REQUIRE_VECTORS(root);
  const KeyBundle written{{{vector_key(root, "rfc9216/ca-rsa"),
                            {vector_certificate(root, "rfc9216/ca-rsa-self"),
                             vector_certificate(root, "rfc9216/ca-rsa-cross")},
                            ""}},
                          {}};
  const auto read = read_pkcs12(*write_pkcs12(written, "secret"), "secret");
  ASSERT_TRUE(read) << problem(read);
  expect_equal(written, *read);
}

TEST(Pkcs12, IsNotWrittenUnderAnEmptyPasswordOrOneThatIsNotUtf8) {
  EXPECT_EQ(write_pkcs12(bundle_of_two(), "").error().code, "bad-password");
  EXPECT_EQ(write_pkcs12(bundle_of_two(), "\xe4").error().code, "bad-password");
}

TEST(KeyBundle, GivesNoKeyACertificateOfAnotherKey) {
  const KeyBundle two = bundle_of_two();
  const Bytes id{1};
  const auto bundle = bundle_of(
      {{two.keys[0].key, id, ""}},
      {{two.keys[1].certificates[0], id, ""}, {two.keys[0].certificates[0], Bytes{2}, "mine"}});
  ASSERT_EQ(bundle.keys.size(), 1U);
  EXPECT_EQ(bundle.keys[0].certificates, two.keys[0].certificates);
  EXPECT_EQ(bundle.keys[0].name, "mine");
  EXPECT_EQ(bundle.others, two.keys[1].certificates);
}

TEST(KeyBundle, PutsTheCertificateThatTheFileNamesFirst) {
  CULVERT_REQUIRE_VECTORS(root);
  const PrivateKey key = vector_key(root, "rfc9216/ca-rsa");
  const Certificate own = vector_certificate(root, "rfc9216/ca-rsa-self");
  const Certificate cross = vector_certificate(root, "rfc9216/ca-rsa-cross");
  const auto bundle = bundle_of({{key, Bytes{1}, ""}, {key, Bytes{2}, ""}},
                                {{own, {}, ""}, {own, {}, ""}, {cross, Bytes{1}, ""}});
  ASSERT_EQ(bundle.keys.size(), 1U);
  EXPECT_EQ(bundle.keys[0].certificates, (std::vector<Certificate>{cross, own}));
}

}  // namespace
}  // namespace culvert::crypto::testing
