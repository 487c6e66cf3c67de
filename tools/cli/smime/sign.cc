// `culvert smime sign`: signs a file or a stream.
#include <algorithm>
#include <array>
#include <utility>

#include "crypto/smime/message.h"
#include "crypto/smime/profile.h"
#include "crypto/smime/sign.h"
#include "tools/cli/commands.h"
#include "tools/cli/smime/author.h"
#include "tools/cli/smime/entity.h"
#include "tools/cli/smime/files.h"
#include "tools/cli/smime/keys.h"
#include "tools/cli/smime/options.h"

namespace culvert::cli {
namespace {

using crypto::SignatureScheme;

constexpr std::array<std::pair<SignatureScheme, SignatureScheme>, 3> kWithPss{{
    {SignatureScheme::rsa_sha256, SignatureScheme::rsa_pss_sha256},
    {SignatureScheme::rsa_sha384, SignatureScheme::rsa_pss_sha384},
    {SignatureScheme::rsa_sha512, SignatureScheme::rsa_pss_sha512},
}};

struct DigestChoice {
  std::string_view name;
  SignatureScheme rsa;
  SignatureScheme ecdsa;
};
constexpr std::array kDigests{
    DigestChoice{"sha256", SignatureScheme::rsa_sha256, SignatureScheme::ecdsa_sha256},
    DigestChoice{"sha384", SignatureScheme::rsa_sha384, SignatureScheme::ecdsa_sha384},
    DigestChoice{"sha512", SignatureScheme::rsa_sha512, SignatureScheme::ecdsa_sha512},
};

bool is_ecdsa(SignatureScheme scheme) {
  return scheme == SignatureScheme::ecdsa_sha256 || scheme == SignatureScheme::ecdsa_sha384 ||
         scheme == SignatureScheme::ecdsa_sha512;
}

bool is_rsa(SignatureScheme scheme) {
  return scheme != SignatureScheme::ed25519 && scheme != SignatureScheme::ed448 &&
         !is_ecdsa(scheme);
}

// RFC 8419: the digest of these keys is fixed. Ed25519 has SHA-512.
Result<SignatureScheme> with_own_digest(SignatureScheme scheme, std::string_view name) {
  if (scheme == SignatureScheme::ed448) {
    return usage_error("an Ed448 key signs with SHAKE256 alone: leave --digest out");
  }
  if (name == "sha512") return scheme;
  return usage_error("an Ed25519 key signs with SHA-512 alone: --digest takes sha512");
}

Result<SignatureScheme> with_digest(SignatureScheme scheme, std::string_view name) {
  for (const DigestChoice& choice : kDigests) {
    if (choice.name != name) continue;
    if (is_ecdsa(scheme)) return choice.ecdsa;
    return is_rsa(scheme) ? choice.rsa : with_own_digest(scheme, name);
  }
  return usage_error("--digest takes sha256, sha384 or sha512");
}

SignatureScheme with_pss(SignatureScheme scheme) {
  for (const auto& [plain, pss] : kWithPss) {
    if (plain == scheme) return pss;
  }
  return scheme;
}

bool is_pss(SignatureScheme scheme) {
  return std::any_of(kWithPss.begin(), kWithPss.end(),
                     [&](const auto& pair) { return pair.second == scheme; });
}

// Applies --digest and --pss to the usual scheme. If that is PSS, it stays PSS.
Result<SignatureScheme> scheme_of(const Arguments& arguments, SignatureScheme usual) {
  SignatureScheme scheme = usual;
  if (const auto digest = arguments.value("--digest")) {
    const auto chosen = with_digest(scheme, *digest);
    if (!chosen) return chosen.error();
    scheme = is_pss(usual) ? with_pss(*chosen) : *chosen;
  }
  if (!arguments.has("--pss")) return scheme;
  if (!is_rsa(scheme)) return usage_error("--pss is for RSA keys");
  return with_pss(scheme);
}

Result<crypto::SigningOptions> options_of(const Arguments& arguments, const GivenSigner& signer) {
  if (arguments.has("--detached") && arguments.has("--opaque")) {
    return usage_error("give one of --detached and --opaque");
  }
  const auto profile = given_profile(arguments);
  if (!profile) return profile.error();
  auto options = crypto::signing_options(*profile, signer.certificate, SystemClock().now());
  if (!options) return usage_error(options.error().text);
  const auto scheme = scheme_of(arguments, *options->scheme);
  if (!scheme) return scheme.error();
  auto chain = given_certificates(arguments, "--chain");
  if (!chain) return chain.error();
  chain->insert(chain->end(), signer.others.begin(), signer.others.end());
  options->scheme = *scheme;
  options->chain = *std::move(chain);
  if (!arguments.has("--opaque")) options->content = crypto::SigningOptions::Content::detached;
  return options;
}

struct Job {
  crypto::MemoryKeyRing keys;
  crypto::SigningOptions options;
  crypto::Wrapping wrapping;
  crypto::LocalParts local_parts;
};

EntityPlace place_of(const Job& job) {
  const bool is_opaque = job.options.content == crypto::SigningOptions::Content::opaque;
  return is_opaque ? EntityPlace::cms : EntityPlace::multipart_signed;
}

// Signs `input`. A MIME entity needs CRLF; DER and PEM sign the octets as they are.
Status run_job(const Job& job, bool is_message, RewindableSource& input, Sink& to) {
  if (job.wrapping != crypto::Wrapping::mime) {
    return crypto::sign(input, job.keys, {job.options, job.wrapping, {}}, to);
  }
  const auto entity = EntitySource::open(input, place_of(job));
  if (!entity) return entity.error();
  warn_if_for_another(job.options.certificate, (*entity)->header(), job.local_parts);
  if (is_message) return crypto::seal_message(**entity, job.keys, {.sign = job.options}, to);
  return crypto::sign(**entity, job.keys, {job.options, job.wrapping, {}}, to);
}

Result<Report> sign_to(const Arguments& arguments, Sink& output) {
  const auto signer = given_signer(arguments);
  if (!signer) return signer.error();
  const Status good = check_signer(signer->certificate, SystemClock().now());
  if (!good) return good.error();
  auto options = options_of(arguments, *signer);
  if (!options) return options.error();
  const auto wrapping = wrapping_of(arguments);
  if (!wrapping) return wrapping.error();
  const bool is_message = arguments.has("--message");
  if (is_message && (*wrapping != crypto::Wrapping::mime || arguments.has("--opaque"))) {
    return usage_error("--message makes a multipart/signed: leave --der, --pem, --opaque out");
  }
  Job job{{}, *std::move(options), *wrapping, given_local_parts(arguments)};
  if (const Status added = job.keys.add(signer->key, signer->certificate); !added) {
    return added.error();
  }
  const auto input = open_stream(arguments.value("--in"));
  if (!input) return input.error();
  if (const Status made = run_job(job, is_message, **input, output); !made) return made.error();
  return Report{};
}

}  // namespace

Command smime_sign_command() {
  return {.name = "smime sign",
          .summary = "signs a file or a stream",
          .operands = {},
          .options = {kInOption,
                      kOutOption,
                      {"--key", "FILE", "the private key: PEM, DER or PKCS#12"},
                      {"--cert", "FILE…", "its certificate, if that is not in the same file"},
                      {"--chain", "FILE…", "certificates to include besides"},
                      {"--detached", "", "the content stands beside its signature (the default)"},
                      {"--opaque", "", "the content stands inside the signed object"},
                      {"--digest", "NAME", "sha256, sha384 or sha512; default: what fits the key"},
                      {"--pss", "", "RSASSA-PSS instead of PKCS#1 v1.5"},
                      kProfileOption,
                      kMessageOption,
                      kIgnoreCaseOption,
                      kPasswordOption,
                      kLegacyOption,
                      kDerOption,
                      kPemOption,
                      kSmimeOption},
          .detail =
              "With --smime the input is a MIME entity; lines that end in LF get CRLF, unless it "
              "says that it is binary. With --opaque, what has no MIME header stays as it is. With "
              "--der and --pem the very octets of the input are signed, and --detached writes the "
              "signature alone.",
          .example =
              "culvert smime sign --key jane.p12 --password-file pw --in entity --out signed.eml",
          .run = writes_output<Secrecy::sealed, sign_to>};
}

}  // namespace culvert::cli
