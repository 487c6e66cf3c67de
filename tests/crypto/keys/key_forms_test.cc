// Certificates that write a public key in another way than its PKCS#8 does, made by openssl.
#include "crypto/keys/agreement.h"
#include "crypto/keys/files/pem_key.h"
#include "crypto/keys/memory_key_ring.h"
#include "tests/crypto/keys/made_chains.h"

namespace culvert::crypto::testing {
namespace {

class KeyForms : public MadeChains {
 protected:
  PrivateKey key(const std::string& name) const {
    return *private_key_from_pem(as_text(folder.read(name + ".key")));
  }
  // A certificate with a compressed point for the key of another.
  Certificate make_compressed(const std::string& name) const {
    run("ec -in " + name + ".key -pubout -conv_form compressed -out compressed.pub");
    run("req -new -key " + name + ".key -subj /CN=compressed -out request");
    run("x509 -req -in request -days 99 -CA " + name + ".pem -CAkey " + name +
        ".key -CAcreateserial -force_pubkey compressed.pub -out compressed.pem");
    return *Certificate::from_pem(as_text(folder.read("compressed.pem")));
  }

  MemoryKeyRing ring;
};

TEST_F(KeyForms, ARsaKeyForPssAloneSigns) {
  const Certificate certificate = make({.name = "pss",
                                        .subject = "/CN=pss",
                                        .issuer = "pss",
                                        .algorithm = "RSA-PSS -pkeyopt rsa_keygen_bits:2048"});
  ASSERT_EQ(certificate.key_kind(), KeyKind::rsa_pss);
  ASSERT_TRUE(ring.add(key("pss"), certificate).ok());
  const Bytes message = to_bytes("message");
  const SignatureScheme scheme = *preferred_scheme(certificate.key_kind());
  const auto signature = ring.sign(certificate.key_id(), scheme, message);
  ASSERT_TRUE(signature.ok());
  EXPECT_TRUE(verify_signature(certificate, scheme, message, *signature));
  EXPECT_TRUE(ring.sign(key("pss").key_id(), scheme, message).ok());
}

TEST_F(KeyForms, AKeyWhosePointIsCompressedAgrees) {
  make_root("point");
  const Certificate certificate = make_compressed("point");
  ASSERT_NE(certificate.key_id(), key("point").key_id());
  ASSERT_TRUE(ring.add(key("point"), certificate).ok());
  const auto held = ring.find(certificate.issuer_and_serial());
  ASSERT_TRUE(held);
  const auto sent = agree_once_with(certificate);
  ASSERT_TRUE(sent.ok());
  const auto received = ring.agree(held->key, sent->public_value);
  ASSERT_TRUE(received.ok());
  EXPECT_TRUE(equal_in_constant_time(received->view(), sent->secret.view()));
}

TEST_F(KeyForms, AreForgottenTogether) {
  const Certificate plain = make_root("point");
  const Certificate compressed = make_compressed("point");
  ASSERT_TRUE(ring.add(key("point"), plain).ok());
  ASSERT_TRUE(ring.add(key("point"), compressed).ok());
  ring.remove(compressed.key_id());
  for (const Certificate& one : {plain, compressed}) {
    EXPECT_FALSE(ring.find(one.issuer_and_serial()));
    EXPECT_EQ(ring.sign(one.key_id(), SignatureScheme::ecdsa_sha256, {}).error().code, "no-key");
  }
}

TEST_F(KeyForms, OfAnotherKeyAreToldApart) {
  make_root("one");
  make_root("other");
  const Certificate compressed = make_compressed("one");
  EXPECT_TRUE(key("one").belongs_to(compressed));
  EXPECT_FALSE(key("other").belongs_to(compressed));
  EXPECT_EQ(ring.add(key("other"), compressed).error().code, "key-mismatch");
}

}  // namespace
}  // namespace culvert::crypto::testing
