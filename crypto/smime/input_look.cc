#include "crypto/smime/input_look.h"

#include <algorithm>
#include <string_view>

#include "crypto/cms/asn1_tag.h"
#include "crypto/mime/base64_groups.h"
#include "crypto/mime/entity_front.h"

namespace culvert::crypto {
namespace {

constexpr std::size_t kMinBase64Line = 40;  // shorter lines may be a word

bool is_utf16(std::string_view text) {
  const bool has_mark = text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff");
  const std::string_view front = text.substr(0, 8);
  const auto nuls = std::count(front.begin(), front.end(), '\0');
  return has_mark || (front.size() == 8 && nuls == 4 && (front[0] == '\0') != (front[1] == '\0'));
}

bool is_base64_char(char c) { return base64_value(c) != kNotBase64 || c == '='; }

bool is_base64(std::string_view text) {
  const std::string_view line = text.substr(0, text.find_first_of("\r\n"));
  return line.size() >= kMinBase64Line && std::all_of(line.begin(), line.end(), is_base64_char);
}

// A SEQUENCE in DER with a given length. No text begins so.
bool is_der(ByteView octets) {
  return octets.size() > 4 && octets[0] == kTagSequence && octets[1] >= 0x80 && octets[1] <= 0x84;
}

// What the first element in it tells: PKCS#12 has its version there, 3.
std::string der_look(ByteView octets) {
  const std::size_t first = 2 + std::size_t{octets[1] & 0x7fU};
  const bool is_version = octets.size() > first + 2 && octets[first] == kTagInteger;
  if (is_version && octets[first + 2] == 3) {
    return "it looks like PKCS#12, a file of keys (--key or --cert takes that)";
  }
  if (is_version) return "it is DER, and looks like a private key";
  return "it is DER of another kind, a certificate perhaps";
}

}  // namespace

std::string input_look(ByteView front) {
  const std::string_view text = as_text(front);
  if (is_utf16(text)) return "it is text in UTF-16: save it as UTF-8 without byte order mark";
  if (text.starts_with(kByteOrderMark)) {
    const ByteView behind = front.subspan(kByteOrderMark.size());
    if (is_der(behind)) return "it is DER behind a byte order mark (U+FEFF): take that away";
    const std::string look = input_look(behind);
    return look.empty() ? look : look + ", behind a byte order mark (U+FEFF)";
  }
  if (is_der(front)) return der_look(front);
  if (!is_base64(text)) return {};
  return "it looks like base64 alone: put it between the lines -----BEGIN PKCS7----- and "
         "-----END PKCS7-----";
}

}  // namespace culvert::crypto
