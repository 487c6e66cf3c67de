#include "crypto/smime/profile.h"

#include <array>
#include <string>
#include <utility>

#include "crypto/cms/pss_parameters.h"
#include "crypto/keys/signature.h"

namespace culvert::crypto {
namespace {

constexpr std::array<std::pair<std::string_view, Profile>, 3> kNames{{
    {"modern", Profile::modern},
    {"compatible", Profile::compatible},
    {"energy", Profile::energy},
}};

}  // namespace

std::optional<Profile> profile_named(std::string_view name) {
  for (const auto& [text, profile] : kNames) {
    if (text == name) return profile;
  }
  return std::nullopt;
}

EnvelopedOptions enveloped_options(Profile profile, std::vector<Recipient> recipients) {
  EnvelopedOptions options;
  options.recipients = std::move(recipients);
  if (profile == Profile::modern) return options;
  options.cipher = find_cipher_named("aes256-cbc");
  options.keys.agreement = KeyOptions::Agreement::sha256;
  if (profile == Profile::compatible) {
    options.keys.rsa.scheme = RsaTransport::Scheme::pkcs1_v15;
  }
  return options;
}

std::optional<SignatureScheme> signature_scheme(Profile profile, KeyKind kind) {
  const auto scheme = preferred_scheme(kind);
  if (profile == Profile::energy && scheme == SignatureScheme::rsa_sha256) {
    return SignatureScheme::rsa_pss_sha256;
  }
  return scheme;
}

Result<SigningOptions> signing_options(Profile profile, const Certificate& certificate, Time now) {
  const bool is_pss = certificate.key_kind() == KeyKind::rsa_pss;
  const auto scheme =
      is_pss ? pss_scheme_for(certificate) : signature_scheme(profile, certificate.key_kind());
  if (!scheme) {
    return permanent_error("cannot-sign",
                           "a key of this kind cannot sign: " + certificate.key_text());
  }
  return SigningOptions{.key = certificate.key_id(),
                        .certificate = certificate,
                        .signing_time = now,
                        .scheme = *scheme,
                        .capabilities = user_capabilities()};
}

std::vector<Capability> user_capabilities() {
  return {cipher_capability("aes256-gcm"), cipher_capability("aes128-gcm"),
          cipher_capability("aes256-cbc"), cipher_capability("aes128-cbc")};
}

}  // namespace culvert::crypto
