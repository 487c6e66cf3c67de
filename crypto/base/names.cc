#include "crypto/base/names.h"

#include <idn2.h>
#include <libpsl.h>

#include <algorithm>
#include <memory>

#include "crypto/base/ascii.h"
#include "crypto/base/limits.h"
#include "crypto/base/log.h"
#include "crypto/base/utf8.h"

namespace culvert {
namespace {

constexpr std::size_t kMaxLabelOctets = 63;

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool is_label(std::string_view label) {
  if (label.empty() || label.size() > kMaxLabelOctets) return false;
  if (label.front() == '-' || label.back() == '-') return false;
  return std::all_of(label.begin(), label.end(),
                     [](char c) { return is_letter_or_digit(c) || c == '-'; });
}

bool is_host_name(std::string_view name) {
  if (name.empty() || name.size() > kMaxDomainOctets) return false;
  std::string_view last;
  while (true) {
    const std::size_t dot = name.find('.');
    last = name.substr(0, dot);
    if (!is_label(last)) return false;
    if (dot == std::string_view::npos) break;
    name.remove_prefix(dot + 1);
  }
  // An all-digit last label is an address, not a name (RFC 3696, 2).
  return !std::all_of(last.begin(), last.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// The A-label form, lower case; empty if there is none.
std::string to_a_labels(std::string_view text) {
  if (is_ascii(text)) return lower_case(text);
  if (!is_utf8(text) || text.find('\0') != std::string_view::npos) return {};
  char* converted = nullptr;
  const std::string terminated(text);
  if (idn2_to_ascii_8z(terminated.c_str(), &converted, IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT) !=
      IDN2_OK) {
    return {};
  }
  std::string out(converted);
  idn2_free(converted);
  return out;
}

// atext of RFC 5322, 3.2.3, and UTF8-non-ascii of RFC 6531, 3.3.
bool is_atext(char c) {
  constexpr std::string_view kSpecials = "!#$%&'*+-/=?^_`{|}~";
  return is_letter_or_digit(c) || (c >= 'A' && c <= 'Z') ||
         kSpecials.find(c) != std::string_view::npos || static_cast<unsigned char>(c) >= 0x80;
}

bool is_dot_string(std::string_view local) {
  if (local.empty() || local.front() == '.' || local.back() == '.') return false;
  char before = 0;
  for (const char c : local) {
    if (c == '.' ? before == '.' : !is_atext(c)) return false;
    before = c;
  }
  return true;
}

// Quoted-string of RFC 5321, 4.1.2: no control characters, `"` and `\` only after a backslash.
bool is_quoted_string(std::string_view local) {
  if (local.size() < 2 || local.front() != '"' || local.back() != '"') return false;
  const std::string_view inner = local.substr(1, local.size() - 2);
  for (std::size_t i = 0; i < inner.size(); ++i) {
    const auto c = static_cast<unsigned char>(inner[i]);
    if (c < 0x20 || c == 0x7f || c == '"') return false;
    if (c != '\\') continue;
    if (++i == inner.size()) return false;
    const auto escaped = static_cast<unsigned char>(inner[i]);
    if (escaped < 0x20 || escaped > 0x7e) return false;
  }
  return true;
}

// The content of a quoted-string.
std::string unquoted(std::string_view quoted) {
  std::string out;
  for (std::size_t i = 1; i + 1 < quoted.size(); ++i) {
    if (quoted[i] == '\\') ++i;
    out.push_back(quoted[i]);
  }
  return out;
}

// In quotes, with the backslashes that it needs and no others.
std::string in_quotes(std::string_view content) {
  std::string out = "\"";
  for (const char c : content) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  return out + "\"";
}

bool is_local_part(std::string_view local) {
  return local.size() <= kMaxLocalPartOctets && is_utf8(local) &&
         (is_dot_string(local) || is_quoted_string(local));
}

// The one spelling for all that mean the same (RFC 5321, 4.1.2).
std::string canonical_local_part(std::string_view local) {
  if (is_dot_string(local)) return std::string(local);
  const std::string content = unquoted(local);
  return is_dot_string(content) ? content : in_quotes(content);
}

// What is wrong with a text that is not a host name, if that can be said.
std::string fault_of_domain(std::string_view text) {
  if (text.starts_with('[')) return ": an address in brackets is none; name the domain";
  if (text.find('_') != std::string_view::npos)
    return ": '_' may not stand in it, only letters, digits and hyphens between its dots";
  return "";
}

std::string fault_of_local_part(std::string_view local) {
  if (local.size() <= kMaxLocalPartOctets) return "";
  return ": the part before @ is longer than " + std::to_string(kMaxLocalPartOctets) + " octets";
}

}  // namespace

Result<Domain> Domain::parse(std::string_view text) {
  std::string_view bare = text;
  if (!bare.empty() && bare.back() == '.') bare.remove_suffix(1);
  std::string name = to_a_labels(bare);
  if (!is_host_name(name)) {
    return permanent_error(
        "bad-domain", "'" + printable(text, 80) + "' is not a domain name" + fault_of_domain(text));
  }
  return Domain(std::move(name));
}

bool Domain::is_within(const Domain& ancestor) const {
  if (text_ == ancestor.text_) return true;
  return text_.size() > ancestor.text_.size() && text_.ends_with(ancestor.text_) &&
         text_[text_.size() - ancestor.text_.size() - 1] == '.';
}

bool Domain::is_public_suffix() const {
  if (text_.find('.') == std::string::npos) return true;
  return psl_is_public_suffix2(psl_builtin(), text_.c_str(),
                               PSL_TYPE_ICANN | PSL_TYPE_NO_STAR_RULE) != 0;
}

Result<Mailbox> Mailbox::parse(std::string_view text) {
  const std::size_t at = text.rfind('@');
  if (at == std::string_view::npos || !is_local_part(text.substr(0, at))) {
    return permanent_error(
        "bad-mailbox",
        "'" + printable(text, 80) + "' is not a mail address" +
            (at == std::string_view::npos ? "" : fault_of_local_part(text.substr(0, at))));
  }
  auto domain = Domain::parse(text.substr(at + 1));
  if (!domain) return domain.error();
  return Mailbox(canonical_local_part(text.substr(0, at)), *std::move(domain));
}

Result<Mailbox> Mailbox::make(std::string_view local_part, const Domain& domain) {
  if (!is_local_part(local_part)) {
    return permanent_error("bad-mailbox", "'" + printable(local_part, 80) +
                                              "' is not a local part" +
                                              fault_of_local_part(local_part));
  }
  return Mailbox(canonical_local_part(local_part), domain);
}

bool Mailbox::needs_utf8() const { return !is_ascii(local_part_); }

std::string Mailbox::unquoted_local_part() const {
  return local_part_.front() == '"' ? unquoted(local_part_) : local_part_;
}

std::string Mailbox::lookup_key() const { return lower_case(local_part_) + "@" + domain_.text(); }

std::string path_text(const ReversePath& path) { return path ? "<" + path->text() + ">" : "<>"; }

std::optional<Fingerprint> Fingerprint::from_bytes(ByteView octets) {
  if (octets.size() != kSize) return std::nullopt;
  std::array<std::uint8_t, kSize> copy{};
  std::copy(octets.begin(), octets.end(), copy.begin());
  return Fingerprint(copy);
}

std::optional<Fingerprint> Fingerprint::from_hex(std::string_view digits) {
  if (std::any_of(digits.begin(), digits.end(), [](char c) { return c >= 'A' && c <= 'F'; })) {
    return std::nullopt;
  }
  const auto octets = culvert::from_hex(digits);
  return octets ? from_bytes(*octets) : std::nullopt;
}

}  // namespace culvert
