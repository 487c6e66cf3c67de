#include "crypto/mime/seven_bit.h"

#include <algorithm>
#include <cstring>
#include <string>

namespace culvert::crypto {
namespace {

Error not_seven_bit(std::uint64_t line, const std::string& what) {
  return permanent_error(
      "not-seven-bit",
      "line " + std::to_string(line) + " of what is to be signed " + what +
          ": mail servers on the way may change that, and break the signature. Encode the text in "
          "quoted-printable or base64 (names and subjects as in RFC 2047), or sign it inside the "
          "signed object (opaque) or a sealed message");
}

}  // namespace

Status SevenBitCheck::take(ByteView octets) {
  while (!octets.empty()) {
    const void* const found = std::memchr(octets.data(), '\n', octets.size());
    const bool ends = found != nullptr;
    const std::size_t size =
        ends ? static_cast<std::size_t>(static_cast<const std::uint8_t*>(found) - octets.data())
             : octets.size();
    const ByteView piece = octets.first(size);
    if (std::any_of(piece.begin(), piece.end(), [](std::uint8_t c) { return c > 0x7f; })) {
      return not_seven_bit(line_, "holds letters that are not ASCII (8-bit)");
    }
    length_ += size;
    if (length_ > kMaxTransportLineOctets + 1) {
      return not_seven_bit(line_, "is longer than 998 octets");
    }
    if (!ends) return done();
    ++line_;
    length_ = 0;
    octets = octets.subspan(size + 1);
  }
  return done();
}

}  // namespace culvert::crypto
