// What the envelope of a mail says besides its addresses: BODY (RFC 6152), RET, ENVID, NOTIFY and
// ORCPT (RFC 3461, 4; RFC 6533, 3). The SMTP dialogues, the queue and the seal of a tunnel use the
// same values, so that all of them understand a value alike.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/base/names.h"

namespace culvert {

// Numbers are frozen: they are stored.
enum class BodyKind : std::uint8_t { seven_bit = 0, eight_bit_mime = 1 };

// RET: how much of the message a failure report returns. Numbers are frozen.
enum class Ret : std::uint8_t { unset = 0, full = 1, hdrs = 2 };

// NOTIFY: when the sender wants a report. If nothing is set, it was not given.
struct Notify {
  bool never = false;  // excludes the others
  bool success = false;
  bool failure = false;
  bool delay = false;

  bool given() const { return never || success || failure || delay; }
  // `FAILURE,DELAY`, `NEVER`; empty if not given.
  std::string text() const;
  // Accepts any letter case and any order, each word once; nothing for any other text.
  static std::optional<Notify> parse(std::string_view text);
  // Accepts what `text` gives, in any order; nothing for any other text.
  static std::optional<Notify> from_text(std::string_view text);
  bool operator==(const Notify&) const = default;
};

struct Recipient {
  Mailbox mailbox;
  Notify notify{};
  std::string orcpt{};  // satisfies is_orcpt; empty: not given
  bool operator==(const Recipient&) const = default;
};

// RFC 3461, 4.4 and 4.2.
inline constexpr std::size_t kMaxEnvidOctets = 100;
inline constexpr std::size_t kMaxOrcptOctets = 500;

// ENVID in its wire form: xtext, not empty, at most kMaxEnvidOctets.
bool is_envid(std::string_view text);
// ORCPT in its wire form: `type;xtext`, or `utf-8;` and what RFC 6533 allows, which is not decoded;
// no blank, no control, at most kMaxOrcptOctets.
bool is_orcpt(std::string_view text);

// xtext: `+`, `=` and everything outside visible ASCII become `+` and two upper-case hexadecimal
// digits.
std::string encode_xtext(std::string_view text);
std::optional<std::string> decode_xtext(std::string_view text);

}  // namespace culvert
