// name_text of certificate.h, and shown_name of certificate_parts.h.
#include <algorithm>
#include <array>
#include <utility>

#include "crypto/base/code_points.h"
#include "crypto/base/log.h"
#include "crypto/keys/ber_elements.h"
#include "crypto/keys/certificate_parts.h"
#include "crypto/keys/name_strings.h"

namespace culvert::crypto {
namespace {

constexpr std::size_t kMaxShownOctets = 200;
constexpr std::size_t kMaxSerialOctets = 20;  // RFC 5280, 4.1.2.2

// The names of RFC 4514, section 3, then those of RFC 4519, RFC 2985, RFC 3739 and others that all
// programs use.
constexpr std::array<std::pair<std::string_view, std::string_view>, 31> kAttributes{{
    {"2.5.4.3", "CN"},
    {"2.5.4.7", "L"},
    {"2.5.4.8", "ST"},
    {"2.5.4.10", "O"},
    {"2.5.4.11", "OU"},
    {"2.5.4.6", "C"},
    {"2.5.4.9", "STREET"},
    {"0.9.2342.19200300.100.1.25", "DC"},
    {"0.9.2342.19200300.100.1.1", "UID"},
    {"2.5.4.4", "SN"},
    {"2.5.4.5", "serialNumber"},
    {"2.5.4.12", "title"},
    {"2.5.4.13", "description"},
    {"2.5.4.15", "businessCategory"},
    {"2.5.4.16", "postalAddress"},
    {"2.5.4.17", "postalCode"},
    {"2.5.4.18", "postOfficeBox"},
    {"2.5.4.20", "telephoneNumber"},
    {"2.5.4.41", "name"},
    {"2.5.4.42", "GN"},
    {"2.5.4.43", "initials"},
    {"2.5.4.44", "generationQualifier"},
    {"2.5.4.46", "dnQualifier"},
    {"2.5.4.65", "pseudonym"},
    {"2.5.4.97", "organizationIdentifier"},
    {"0.9.2342.19200300.100.1.3", "mail"},
    {"1.2.840.113549.1.9.1", "emailAddress"},
    {"1.2.840.113549.1.9.2", "unstructuredName"},
    {"1.3.6.1.4.1.311.60.2.1.1", "jurisdictionL"},
    {"1.3.6.1.4.1.311.60.2.1.2", "jurisdictionST"},
    {"1.3.6.1.4.1.311.60.2.1.3", "jurisdictionC"},
}};

std::string_view short_name(std::string_view oid) {
  const auto* found = std::find_if(kAttributes.begin(), kAttributes.end(),
                                   [&](const auto& row) { return row.first == oid; });
  return found == kAttributes.end() ? std::string_view() : found->second;
}

bool is_special(char32_t c) {
  return c == '"' || c == '+' || c == ',' || c == ';' || c == '<' || c == '>' || c == '\\';
}

void append_hex_pairs(std::string& to, std::string_view octets) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  for (const char c : octets) {
    const auto octet = static_cast<std::uint8_t>(c);
    to += {'\\', kDigits[octet >> 4], kDigits[octet & 15]};
  }
}

// RFC 4514, 2.4. Also escapes, as it allows, what a terminal does not show as it is: anybody can
// put that into a certificate.
std::string escaped(std::string_view value) {
  value = value.substr(0, kMaxShownOctets + 1);
  std::string out;
  CodePointReader reader(value);
  const char* const first = value.data();
  while (const auto item = reader.next()) {
    const char32_t c = item->code_point;
    const bool at_front = item->octets.data() == first;
    const bool at_end = item->octets.data() + item->octets.size() == first + value.size();
    if (!item->may_be_shown) {
      append_hex_pairs(out, item->octets);
      continue;
    }
    if (is_special(c) || (c == ' ' && (at_front || at_end)) || (c == '#' && at_front)) out += '\\';
    out += item->octets;
  }
  return out;
}

// An attribute that has no short name, or whose value is not text, shows the value in BER.
std::string attribute_text(BerElements& set) {
  BerElements attribute = set.enter(BerTag::sequence);
  const std::string oid = attribute.oid();
  const ByteView element = attribute.whole();
  if (!attribute.finished()) return "?";
  const std::string_view name = short_name(oid);
  const auto text = name.empty() ? std::nullopt : string_in(element);
  std::string out = name.empty() ? oid : std::string(name);
  if (text) return out + "=" + escaped(*text);
  return out + "=#" + to_hex(element.first(std::min(element.size(), kMaxShownOctets)));
}

std::string rdn_text(BerElements set) {
  std::string out;
  while (set.more() && out.size() <= kMaxShownOctets)
    out += (out.empty() ? "" : "+") + attribute_text(set);
  return out;
}

}  // namespace

std::string name_text(ByteView der) {
  BerElements outer(der);
  BerElements sequence = outer.enter(BerTag::sequence);
  std::vector<BerElements> names;
  while (sequence.more())
    names.push_back(sequence.enter(BerTag::set));
  if (!outer.finished() || !sequence.finished()) return "?";
  // RFC 4514, 2.1: the last element comes first.
  std::string out;
  for (auto name = names.rbegin(); name != names.rend() && out.size() <= kMaxShownOctets; ++name)
    out += (out.empty() ? "" : ",") + rdn_text(*name);
  return printable(out, kMaxShownOctets);
}

std::string shown_name(const CertificateParts& parts) {
  std::string name = name_text(parts.subject_der);
  if (!name.empty()) return name;
  if (!parts.addresses.empty()) return printable(parts.addresses.front().text());
  return "serial number " +
         to_hex(ByteView(parts.serial).first(std::min(parts.serial.size(), kMaxSerialOctets)));
}

}  // namespace culvert::crypto
