// base64 as a stream (RFC 2045, 6.8; RFC 4648, 4), written in lines of 76 characters with CRLF.
// Botan's decoder is an order of magnitude slower than the cipher behind it, hence our own.
//
// What is read, and nothing else:
//   text      = *group [last]           groups of four characters
//   group     = 4char                   A-Z a-z 0-9 + /
//   last      = 2char "==" / 3char "="  unused bits zero
//   line ends = CRLF or LF, mixed, between any two characters, before and behind all
// So padding ends the text, and only line ends may follow. Blanks, tabs, a CR without LF and any
// other octet are refused: what one reader skips and another does not is where a mail gets two
// meanings. A line may have any length.
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

// The octets of base64 text as described above, in pieces of any size. Every refusal is a permanent
// `bad-base64` whose text says which rule is broken; after one, nothing more may be decoded.
class Base64Decoder {
 public:
  // Appends what `text` completes to `out`, on an error what stands before the damage.
  Status decode(std::string_view text, Bytes& out);
  // To be called at the end of the text.
  Status finish() const;

 private:
  Status decode_to(std::string_view text, std::uint8_t*& to);
  bool is_between_groups() const { return characters_ == 0 && padding_ == 0 && !after_cr_; }
  Status take(char c, std::uint8_t*& to);
  Status take_line_end(char c);
  Status take_padding(std::uint8_t*& to);

  std::uint32_t bits_ = 0;  // of the group under way
  int characters_ = 0;      // of it
  int padding_ = 0;
  bool after_cr_ = false;
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
