// Header protection (RFC 9788): the header fields of a message stand inside what is signed or
// encrypted, in the header of the Cryptographic Payload, and a parameter of its Content-Type says
// so: hp="clear" when signed, hp="cipher" when encrypted; then `HP-Outer` fields tell what was left
// outside. Read are besides: the whole message as payload (RFC 8551, 3.1), and
// protected-headers="v1", what mail programs wrote before. Written is RFC 9788 alone.
//
// Headers are as in header.h: lines in CRLF, without the empty line. Nothing here verifies or
// decrypts: the caller says what the seal proved, and calls only with what it opened itself.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"
#include "crypto/base/stream.h"

namespace culvert::crypto {

// What a field, or a message, is protected by (RFC 9788, 4.3).
enum class Protection {
  unprotected,
  signed_only,
  encrypted_only,
  signed_and_encrypted,
};

// --- Writing (RFC 9788, 5.2) ---

// What the fields outside an encrypted message still say (RFC 9788, 3.2).
enum class HeaderConfidentiality {
  baseline,            // Subject `[...]`; no Comments, no Keywords
  no_confidentiality,  // all that they say inside
};

// Whether the hidden Subject is shown at the top of the text to readers that decrypt but know
// nothing of all this (RFC 9788, 5.2.2). Most people's programs are such. It is `omit` unless asked
// for: it changes the text that people see. It stands only in a payload of type text/plain that
// needs no decoding, and only if the hidden fields are ASCII without encoded words.
enum class LegacyDisplay { omit, include };

struct HeaderProtectionOptions {
  // signed_only, or one of those that encrypt.
  Protection seal = Protection::signed_only;
  HeaderConfidentiality confidentiality = HeaderConfidentiality::baseline;
  LegacyDisplay legacy_display = LegacyDisplay::omit;
};

struct ProtectedHead {
  // For the message: the fields that stand outside, structural ones (MIME-Version, Content-*) not
  // among them.
  std::string outer;
  // For the payload: the protected fields, HP-Outer, the structural fields with `hp`.
  std::string payload;
  // To stand between the empty line and the body of the payload; empty unless asked for.
  std::string legacy_display;
};

// Splits a message's header. Fields that were added on the way (Received, DKIM-Signature and their
// like, `Culvert-*`) stay outside and only there; Bcc and Resent-Bcc go nowhere, since every
// recipient could read them (RFC 9788, 11.4). Refused (mime_refusal.h): ambiguous_type; bad_header
// with a NUL, a CR or LF that ends no line, or a line that is no field, which its text names: it
// would get lost; header_too_large when the fields do not fit twice.
Result<ProtectedHead> protect_header(std::string_view header,
                                     const HeaderProtectionOptions& options);

// --- Reading (RFC 9788, 4) ---

// The front of a Cryptographic Payload.
struct PayloadHead {
  std::string header;
  // If the payload is a message/rfc822 or message/global: the header of the message in it.
  std::optional<std::string> wrapped;
  // What was read behind the last of both: begins with its empty line, or is empty.
  Bytes rest;
};

// Reads the front of `payload`, lines in CRLF. permanent `header-too-large`.
Result<PayloadHead> read_payload_head(Source& payload);

// True if some reader, however lenient about line ends, could see a header that says to be the
// message's at the front of a payload; `front` are its first octets. Where read_payload_head or
// open_header refuse a payload of which this is false, it is content without a header: text, or
// octets of any kind.
bool may_claim_fields(std::string_view front);

enum class HeaderProtectionForm {
  none,     // the payload says nothing about protected fields
  rfc9788,  // `hp`
  wrapped,  // RFC 8551: the payload is the message
  v1,       // protected-headers="v1"
};

// One field inside, as it may be shown.
struct ProtectedField {
  std::string name;
  std::string body;  // unfolded, not decoded
  std::string raw;   // with its line ends
  Protection protection = Protection::unprotected;
};

// How the From inside stands to the one outside, which is what SPF and DKIM are about
// (RFC 9788, 4.4).
enum class InnerFrom {
  absent,
  same,     // exactly one mailbox on both sides, and the same
  differs,  // anything else: never call such a message authentic
};

struct SealedHeader {
  std::string_view outer;  // of the message
  const PayloadHead& payload;
  // What the seal proved: `signed…` only if every signature is valid, `encrypted…` only if the
  // payload was really encrypted. hp="cipher" alone proves nothing.
  Protection seal = Protection::unprotected;
  std::string_view authserv_id;  // of this node, see is_trust_mark
};

struct OpenedHeader {
  HeaderProtectionForm form = HeaderProtectionForm::none;
  InnerFrom from = InnerFrom::absent;
  // The fields inside in their order; empty for `none`. Not among them: structural fields,
  // HP-Outer, fields that only a transport adds, trust marks (is_trust_mark), lines that are no
  // field.
  std::vector<ProtectedField> fields;
  // True if `header` says what the fields inside say.
  bool is_restored = false;
  // Of the message as it may be shown: this, then PayloadHead::rest, then what is left of the
  // payload, is the opened message. The fields inside take the place of those outside only if they
  // were validly signed and From does not differ: whoever encrypts needs no more than a public
  // certificate. Trust marks are in it from neither side.
  std::string header;
};

// What the header of an opened message is. Refused (mime_refusal.h): bad_header, a protected header
// with a NUL or a bare CR or LF; header_too_large.
Result<OpenedHeader> open_header(const SealedHeader& sealed);

}  // namespace culvert::crypto
