// Names, parsed once. Code after a parser takes only these types, so an address that was not
// checked cannot reach a header, a log line or an SMTP command. All are values; all are immutable.
#pragma once

#include <array>
#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"

namespace culvert {

// A DNS name of a mail domain or host: lower-case A-labels without a final dot (RFC 5890), at most
// 253 octets, at least one label, only letters, digits and hyphens (underscore is refused).
class Domain {
 public:
  // Accepts any case, U-labels (converted by UTS #46, non-transitional) and one final dot.
  // permanent `bad-domain` otherwise. Address literals are not domains.
  static Result<Domain> parse(std::string_view text);

  const std::string& text() const { return text_; }
  // True if it is `ancestor` or below it.
  bool is_within(const Domain& ancestor) const;
  // True if nobody can own it: a top-level domain or another public suffix (libpsl).
  bool is_public_suffix() const;

  auto operator<=>(const Domain&) const = default;

 private:
  explicit Domain(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

// local-part "@" domain (RFC 5321, 4.1.2; RFC 6531, 3.3). The case of the local part is kept: only
// its domain may interpret it. Quotes and backslashes are kept only where the local part needs
// them: `"joe"@b.example` and `joe@b.example` are the same mailbox, and a rule about one holds for
// the other.
class Mailbox {
 public:
  // The form of an SMTP path without its angle brackets: no source route, no comment, no white
  // space outside quotes, no NUL or control character; a UTF-8 local part is allowed.
  // permanent `bad-mailbox` otherwise.
  static Result<Mailbox> parse(std::string_view text);
  // `local_part` must be what `parse` would accept before the "@".
  static Result<Mailbox> make(std::string_view local_part, const Domain& domain);

  // As written in an address, in quotes where it needs them.
  const std::string& local_part() const { return local_part_; }
  // The local part without quotes and backslashes, as the server of its domain looks it up.
  std::string unquoted_local_part() const;
  const Domain& domain() const { return domain_; }
  // local-part "@" domain.
  std::string text() const { return local_part_ + "@" + domain_.text(); }
  // True if SMTPUTF8 is needed to name it.
  bool needs_utf8() const;
  // One text for all spellings that any usual server delivers to the same person: ASCII letters of
  // the local part in lower case. For finding what was recorded about an address elsewhere (rules,
  // traces), never for delivery.
  std::string lookup_key() const;

  auto operator<=>(const Mailbox&) const = default;

 private:
  Mailbox(std::string local_part, Domain domain)
      : local_part_(std::move(local_part)), domain_(std::move(domain)) {}
  std::string local_part_;
  Domain domain_;
};

// A reverse-path: a mailbox, or nothing for the null path `<>` (RFC 5321, 4.5.5).
using ReversePath = std::optional<Mailbox>;
// `<mailbox>` or `<>`.
std::string path_text(const ReversePath& path);

// Identifies a node: SHA-256 over the DER of its identity's SubjectPublicKeyInfo.
class Fingerprint {
 public:
  static constexpr std::size_t kSize = 32;
  Fingerprint() = default;
  explicit Fingerprint(const std::array<std::uint8_t, kSize>& octets) : octets_(octets) {}
  // Exactly 32 octets, or nothing.
  static std::optional<Fingerprint> from_bytes(ByteView octets);
  // Exactly 64 lower-case hexadecimal digits, or nothing.
  static std::optional<Fingerprint> from_hex(std::string_view digits);

  ByteView view() const { return octets_; }
  std::string hex() const { return to_hex(octets_); }

  auto operator<=>(const Fingerprint&) const = default;

 private:
  std::array<std::uint8_t, kSize> octets_{};
};

}  // namespace culvert
