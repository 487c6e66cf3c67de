// Why a CMS object was refused: one reason, one line. `Error::code` carries the word, so that a
// caller (trace, quarantine, `smime inspect`) shows the same reason everywhere; smime-profile.md,
// "Refused", lists them. The words are frozen: scripts read them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crypto/base/result.h"

namespace culvert::crypto {

enum class Refusal {
  // The encoding (X.690) and its bounds.
  truncated,
  bad_encoding,
  bad_length,
  unexpected_element,
  nested_too_deep,
  element_too_large,
  trailing_octets,
  // The structure (RFC 5652).
  not_cms,
  content_missing,
  too_many_recipients,
  too_many_signers,
  too_many_certificates,
  bad_certificate,
  // Opening.
  no_recipient,
  no_key,
  unsupported_recipient,
  bad_originator_key,
  key_size_mismatch,
  key_unwrap_failed,
  bad_key_parameters,
  too_many_iterations,
  bad_key_size,
  not_aead,
  unsupported_cipher,
  bad_cipher_parameters,
  bad_tag_length,
  bad_tag,
  aead_without_tag,
  bad_content,
  bad_attributes,
  content_type_mismatch,
  // Inflating (RFC 3274).
  unsupported_compression,
  bad_compression,
  compression_ratio,
  content_too_large,
  // Verifying.
  content_present,
  not_certs_only,
  no_signers,
  no_signed_attributes,
  attributes_not_der,
  attribute_repeated,
  message_digest_missing,
  message_digest_mismatch,
  content_type_missing,
  algorithm_protection_mismatch,
  digest_mismatch,
  signing_certificate_mismatch,
  unsupported_digest,
  digest_not_announced,
  unsupported_signature,
  bad_signature_parameters,
  signer_key_size,
  weak_algorithm,
  signer_unknown,
  bad_signature,
};

// The word (`bad-tag`), and a sentence without final stop.
std::string_view refusal_code(Refusal refusal);
std::string_view refusal_text(Refusal refusal);

// A permanent error with both; `detail` is for our log.
Error refuse(Refusal refusal, std::string detail = {});
// The same, with a cause for people after the sentence and a colon. The cause is shown as
// `printable` does, since a message may supply parts of it; at most kMaxCauseOctets.
inline constexpr std::size_t kMaxCauseOctets = 700;
Error refuse_because(Refusal refusal, std::string_view cause);

// The refusal that an error carries, if it is one of these.
std::optional<Refusal> refusal_of(const Error& error);

}  // namespace culvert::crypto
