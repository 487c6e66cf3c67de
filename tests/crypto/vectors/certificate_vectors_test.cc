// Every certificate of the shared vectors. What the manifest gives an address must never count as a
// certificate for that address; of all others nobody may use the key. A new file needs no code
// here.
#include <gtest/gtest.h>

#include "crypto/cms/recipient.h"
#include "crypto/keys/chain.h"
#include "crypto/smime/trust.h"
#include "tests/crypto/vectors/manifest.h"
#include "tests/crypto/vectors/reasons.h"
#include "tests/support/processor_time.h"

namespace culvert::crypto::testing {
namespace {

// A file, parsed if that is possible, and the authority that issued it.
struct Vector {
  std::string path;
  bool must_fail;
  std::optional<Mailbox> address;
  Result<Certificate> certificate;
  Certificate authority;
};

Vector load(const std::filesystem::path& root, const nlohmann::json& file) {
  const std::string path = file.at("path");
  std::optional<Mailbox> address;
  if (file.contains("address")) address = *Mailbox::parse(file.at("address").get<std::string>());
  return {path, file.at("expect").at("outcome") == "fail", std::move(address),
          Certificate::from_pem(read_text(root / path)),
          *Certificate::from_pem(read_text(root / file.at("trust").get<std::string>()))};
}

// Why nobody would verify a signature of it or encrypt to it; empty if somebody would.
std::string key_word(const Certificate& certificate) {
  const auto scheme = preferred_scheme(certificate.key_kind());
  if (scheme && check_key(certificate, *scheme) == KeyFit::fits) return "";
  KeyOptions options;
  const auto by_oaep = seal_key_for(certificate, SecretBytes(32), options);
  options.rsa.scheme = RsaTransport::Scheme::pkcs1_v15;
  const auto sealed = seal_key_for(certificate, SecretBytes(32), options);
  return by_oaep || sealed ? "" : sealed.error().code;
}

// Why it cannot be used, by the first that refuses it; empty if it can.
std::string unusable_word(const Vector& vector) {
  if (!vector.certificate) return vector.certificate.error().code;
  if (std::string word = key_word(*vector.certificate); !word.empty()) return word;
  const ChainMaterial material{{vector.authority}, {}};
  ChainEffort effort;
  const Status chained = check_chain(*vector.certificate, material, kWhenAllAreValid, effort);
  return chained ? "" : chained.error().code;
}

// A signature by its key that is right, judged as that of `author`.
SignerVerdict verdict_on(const Vector& vector, const Certificate& trusted) {
  SignerResult signer;
  signer.certificate = *vector.certificate;
  const Author author{vector.address};
  ChainEffort effort;
  SignerVerdict verdict = judge(signer, {{trusted}, kWhenAllAreValid, author}, {}, effort);
  hold_to_author({&verdict}, author);
  return verdict;
}

TEST(CertificateVectors, AreNotUsableAndNotForThatAddress) {
  CULVERT_REQUIRE_VECTORS(root);
  const Reasons reasons;
  const auto files = vectors_of(root, "certificate", "");
  EXPECT_FALSE(files.empty());
  for (const auto& file : files) {
    const Vector vector = load(root, file);
    const std::string word = unusable_word(vector);
    if (!vector.must_fail) continue;
    if (!vector.address) {
      EXPECT_NE(word, "") << vector.path;
    }
    if (const auto reason = reasons.reason_for(vector.path)) {
      EXPECT_EQ(word, *reason) << vector.path;
    }
    if (!vector.address || !vector.certificate) continue;
    EXPECT_FALSE(verdict_on(vector, vector.authority).valid()) << vector.path;
  }
}

// Whoever imports such a certificate by hand does not make it good.
TEST(CertificateVectors, AreNoBetterIfTheyAreTrustedThemselves) {
  CULVERT_REQUIRE_VECTORS(root);
  for (const auto& file : vectors_of(root, "certificate", "")) {
    const Vector vector = load(root, file);
    if (!vector.must_fail || !vector.certificate) continue;
    if (vector.address) {
      const SignerVerdict verdict = verdict_on(vector, *vector.certificate);
      EXPECT_FALSE(verdict.names_author) << vector.path;
      EXPECT_EQ(verdict.reason ? verdict.reason->code : "", "not-the-author") << vector.path;
    } else {
      EXPECT_NE(key_word(*vector.certificate), "") << vector.path;
    }
  }
}

// Lawful are several names in one certificate: each of them counts, and nothing else.
TEST(CertificateVectors, ThatAreLawfulCountForTheirOwnNamesOnly) {
  CULVERT_REQUIRE_VECTORS(root);
  for (const auto& file : vectors_of(root, "certificate", "")) {
    Vector vector = load(root, file);
    if (vector.must_fail || !vector.certificate) continue;
    const auto& named = vector.certificate->addresses();
    const bool is_named = std::find(named.begin(), named.end(), *vector.address) != named.end();
    EXPECT_EQ(verdict_on(vector, vector.authority).valid(), is_named) << vector.path;
    for (const Mailbox& one : named) {
      vector.address = one;
      EXPECT_TRUE(verdict_on(vector, vector.authority).valid()) << vector.path << one.text();
    }
  }
}

TEST(CertificateVectors, CostNoMoreThanTheyMay) {
  CULVERT_REQUIRE_VECTORS(root);
  for (const auto& file : vectors_of(root, "certificate", "")) {
    if (!file.contains("limits")) continue;
    const ProcessorTime time;
    (void)unusable_word(load(root, file));
    EXPECT_LT(time.seconds(), file.at("limits").at("seconds").get<double>()) << file.at("path");
  }
}

}  // namespace
}  // namespace culvert::crypto::testing
