// Every form of signature, both ways with `openssl cms`. The keys are made by openssl.
#include "crypto/cms/certs_only.h"
#include "crypto/keys/files/pem_key.h"
#include "tests/crypto/cms/openssl_program.h"
#include "tests/crypto/cms/support.h"

namespace culvert::crypto::testing {
namespace {

using enum SignatureScheme;
using Content = SigningOptions::Content;

class OpenSslSignatures : public OpenSslTest {
 protected:
  // A new key with a certificate of its own, as NAME.key and NAME.pem.
  SigningKey make(const std::string& name, const std::string& algorithm) {
    EXPECT_TRUE(openssl("genpkey -out " + name + ".key -algorithm " + algorithm));
    EXPECT_TRUE(openssl("req -x509 -new -key " + name + ".key -out " + name +
                        ".pem -subj /CN=" + name + " -days 99 -addext subjectKeyIdentifier=hash"));
    const auto certificate = Certificate::from_pem(as_text(read(name + ".pem")));
    if (const auto key = private_key_from_pem(as_text(read(name + ".key")))) {
      EXPECT_TRUE(PrivateKey::from_pkcs8(key->pkcs8().view())->belongs_to(*certificate)) << name;
      keys.add_signing_key(*key);
      return {key->key_id(), *certificate};
    }
    ADD_FAILURE() << name;
    return {certificate->key_id(), *certificate};
  }
  Bytes sign(const SigningOptions& options, ByteView content) {
    Bytes out;
    BytesSink sink(out);
    auto writer = SignedDataWriter::start(sink, keys, options);
    EXPECT_TRUE(writer.ok());
    EXPECT_TRUE((*writer)->write(content).ok());
    EXPECT_TRUE((*writer)->finish().ok());
    return out;
  }
  // What openssl says of `signed.der`; both forms.
  bool openssl_verifies(const std::string& trust, Content form) {
    return openssl("cms -verify -binary -inform DER -in signed.der -out plain -purpose any " +
                   std::string(form == Content::detached ? "-content content " : "") + "-CAfile " +
                   trust);
  }
  Result<SignedDataResult> we_verify(Content form, const std::vector<Certificate>& known = {}) {
    const Bytes cms = read("signed.der");
    if (form == Content::opaque) {
      auto verified = verify(cms, {known});
      if (!verified) return verified.error();
      EXPECT_TRUE(verified->content == read("content"));
      return std::move(verified->result);
    }
    const Bytes content = read("content");
    ViewSource source(cms);
    ViewSource detached(content);
    const auto reader = SignedDataReader::open_detached(source, detached);
    if (!reader) return reader.error();
    return (*reader)->finish({known});
  }

