#include "crypto/keys/name_strings.h"

#include <botan/asn1_obj.h>
#include <botan/ber_dec.h>

#include <algorithm>
#include <array>
#include <exception>
#include <string_view>
#include <vector>

#include "crypto/keys/ber_elements.h"

namespace culvert::crypto {
namespace {

constexpr std::uint8_t kUtf8 = 0x0c;
constexpr std::uint8_t kNumeric = 0x12;
constexpr std::uint8_t kPrintable = 0x13;
constexpr std::uint8_t kTeletex = 0x14;  // Botan reads it as Latin-1
constexpr std::uint8_t kIa5 = 0x16;
constexpr std::uint8_t kVisible = 0x1a;
constexpr std::uint8_t kFiller = 'x';

// Common name, serial number and mail address: we read their values from Botan.
constexpr std::array<std::string_view, 3> kRead{"2.5.4.3", "2.5.4.5", "1.2.840.113549.1.9.1"};

bool is_visible(std::uint8_t c) { return c >= 0x20 && c < 0x7f; }

bool is_printable(std::uint8_t c) {
  constexpr std::string_view kMarks = " '()+,-./:=?";
  const bool is_letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  return is_letter || (c >= '0' && c <= '9') ||
         kMarks.find(static_cast<char>(c)) != std::string_view::npos;
}

bool is_allowed(std::uint8_t tag, std::uint8_t c) {
  switch (tag) {
    case kNumeric:
      return c == ' ' || (c >= '0' && c <= '9');
    case kPrintable:
      return is_printable(c);
    case kIa5:
      return c < 0x80;
    case kVisible:
      return is_visible(c);
    default:
      return true;
  }
}

struct Value {
  std::string attribute;  // the OID
  ByteView whole;
};

// If `name` is not a Name, the values before the fault.
std::vector<Value> values_of(ByteView name) {
  std::vector<Value> values;
  BerElements outer(name);
  BerElements sequence = outer.enter(BerTag::sequence);
  while (sequence.more()) {
    BerElements set = sequence.enter(BerTag::set);
    while (set.more()) {
      BerElements attribute = set.enter(BerTag::sequence);
      std::string oid = attribute.oid();
      const ByteView whole = attribute.whole();
      if (attribute.finished()) values.push_back({std::move(oid), whole});
    }
  }
  return values;
}

// The octets of identifier and length; nothing if the length is indefinite.
std::optional<std::size_t> header_size(ByteView element) {
  if (element[1] < 0x80) return 2;
  if (element[1] == 0x80) return std::nullopt;
  return 2 + std::size_t{element[1]} - 0x80;
}

Characters characters_in(ByteView element) {
  const auto header = header_size(element);
  return header ? characters_of(element[0], element.subspan(*header)) : Characters::of_its_kind;
}

bool is_string(std::uint8_t tag) {
  return Botan::ASN1_String::is_string_type(Botan::ASN1_Type{tag});
}

// `element` is a whole element.
void make_usual(const std::string& attribute, MutableBytes element) {
  const auto header = header_size(element);
  if (!header) return;
  const MutableBytes content = element.subspan(*header);
  if (is_string(element[0])) {
    const Characters characters = characters_of(element[0], content);
    if (characters == Characters::ascii) element[0] = kUtf8;
    if (characters == Characters::unsure) element[0] = kTeletex;
    return;
  }
  if (std::find(kRead.begin(), kRead.end(), attribute) != kRead.end()) return;
  element[0] = kUtf8;
  std::fill(content.begin(), content.end(), kFiller);
}

}  // namespace

Characters characters_of(std::uint8_t tag, ByteView content) {
  if (std::all_of(content.begin(), content.end(), [&](auto c) { return is_allowed(tag, c); })) {
    return Characters::of_its_kind;
  }
  const bool is_text = std::all_of(content.begin(), content.end(),
                                   [](auto c) { return is_visible(c) || c >= 0x80; });
  if (!is_text) return Characters::of_its_kind;
  return std::all_of(content.begin(), content.end(), is_visible) ? Characters::ascii
                                                                 : Characters::unsure;
}

void make_strings_usual(MutableBytes name) {
  for (const Value& value : values_of(name)) {
    const auto at = static_cast<std::size_t>(value.whole.data() - name.data());
    make_usual(value.attribute, name.subspan(at, value.whole.size()));
  }
}

std::optional<std::string> string_in(ByteView element) {
  try {
    if (element.size() < 2 || !is_string(element[0])) return std::nullopt;
    Bytes usual(element.begin(), element.end());
    make_usual({}, usual);
    Botan::ASN1_String text;
    Botan::BER_Decoder(usual).decode(text).verify_end();
    return text.value();
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

bool has_unsure_string(ByteView name) {
  const auto values = values_of(name);
  return std::any_of(values.begin(), values.end(), [](const Value& value) {
    return characters_in(value.whole) == Characters::unsure;
  });
}

}  // namespace culvert::crypto
