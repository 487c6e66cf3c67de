// Header protection (RFC 9788): the header fields of a message are inside what is signed or
// encrypted, in the header of the Cryptographic Payload. A parameter of its Content-Type says so:
// hp="clear" when signed, hp="cipher" when encrypted; then `HP-Outer` fields say what was left
// outside. Two other forms are read as well: the whole message as payload (RFC 8551, 3.1), and
// protected-headers="v1", which mail programs wrote before. Only RFC 9788 is written.
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

// How a field or a message is protected (RFC 9788, 4.3).
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
  no_confidentiality,  // everything that they say inside
};

// Whether the hidden Subject is shown at the top of the text, for readers that decrypt but do not
// know header protection (RFC 9788, 5.2.2), like most people's programs. It is `omit` unless asked
// for, because it changes the text that people see. It is written only into a payload of type
// text/plain that needs no decoding, and only if the hidden fields are ASCII without encoded words.
enum class LegacyDisplay { omit, include };

struct HeaderProtectionOptions {
  // signed_only, or one of those that encrypt.
  Protection seal = Protection::signed_only;
  HeaderConfidentiality confidentiality = HeaderConfidentiality::baseline;
  LegacyDisplay legacy_display = LegacyDisplay::omit;
};

struct ProtectedHead {
  // For the message: the fields outside, without the structural ones (MIME-Version, Content-*).
  std::string outer;
  // For the payload: the protected fields, HP-Outer, the structural fields with `hp`.
  std::string payload;
  // Goes between the empty line and the body of the payload; empty unless asked for.
  std::string legacy_display;
};

// Splits a message's header. Fields that were added on the way (Received, DKIM-Signature and the
// like, `Culvert-*`) stay outside only. Bcc and Resent-Bcc go nowhere, since every recipient could
// read them (RFC 9788, 11.4). Refused (mime_refusal.h): ambiguous_type; bad_header for a NUL, for a
// CR or LF that ends no line, and for a line that is not a field and would get lost (the text names
// it); header_too_large if the fields do not fit twice.
Result<ProtectedHead> protect_header(std::string_view header,
                                     const HeaderProtectionOptions& options);

// --- Reading (RFC 9788, 4) ---

// The front of a Cryptographic Payload.
struct PayloadHead {
  std::string header;
  // If the payload is a message/rfc822 or message/global: the header of the message in it.
  std::optional<std::string> wrapped;
  // What was read after the last of these headers: begins with its empty line, or is empty.
  Bytes rest;
};

// Reads the front of `payload`, lines in CRLF. permanent `header-too-large`.
Result<PayloadHead> read_payload_head(Source& payload);

// True if some reader, however lenient about line ends, could see at the front of a payload a
// header that claims to be the message's; `front` is the payload's first octets. If this is false
// and read_payload_head or open_header refuse the payload, it is content without a header: text, or
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

// How the From inside relates to the one outside, which SPF and DKIM are about (RFC 9788, 4.4).
enum class InnerFrom {
  absent,
  same,     // exactly one mailbox on each side, and the same one
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
  // The fields inside, in their order; empty for `none`. Left out: structural fields, HP-Outer,
  // fields that only a transport adds, trust marks (is_trust_mark), lines that are not fields.
  std::vector<ProtectedField> fields;
  // True if `header` says what the fields inside say.
  bool is_restored = false;
  // The header of the message as it may be shown. This, then PayloadHead::rest, then what is left
  // of the payload, is the opened message. The fields inside replace those outside only if they
  // were validly signed and From does not differ: anybody can encrypt with a public certificate. It
  // holds trust marks from neither side.
  std::string header;
};

// The header of an opened message. Refused (mime_refusal.h): bad_header for a protected header with
// a NUL or a bare CR or LF; header_too_large.
Result<OpenedHeader> open_header(const SealedHeader& sealed);

}  // namespace culvert::crypto