  MemoryKeyRing keys;
};

// OpenSSL before 3.2 cannot do Ed25519 in CMS, and none knows Ed448 with SHAKE256.
const std::vector<std::pair<const char*, std::vector<SignatureScheme>>> kKinds{
    {"RSA -pkeyopt rsa_keygen_bits:2048",
     {rsa_sha256, rsa_sha384, rsa_sha512, rsa_pss_sha256, rsa_pss_sha384, rsa_pss_sha512}},
    {"RSA-PSS -pkeyopt rsa_keygen_bits:2048", {rsa_pss_sha256, rsa_pss_sha384, rsa_pss_sha512}},
    {"RSA-PSS -pkeyopt rsa_keygen_bits:2048 -pkeyopt rsa_pss_keygen_md:sha384 -pkeyopt "
     "rsa_pss_keygen_mgf1_md:sha384 -pkeyopt rsa_pss_keygen_saltlen:48",
     {rsa_pss_sha384}},
    {"EC -pkeyopt ec_paramgen_curve:P-256", {ecdsa_sha256, ecdsa_sha512}},
    {"EC -pkeyopt ec_paramgen_curve:P-384", {ecdsa_sha384}},
    {"EC -pkeyopt ec_paramgen_curve:P-521", {ecdsa_sha256, ecdsa_sha512}},
    {"EC -pkeyopt ec_paramgen_curve:brainpoolP256r1", {ecdsa_sha256}},
};

TEST_F(OpenSslSignatures, VerifiesEverySchemeThatWeWrite) {
  const Bytes content = pattern(100'000);
  write("content", content);
  for (const auto& [algorithm, schemes] : kKinds) {
    const SigningKey key = make("signer", algorithm);
    for (const SignatureScheme scheme : schemes) {
      for (const Content form : {Content::opaque, Content::detached}) {
        SigningOptions options{key.key, key.certificate, from_unix(std::time(nullptr))};
        options.scheme = scheme;
        options.content = form;
        write("signed.der", sign(options, content));
        EXPECT_TRUE(openssl_verifies("signer.pem", form))
            << algorithm << " " << static_cast<int>(scheme);
        EXPECT_TRUE(read("plain") == content);
      }
    }
  }
}

TEST_F(OpenSslSignatures, AreNotMadeByAKeyThatDemandsAnother) {
  const SigningKey key = make("signer",
                              "RSA-PSS -pkeyopt rsa_keygen_bits:2048 -pkeyopt "
                              "rsa_pss_keygen_md:sha512 -pkeyopt rsa_pss_keygen_mgf1_md:sha512");
  Bytes out;
  BytesSink sink(out);
  for (const SignatureScheme scheme : {rsa_sha512, rsa_pss_sha256}) {
    SigningOptions options{key.key, key.certificate, kNow};
    options.scheme = scheme;
    const auto writer = SignedDataWriter::start(sink, keys, options);
    ASSERT_FALSE(writer.ok());
    EXPECT_EQ(writer.error().code, "bad-key-use");
  }
  // Nor does it open what is encrypted to it (RFC 4055, 1.2).
  EXPECT_EQ(keys.decrypt(key.key, {}, Bytes(256, 1), 32).error().code, "bad-key-use");
}

TEST_F(OpenSslSignatures, VerifiesSeveralSignersAndTheirChain) {
  const SigningKey one = make("one", "EC -pkeyopt ec_paramgen_curve:P-256");
  SigningKey two = make("two", "RSA -pkeyopt rsa_keygen_bits:2048");
  two.scheme = rsa_pss_sha512;
  SigningOptions options{one.key, one.certificate, from_unix(std::time(nullptr))};
  options.others = {two};
  options.chain = {two.certificate};
  write("both.pem", as_bytes(one.certificate.pem() + two.certificate.pem()));
  write("content", as_bytes("content"));
  for (const Content form : {Content::opaque, Content::detached}) {
    options.content = form;
    write("signed.der", sign(options, as_bytes("content")));
    EXPECT_TRUE(openssl_verifies("both.pem", form));
  }
}

TEST_F(OpenSslSignatures, AreVerifiedInEveryForm) {
  write("content", pattern(100'000));
  const std::vector<std::pair<const char*, std::vector<const char*>>> table{
      {"RSA -pkeyopt rsa_keygen_bits:2048",
       {"-md sha256", "-md sha384", "-md sha512", "-keyid", "-cades",
        "-md sha256 -keyopt rsa_padding_mode:pss",
        "-md sha512 -keyopt rsa_padding_mode:pss -keyopt rsa_pss_saltlen:digest",
        "-md sha256 -keyopt rsa_padding_mode:pss -keyopt rsa_pss_saltlen:max",
        "-md sha256 -keyopt rsa_padding_mode:pss -keyopt rsa_pss_saltlen:0",
        "-md sha384 -keyopt rsa_padding_mode:pss -keyopt rsa_mgf1_md:sha256"}},
      {"RSA-PSS -pkeyopt rsa_keygen_bits:2048",
       {"-md sha256 -keyopt rsa_padding_mode:pss", "-md sha512 -keyopt rsa_padding_mode:pss"}},
      {"RSA-PSS -pkeyopt rsa_keygen_bits:2048 -pkeyopt rsa_pss_keygen_md:sha384 -pkeyopt "
       "rsa_pss_keygen_mgf1_md:sha384 -pkeyopt rsa_pss_keygen_saltlen:10",
       {"-md sha384 -keyopt rsa_padding_mode:pss"}},
      {"EC -pkeyopt ec_paramgen_curve:P-256", {"-md sha256", "-md sha384", "-md sha512"}},
      {"EC -pkeyopt ec_paramgen_curve:brainpoolP256r1", {"-md sha256", "-md sha512"}},
      {"EC -pkeyopt ec_paramgen_curve:P-521", {"-md sha256", "-md sha512 -cades"}},
  };
  for (const auto& [algorithm, forms] : table) {
    make("signer", algorithm);
    for (const std::string form : forms) {
      for (const char* opaque : {"-nodetach ", "-nodetach -stream ", ""}) {
        // OpenSSL cannot write PSS as a stream.
        const bool is_pss = form.find("pss") != std::string::npos;
        if (is_pss && std::string(opaque).find("stream") != std::string::npos) continue;
        const Content content = *opaque == 0 ? Content::detached : Content::opaque;
        ASSERT_TRUE(openssl("cms -sign -binary -outform DER -in content -out signed.der " +
                            std::string(opaque) + "-signer signer.pem -inkey signer.key " + form));
        const auto result = we_verify(content);
        ASSERT_TRUE(result.ok()) << algorithm << form << opaque << result.error().code;
        ASSERT_EQ(result->signers.size(), 1U);
        const auto& refused = result->signers.front().refusal;
        EXPECT_FALSE(refused) << algorithm << form << refused->code << refused->detail;
        EXPECT_FALSE(result->signers.front().capabilities.empty());
      }
    }
  }
}

TEST_F(OpenSslSignatures, ShortAndWeakKeysAreTold) {
  write("content", as_bytes("content"));
  const auto judge = [&](const std::string& bits) {
    make("signer", "RSA -pkeyopt rsa_keygen_bits:" + bits);
    EXPECT_TRUE(
        openssl("cms -sign -binary -outform DER -in content -out signed.der -nodetach -md sha256 "
                "-signer signer.pem -inkey signer.key"));
    return we_verify(Content::opaque)->signers.front();
  };
  const SignerResult short_one = judge("1016");
  ASSERT_TRUE(short_one.refusal);
  EXPECT_EQ(refusal_of(*short_one.refusal), Refusal::signer_key_size);
  const SignerResult weak = judge("1024");
  EXPECT_TRUE(weak.valid());
  EXPECT_TRUE(weak.weak_key);
  const SignerResult strong = judge("2048");
  EXPECT_TRUE(strong.valid());
  EXPECT_FALSE(strong.weak_key);
}

TEST_F(OpenSslSignatures, Sha1NeverCounts) {
  write("content", as_bytes("content"));
  make("signer", "RSA -pkeyopt rsa_keygen_bits:2048");
  for (const char* form :
       {"-md sha1", "-md sha1 -keyopt rsa_padding_mode:pss",
        "-md sha256 -keyopt rsa_padding_mode:pss -keyopt rsa_mgf1_md:sha1", "-md md5"}) {
    ASSERT_TRUE(openssl(std::string("cms -sign -binary -outform DER -in content -out signed.der "
                                    "-nodetach -signer signer.pem -inkey signer.key ") +
                        form));
    const auto result = we_verify(Content::opaque);
    ASSERT_TRUE(result.ok());
    ASSERT_TRUE(result->signers.front().refusal) << form;
    EXPECT_EQ(refusal_of(*result->signers.front().refusal), Refusal::weak_algorithm) << form;
  }
}

TEST_F(OpenSslSignatures, CertsOnlyGoesBothWays) {
  const SigningKey one = make("one", "EC -pkeyopt ec_paramgen_curve:P-256");
  const SigningKey two = make("two", "RSA -pkeyopt rsa_keygen_bits:2048");
  write("ours.p7c", *write_certs_only({one.certificate, two.certificate}));
  ASSERT_TRUE(openssl("pkcs7 -inform DER -in ours.p7c -print_certs -out printed.pem"));
  EXPECT_EQ(Certificate::all_from_pem(as_text(read("printed.pem")))->size(), 2U);
  ASSERT_TRUE(
      openssl("crl2pkcs7 -nocrl -outform DER -certfile one.pem -certfile two.pem -out theirs.p7c"));
  const Bytes theirs = read("theirs.p7c");
  ViewSource source(theirs);
  const auto certificates = read_certs_only(source);
  ASSERT_TRUE(certificates.ok());
  EXPECT_EQ(*certificates, (std::vector{one.certificate, two.certificate}));
}

}  // namespace
}  // namespace culvert::crypto::testing
