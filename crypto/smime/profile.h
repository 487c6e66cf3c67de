// Which algorithms are written (smime-profile.md, "Algorithms", Profiles). Policy chooses a profile
// for a recipient or a sender. What is read does not depend on it.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "crypto/base/clock.h"
#include "crypto/base/result.h"
#include "crypto/cms/enveloped.h"
#include "crypto/cms/signed_data.h"

namespace culvert::crypto {

enum class Profile {
  modern,      // AES-256-GCM, RSA-OAEP, the digest of the curve's size
  compatible,  // what every mail program since 2007 opens: AES-256-CBC, RSA PKCS#1 v1.5, SHA-256
  energy,      // the German energy market: AES-256-CBC, RSA-OAEP and RSASSA-PSS with SHA-256
};

// By its name in policy, `modern`; nothing for any other text.
std::optional<Profile> profile_named(std::string_view name);

// How the profile seals for `recipients`. The caller may change what it returns.
EnvelopedOptions enveloped_options(Profile profile, std::vector<Recipient> recipients);

// How the profile signs with a key of this kind; nothing if it cannot sign. A key only for
// RSASSA-PSS may demand another digest: signing_options() asks its certificate.
std::optional<SignatureScheme> signature_scheme(Profile profile, KeyKind kind);

// How a user signs with the key of `certificate`, which the key ring must hold: opaque, signed at
// `now`, with user_capabilities(). The caller may change what it returns. permanent `cannot-sign`
// for a kind of key that cannot sign.
Result<SigningOptions> signing_options(Profile profile, const Certificate& certificate, Time now);

// What users' signatures promise to open.
std::vector<Capability> user_capabilities();

}  // namespace culvert::crypto
