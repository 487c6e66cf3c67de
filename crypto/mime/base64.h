// base64 as a stream (RFC 2045, 6.8; RFC 4648, 4), written in lines of 76 characters with CRLF.
// Botan's decoder is an order of magnitude slower than the cipher behind it, hence our own.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"
#include "crypto/base/stream.h"

namespace culvert::crypto {

// Octets in, lines of 76 characters with CRLF out; call `finish` once at the end.
class Base64Encoder final : public Sink {
 public:
  // `to` must outlive this.
  explicit Base64Encoder(Sink& to) : to_(to) {}
  Status write(ByteView octets) override;
  // Pads and ends the last line. An empty input gives no line at all.
  Status finish();

 private:
  // 57 octets make a line of 76 characters.
  static constexpr std::size_t kLineOctets = 57;
  Status write_lines(ByteView whole_lines);

  Sink& to_;
  std::array<std::uint8_t, kLineOctets> pending_{};
  std::size_t pending_size_ = 0;
  Bytes out_;
};

// The octets of base64 text. Accepted: the standard alphabet, CRLF or LF anywhere, padding where
// RFC 4648 demands it and nothing but line ends behind it. Everything else (other white space and
// characters, unused bits that are not zero, a missing end) is permanent `bad-base64`.
class Base64Decoder {
 public:
  // Appends what `text` completes to `out`.
  Status decode(std::string_view text, Bytes& out);
  // To be called at the end of the text.
  Status finish() const;

 private:
  Status take(char c, Bytes& out);

  std::uint32_t bits_ = 0;
  int characters_ = 0;  // of the group of four under way
  int padding_ = 0;
};

// Decodes while it is read; what stands before a damaged place is given before its error. `from`
// must outlive this.
class Base64Source final : public RewindableSource {
 public:
  explicit Base64Source(RewindableSource& from) : from_(from) {}
  Result<std::size_t> read(MutableBytes into) override;
  Status rewind() override;

 private:
  Status refill();

  RewindableSource& from_;
  Base64Decoder decoder_;
  Bytes decoded_;
  std::size_t at_ = 0;
  bool ended_ = false;
  std::optional<Error> damage_;
  Bytes text_;
};

// One line without line ends, padded.
std::string to_base64(ByteView octets);
// The inverse, line ends allowed as above.
Result<Bytes> from_base64(std::string_view text);

}  // namespace culvert::crypto
