#include "crypto/keys/certificate_fields.h"

#include <algorithm>
#include <string_view>

#include "crypto/keys/asn1_time.h"
#include "crypto/keys/ber_elements.h"
#include "crypto/keys/certificate.h"
#include "crypto/keys/name_strings.h"

namespace culvert::crypto {
namespace {

constexpr std::uint8_t kUtcTime = 0x17;
constexpr std::uint8_t kGeneralizedTime = 0x18;
constexpr std::size_t kHeaderBytes = 2;
// The replacement for a time that Botan refuses, with room on both sides.
constexpr std::string_view kUsualTime = "20500101000000Z";
constexpr std::string_view kFirstUsual = "19500101000000Z";
constexpr std::string_view kLastUsual = "29991231235959Z";

// Digit strings of equal length compare as the times do.
bool is_usual(std::string_view text) { return kFirstUsual <= text && text <= kLastUsual; }

void make_usual(Bytes& der, std::size_t at, ByteView element) {
  const bool is_long = element[0] == kGeneralizedTime;
  const std::string_view text = as_text(element.subspan(kHeaderBytes));
  if (!is_long || text.size() != kUsualTime.size() || is_usual(text)) return;
  std::copy(kUsualTime.begin(), kUsualTime.end(),
            der.begin() + static_cast<std::ptrdiff_t>(at + kHeaderBytes));
}

}  // namespace

std::optional<CertificateFields> find_certificate_fields(ByteView der) {
  CertificateFields found;
  BerElements in(der);
  BerElements certificate = in.enter(BerTag::sequence);
  found.signed_body = certificate.whole();
  BerElements outer(found.signed_body);
  BerElements fields = outer.enter(BerTag::sequence);
  if (fields.peek() == BerTag::context_0) fields.whole();  // the version
  found.serial = fields.content(BerTag::integer);
  fields.enter(BerTag::sequence);  // the algorithm
  if (fields.peek() != BerTag::sequence) return std::nullopt;
  found.issuer = fields.whole();
  BerElements validity = fields.enter(BerTag::sequence);
  found.not_before = validity.whole();
  found.not_after = validity.whole();
  if (!validity.finished() || fields.peek() != BerTag::sequence) return std::nullopt;
  found.subject = fields.whole();
  if (!in.finished() || !fields.good()) return std::nullopt;
  return found;
}

std::optional<Time> time_in(ByteView element) {
  if (element.size() < kHeaderBytes || element[1] != element.size() - kHeaderBytes) {
    return std::nullopt;
  }
  const std::string_view text = as_text(element.subspan(kHeaderBytes));
  // The text of one form under the tag of the other would be a second encoding of the same time.
  const bool is_long = text.size() == kUsualTime.size();
  if (element[0] != (is_long ? kGeneralizedTime : kUtcTime)) return std::nullopt;
  return parse_asn1_time(text);
}

Bytes with_usual_fields(ByteView der, const CertificateFields& fields) {
  Bytes usual(der.begin(), der.end());
  for (const ByteView time : {fields.not_before, fields.not_after})
    make_usual(usual, static_cast<std::size_t>(time.data() - der.data()), time);
  for (const ByteView name : {fields.issuer, fields.subject}) {
    const auto at = static_cast<std::size_t>(name.data() - der.data());
    make_strings_usual(MutableBytes(usual).subspan(at, name.size()));
  }
  return usual;
}

std::string subject_text_in(ByteView der) {
  const auto fields = find_certificate_fields(der);
  return fields ? name_text(fields->subject) : "";
}

}  // namespace culvert::crypto
