#include "crypto/keys/comparable_name.h"

#include <botan/asn1_obj.h>
#include <botan/ber_dec.h>

#include <algorithm>
#include <exception>

#include "crypto/base/unicode.h"
#include "crypto/base/utf8.h"
#include "crypto/keys/name_strings.h"

namespace culvert::crypto {
namespace {

// Removes white space at the ends, and reduces white space inside to one space.
std::string folded(std::string_view written) {
  const bool is_other = !is_ascii(written) && is_utf8(written);
  const std::string text = is_other ? without_case(written) : std::string(written);
  std::string out;
  for (const char c : text) {
    const bool is_upper = c >= 'A' && c <= 'Z';
    if (c != ' ') {
      out += is_upper ? static_cast<char>(c - 'A' + 'a') : c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::string comparable_value(Botan::BER_Decoder& from) {
  const Botan::BER_Object& next = from.peek_next_object();
  const bool is_string = Botan::ASN1_String::is_string_type(next.type()) &&
                         next.get_class() == Botan::ASN1_Class::Universal;
  const Characters characters =
      is_string ? characters_of(static_cast<std::uint8_t>(next.type()), next.data())
                : Characters::of_its_kind;
  if (is_string && characters == Characters::of_its_kind) {
    Botan::ASN1_String text;
    from.decode(text);
    return "s" + folded(text.value());
  }
  const Botan::BER_Object object = from.get_next_object();
  if (characters == Characters::ascii) return "s" + folded(to_text(object.data()));
  // Nobody knows which letters unsure octets stand for: only the same octets are the same text.
  return std::to_string(object.tagging()) + ":" + to_text(object.data());
}

// Each piece follows its length, so that no value looks like two.
std::string framed(const std::string& text) { return std::to_string(text.size()) + ":" + text; }

std::string comparable_attribute(Botan::BER_Decoder& set) {
  Botan::BER_Decoder attribute = set.start_sequence();
  Botan::OID kind;
  attribute.decode(kind);
  std::string out = kind.to_string() + "=" + framed(comparable_value(attribute));
  attribute.end_cons();
  return out;
}

std::string comparable_rdn(Botan::BER_Decoder& sequence) {
  Botan::BER_Decoder set = sequence.start_set();
  std::vector<std::string> attributes;
  while (set.more_items())
    attributes.push_back(comparable_attribute(set));
  set.end_cons();
  std::sort(attributes.begin(), attributes.end());
  std::string out;
  for (const std::string& one : attributes)
    out += one;
  return out;
}

}  // namespace

ComparableName comparable_name(ByteView der) {
  Botan::BER_Decoder outer(der);
  Botan::BER_Decoder sequence = outer.start_sequence();
  ComparableName out;
  while (sequence.more_items())
    out.push_back(comparable_rdn(sequence));
  sequence.end_cons();
  outer.verify_end();
  return out;
}

bool is_same_name(ByteView der, const ComparableName& name) {
  if (der.size() > kMaxComparedNameBytes) return false;
  try {
    return comparable_name(der) == name;
  } catch (const std::exception&) {
    return false;
  }
}

bool is_within(const ComparableName& name, const ComparableName& base) {
  return base.size() <= name.size() && std::equal(base.begin(), base.end(), name.begin());
}

}  // namespace culvert::crypto
