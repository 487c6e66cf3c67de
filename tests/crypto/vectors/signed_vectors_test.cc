// Every signed file of the shared vectors, and certs-only. The manifest says what is to become of
// each, tests/vectors/reasons.json why a negative one is refused; a new file needs no code here.
#include <algorithm>
#include <chrono>

#include "crypto/cms/certs_only.h"
#include "crypto/smime/verify.h"
#include "tests/crypto/cms/support.h"
#include "tests/crypto/vectors/manifest.h"
#include "tests/crypto/vectors/reasons.h"
#include "tests/support/processor_time.h"

namespace culvert::crypto::testing {
namespace {

// A file and what belongs to it.
struct Vector {
  std::string path;
  std::string outcome;
  Bytes cms;
  std::optional<Bytes> detached;  // the content that is elsewhere
  std::vector<Certificate> known;
  Certificate authority;
};

Vector load(const std::filesystem::path& root, const nlohmann::json& file) {
  const auto certificate = [&](const std::string& path) {
    return *Certificate::from_pem(read_text(root / path));
  };
  const std::string path = file.at("path");
  Vector out{path,
             file.at("expect").at("outcome"),
             read_file(root / path),
             std::nullopt,
             {},
             certificate(file.value("trust", "keys/ca.cert.pem"))};
  if (file.contains("needs_cert")) out.known.push_back(certificate(file.at("needs_cert")));
  if (file.contains("detached")) {
    const auto& holder = file.contains("content") ? file : file.at("expect");
    out.detached = read_file(root / holder.at("content").get<std::string>());
  }
  return out;
}

// What came of one reading, in pieces of `step` octets.
Result<Verified> judge(const Vector& vector, std::size_t step) {
  TricklingSource source(vector.cms, step);
  const SignerCandidates candidates{vector.known};
  if (!vector.detached) return verify_from(source, candidates);
  TricklingSource content(*vector.detached, step);
  const auto reader = SignedDataReader::open_detached(source, content);
  if (!reader) return reader.error();
  auto result = (*reader)->finish(candidates);
  if (!result) return result.error();
  return Verified{*vector.detached, *std::move(result)};
}

// The first reason not to believe it; empty if every signature is right.
std::string refusal_word(const Result<Verified>& judged) {
  if (!judged) return judged.error().code;
  for (const SignerResult& signer : judged->result.signers) {
    if (signer.refusal) return signer.refusal->code;
    if (!signer.certificate) return "signer-unknown";
  }
  return judged->result.signers.empty() ? "no-signers" : "";
}

// The same of the layer above, which looks at what the certificate is for and who issued it.
std::string policy_word(const Vector& vector) {
  ViewSource source(vector.cms);
  const auto report = verify(source, Trust{{vector.authority}, kWhenAllAreValid});
  if (!report) return report.error().code;
  for (const SignerVerdict& signer : report->signers) {
    if (signer.reason) return signer.reason->code;
  }
  return "";
}

// All that a caller can see of it, to compare.
std::string summary(const Result<Verified>& judged) {
  if (!judged) return judged.error().code;
  std::string all = sha256_hex(judged->content);
  for (const SignerResult& signer : judged->result.signers) {
    all += " " + signer.digest + " " + signer.signature + " " +
           (signer.refusal ? signer.refusal->code : "valid");
  }
  return all;
}

TEST(SignedVectors, AreValidWithTheirContent) {
  CULVERT_REQUIRE_VECTORS(root);
  for (const auto& file : vectors_of(root, "signed", "positive/")) {
    const Vector vector = load(root, file);
    const auto judged = judge(vector, vector.cms.size());
    ASSERT_TRUE(judged.ok()) << vector.path << ": " << judged.error().code;
    EXPECT_EQ(sha256_hex(judged->content), file.at("expect").at("sha256")) << vector.path;
    EXPECT_EQ(refusal_word(judged), "") << vector.path;
    EXPECT_TRUE(judged->result.valid()) << vector.path;
  }
}

TEST(SignedVectors, AreRefusedForTheReasonThatIsTheirs) {
  CULVERT_REQUIRE_VECTORS(root);
  const Reasons reasons;
  for (const auto& file : vectors_of(root, "signed", "negative/")) {
    const Vector vector = load(root, file);
    const auto judged = judge(vector, vector.cms.size());
    const std::string refused = refusal_word(judged);
    EXPECT_TRUE(judged.ok() || refusal_of(judged.error())) << vector.path << " " << refused;
    const std::string word = refused.empty() && !vector.detached ? policy_word(vector) : refused;
    EXPECT_TRUE(!word.empty() || vector.outcome == "either") << vector.path;
    if (const auto reason = reasons.reason_for(vector.path)) {
      EXPECT_EQ(word, *reason) << vector.path;
    }
  }
}

TEST(SignedVectors, AreJudgedTheSameInPiecesOfAnySize) {
  CULVERT_REQUIRE_VECTORS(root);
  for (const char* folder : {"positive/", "negative/"}) {
    for (const auto& file : vectors_of(root, "signed", folder)) {
      const Vector vector = load(root, file);
      const std::string whole = summary(judge(vector, vector.cms.size()));
      for (const std::size_t step : {1UL, 7UL, 4096UL}) {
        EXPECT_EQ(summary(judge(vector, step)), whole) << vector.path << " " << step;
      }
    }
  }
}

TEST(SignedVectors, CostNoMoreThanTheyMay) {
  CULVERT_REQUIRE_VECTORS(root);
  for (const auto& file : vectors_of(root, "signed", "negative/")) {
    if (!file.contains("limits")) continue;
    const Vector vector = load(root, file);
    const ProcessorTime time;
    (void)judge(vector, vector.cms.size());
    EXPECT_LT(time.seconds(), 1) << vector.path;
  }
}

TEST(SignedVectors, CertsOnlyGivesItsCertificatesAndIsNoSignedMessage) {
  CULVERT_REQUIRE_VECTORS(root);
  for (const auto& file : vectors_of(root, "certs-only", "")) {
    const Vector vector = load(root, file);
    for (const std::size_t step : {std::size_t{1}, std::size_t{7}, vector.cms.size()}) {
      TricklingSource source(vector.cms, step);
      const auto certificates = read_certs_only(source);
      ASSERT_EQ(certificates.ok(), vector.outcome == "ok") << vector.path;
      EXPECT_TRUE(!certificates || certificates->size() == file.at("certificates")) << vector.path;
    }
    const auto judged = judge(vector, vector.cms.size());
    EXPECT_FALSE(judged.ok()) << vector.path;
  }
}

// No other form is taken for signed, whatever it holds.
TEST(SignedVectors, OtherFormsAreNotSigned) {
  CULVERT_REQUIRE_VECTORS(root);
  for (const char* kind : {"enveloped", "auth-enveloped", "compressed"}) {
    for (const auto& file : vectors_of(root, kind, "positive/")) {
      const Bytes cms = read_file(root / file.at("path").get<std::string>());
      EXPECT_EQ(refusal(verify(cms)), Refusal::not_cms) << file.at("path");
    }
  }
}

}  // namespace
}  // namespace culvert::crypto::testing
