#include "crypto/cms/der_writer.h"

#include <algorithm>

#include "crypto/keys/asn1_time.h"

namespace culvert::crypto {
namespace {

int length_octets(std::uint64_t length) {
  int count = 1;
  while (count < 8 && (length >> (8 * count)) != 0)
    ++count;
  return count;
}

}  // namespace

std::size_t der_header_size(std::uint64_t length) {
  return length < 0x80 ? 2 : 2 + static_cast<std::size_t>(length_octets(length));
}

void append_der_header(Bytes& to, std::uint8_t identifier, std::uint64_t length) {
  to.push_back(identifier);
  if (length < 0x80) {
    to.push_back(static_cast<std::uint8_t>(length));
    return;
  }
  const int count = length_octets(length);
  to.push_back(static_cast<std::uint8_t>(0x80 | count));
  for (int i = count - 1; i >= 0; --i)
    to.push_back(static_cast<std::uint8_t>(length >> (8 * i)));
}

Bytes der(std::uint8_t identifier, std::initializer_list<ByteView> parts) {
  std::size_t size = 0;
  for (const ByteView part : parts)
    size += part.size();
  Bytes out;
  out.reserve(der_header_size(size) + size);
  append_der_header(out, identifier, size);
  for (const ByteView part : parts)
    append(out, part);
  return out;
}

Bytes der_sequence(std::initializer_list<ByteView> parts) { return der(kTagSequence, parts); }

Bytes der_set_of(std::vector<Bytes> elements, std::uint8_t identifier) {
  std::sort(elements.begin(), elements.end());
  std::size_t size = 0;
  for (const Bytes& element : elements)
    size += element.size();
  Bytes out;
  append_der_header(out, identifier, size);
  for (const Bytes& element : elements)
    append(out, element);
  return out;
}

Bytes der_integer(std::uint32_t value) {
  Bytes content;
  for (int shift = 24; shift >= 0; shift -= 8) {
    const auto octet = static_cast<std::uint8_t>(value >> shift);
    if (!content.empty() || octet != 0 || shift == 0) content.push_back(octet);
  }
  if ((content.front() & 0x80) != 0) content.insert(content.begin(), 0);
  return der(kTagInteger, {content});
}

Bytes der_oid(const Oid& oid) { return der(kTagOid, {oid.octets()}); }

Bytes der_octet_string(ByteView content) { return der(kTagOctetString, {content}); }

Bytes der_time(Time t) {
  const std::string text = asn1_time_text(t);
  constexpr std::size_t kUtcTimeLength = 13;
  return der(text.size() == kUtcTimeLength ? kTagUtcTime : kTagGeneralizedTime, {as_bytes(text)});
}

Bytes der_algorithm(const Oid& oid) { return der_sequence({der_oid(oid)}); }

void append_indefinite(Bytes& to, std::uint8_t identifier) {
  to.push_back(identifier);
  to.push_back(0x80);
}

void append_end(Bytes& to, int levels) { to.insert(to.end(), std::size_t{2} * levels, 0); }

}  // namespace culvert::crypto
