#include <chrono>

#include "crypto/keys/chain.h"
#include "tests/crypto/cms/support.h"
#include "tests/crypto/vectors/manifest.h"

namespace culvert::crypto::testing {
namespace {

// RSASSA-PSS and Ed448 with SHAKE256 are refused by name, never taken for another.
bool is_unsupported_scheme(const SignerResult& signer) {
  if (!signer.refusal) return false;
  const auto reason = refusal_of(*signer.refusal);
  constexpr std::string_view kShake256Len = "2.16.840.1.101.3.4.2.18";
  constexpr std::string_view kPss = "1.2.840.113549.1.1.10";
  return (signer.signature == kPss && reason == Refusal::unsupported_signature) ||
         (signer.digest == kShake256Len && reason == Refusal::unsupported_digest);
}

Result<SignedDataResult> judge(const std::filesystem::path& root, const nlohmann::json& file,
                               Bytes& content) {
  SignerCandidates candidates;
  if (file.contains("needs_cert")) {
    const auto certificate =
        Certificate::from_pem(read_text(root / file.at("needs_cert").get<std::string>()));
    if (!certificate) return certificate.error();
    candidates.known.push_back(*certificate);
  }
  const Bytes cms = read_file(root / file.at("path").get<std::string>());
  ViewSource source(cms);
  if (!file.contains("detached")) {
    auto verified = verify_from(source, candidates);
    if (!verified) return verified.error();
    content = std::move(verified->content);
    return std::move(verified->result);
  }
  const auto& holder = file.contains("content") ? file : file.at("expect");
  content = read_file(root / holder.at("content").get<std::string>());
  ViewSource detached(content);
  const auto reader = SignedDataReader::open_detached(source, detached);
  if (!reader) return reader.error();
  return (*reader)->finish(candidates);
}

// What a mail reader would say: right, and by a certificate of the authority that may sign mail.
bool is_trusted(const SignedDataResult& result, const Certificate& authority) {
  const Time now = from_unix(1'790'000'000);  // September 2026
  for (const SignerResult& signer : result.signers) {
    if (!signer.valid() || !signer.certificate->may_sign() ||
        !signer.certificate->may_protect_mail() ||
        !check_issued_by(*signer.certificate, authority, now)) {
      return false;
    }
  }
  return result.valid();
}

Certificate authority_of(const std::filesystem::path& root, const nlohmann::json& file) {
  const std::string path = file.value("trust", "keys/ca.cert.pem");
  return *Certificate::from_pem(read_text(root / path));
}

TEST(SignedVectors, AreValidWithTheirContent) {
  CULVERT_REQUIRE_VECTORS(root);
  int valid_count = 0;
  for (const auto& file : vectors_of(root, "signed", "positive/")) {
    const std::string path = file.at("path");
    Bytes content;
    const auto result = judge(root, file, content);
    ASSERT_TRUE(result.ok()) << path << ": " << result.error().code << result.error().detail;
    EXPECT_EQ(sha256_hex(content), file.at("expect").at("sha256")) << path;
    for (const SignerResult& signer : result->signers) {
      if (is_unsupported_scheme(signer)) continue;
      EXPECT_TRUE(signer.valid()) << path << ": "
                                  << (signer.refusal ? signer.refusal->code : "no certificate");
      valid_count += signer.valid() ? 1 : 0;
    }
  }
  EXPECT_GE(valid_count, 40);
}

TEST(SignedVectors, AreRefusedOrNeverTrusted) {
  CULVERT_REQUIRE_VECTORS(root);
  for (const auto& file : vectors_of(root, "signed", "negative/")) {
    const std::string path = file.at("path");
    const std::string outcome = file.at("expect").at("outcome");
    Bytes content;
    const auto start = std::chrono::steady_clock::now();
    const auto result = judge(root, file, content);
    const auto took = std::chrono::steady_clock::now() - start;
    if (file.contains("limits")) {
      EXPECT_LT(took, std::chrono::seconds(1)) << path;
    }
    if (!result) {
      EXPECT_TRUE(refusal_of(result.error())) << path << ": " << result.error().code;
      continue;
    }
    if (outcome == "either") continue;
    EXPECT_FALSE(is_trusted(*result, authority_of(root, file))) << path;
  }
}

// The reason is the right one, not just any.
TEST(SignedVectors, SayTheReason) {
  CULVERT_REQUIRE_VECTORS(root);
  const std::vector<std::pair<std::string, Refusal>> expected{
      {"sd-content-changed", Refusal::message_digest_mismatch},
      {"sd-md-missing", Refusal::message_digest_missing},
      {"sd-md-duplicated", Refusal::attribute_repeated},
      {"sd-md-two-values", Refusal::attribute_repeated},
      {"sd-md-wrong-type", Refusal::message_digest_missing},
      {"sd-ct-mismatch", Refusal::content_type_mismatch},
      {"sd-ct-missing", Refusal::content_type_missing},
      {"sd-ct-duplicated", Refusal::attribute_repeated},
      {"sd-attrs-unsorted", Refusal::attributes_not_der},
      {"sd-attrs-long-length", Refusal::attributes_not_der},
      {"sd-attrs-indefinite", Refusal::attributes_not_der},
      {"sd-no-signed-attrs", Refusal::no_signed_attributes},
      {"sd-attrs-stripped", Refusal::no_signed_attributes},
      {"sd-euf-cma-attrs-as-content", Refusal::no_signed_attributes},
      {"sd-ed25519-sha256", Refusal::digest_mismatch},
      {"sd-ecdsa-sha1", Refusal::weak_algorithm},
      {"sd-rsa-md5", Refusal::weak_algorithm},
      {"sd-mixed-ecdsa-sha512-digest-sha256", Refusal::digest_mismatch},
      {"sd-algorithm-protection-mismatch", Refusal::algorithm_protection_mismatch},
      {"sd-signingcert-v2-other-cert", Refusal::signing_certificate_mismatch},
      {"sd-sig-flip", Refusal::bad_signature},
      {"sd-wrong-signer-key", Refusal::signing_certificate_mismatch},
      {"sd-sid-not-included", Refusal::signer_unknown},
      {"sd-no-signerinfos", Refusal::no_signers},
      {"sd-econtent-absent", Refusal::content_missing},
      {"signers-33", Refusal::too_many_signers},
      {"certificates-65", Refusal::too_many_certificates},
      {"deep-octets-100", Refusal::nested_too_deep},
      {"trailing-sd-copy", Refusal::trailing_octets},
      {"type-data", Refusal::not_cms},
  };
  std::map<std::string, nlohmann::json> files;
  for (const auto& file : vectors_of(root, "signed", "negative/")) {
    files[std::filesystem::path(file.at("path").get<std::string>()).stem()] = file;
  }
  for (const auto& [name, reason] : expected) {
    ASSERT_TRUE(files.count(name)) << name;
    Bytes content;
    const auto result = judge(root, files[name], content);
    std::optional<Refusal> got = refusal(result);
    if (result) {
      for (const SignerResult& signer : result->signers) {
        if (signer.refusal) got = refusal_of(*signer.refusal);
      }
    }
    ASSERT_TRUE(got) << name;
    EXPECT_EQ(refusal_code(*got), refusal_code(reason)) << name;
  }
}

}  // namespace
}  // namespace culvert::crypto::testing
