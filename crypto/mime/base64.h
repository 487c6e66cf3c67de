// base64 as a stream (RFC 2045, 6.8; RFC 4648, 4), written in lines of 76 characters with CRLF.
// Botan's decoder is an order of magnitude slower than the cipher after it, hence our own.
//
// What is read, and nothing else:
//   text      = *group [last]           groups of four characters
//   group     = 4char                   A-Z a-z 0-9 + /
//   last      = 2char "==" / 3char "="  unused bits zero
//   line ends = CRLF or LF, mixed, between any two characters, before and behind all
// So padding ends the text, and only line ends may follow. A line may have any length. Between two
// nodes, blanks, tabs, a CR without LF and any other octet are refused: an octet that one reader
// skips and another does not gives a text two meanings. In the CMS objects of a mail a reader must
// pass over such octets (RFC 2045, 6.8), because mail servers leave them there. Base64Source does,
// counts them, and refuses too many. This makes nothing more credible: the result must still be one
// whole object whose seal or signature is right.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"
#include "crypto/base/stream.h"
#include "crypto/mime/object_end.h"
#include "crypto/mime/text_behind.h"

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

// How much a reader passes over in a mail, in octets. A relay may leave a blank or two at the end
// of each line, or indent the lines: up to half of the text's octets may be blanks, and this many
// more for lines of nothing but blanks.
inline constexpr std::uint64_t kFreeBlanks = 4096;
// Enough for quotation marks at each line of a short text, or for a few damaged octets. A mail that
// is full of them is not one that was sealed.
inline constexpr std::uint64_t kMaxStrayOctets = 4096;

// What to do with octets outside the alphabet other than line ends.
enum class StrayOctets { refuse, pass_over };

// Decodes base64 text as described above, in pieces of any size. Every refusal is a permanent
// `bad-base64` whose text says which rule is broken; after one, nothing more may be decoded.
class Base64Decoder {
 public:
  explicit Base64Decoder(StrayOctets strays = StrayOctets::refuse) : strays_(strays) {}
  // Appends to `out` what `text` completes; on an error, what precedes the damage. If stray octets
  // are passed over, it stops after complete padding.
  Status decode(std::string_view text, Bytes& out);
  // To be called at the end of the text.
  Status finish() const;

  // Characters of the current group.
  std::size_t characters() const { return static_cast<std::size_t>(characters_); }
  bool is_padded() const { return padding_ > 0 && characters_ + padding_ == 4; }
  // How much of the text of the last call was read.
  std::size_t taken() const { return taken_; }
  // How many octets were passed over.
  std::uint64_t passed_over() const { return blank_count_ + stray_count_; }

 private:
  Status decode_to(std::string_view& text, std::uint8_t*& to);
  Status decode_singly(std::string_view& text, bool damaged, std::uint8_t*& to);
  bool is_between_groups() const { return characters_ == 0 && padding_ == 0 && !after_cr_; }
  Status take(char c, std::uint8_t*& to);
  Status take_character(std::uint8_t value, std::uint8_t*& to);
  Status take_padding(std::uint8_t*& to);
  Status pass_over(char c);

  StrayOctets strays_;
  std::uint32_t bits_ = 0;  // of the current group
  int characters_ = 0;      // of the current group
  int padding_ = 0;
  bool after_cr_ = false;
  std::size_t taken_ = 0;
  std::uint64_t seen_ = 0;  // octets of text
  std::uint64_t blank_count_ = 0;
  std::uint64_t stray_count_ = 0;
};

// One BER object in the base64 text of a mail, decoded while it is read. Octets before damage are
// given before its error. Octets outside the alphabet are passed over, and so are lines of text
// after the object or its padding (text_behind.h); both are limited and counted. permanent
// `bad-base64`; `trailing-octets` for more base64 after the object. `from` must outlive this.
class Base64Source final : public RewindableSource {
 public:
  explicit Base64Source(RewindableSource& from) : from_(from) {}
  Result<std::size_t> read(MutableBytes into) override;
  Status rewind() override;

  // How many octets that are not base64 were met so far, without line ends. Of several passes the
  // one that met most counts, since a pass that ended earlier may have met fewer.
  std::uint64_t passed_over() const;

 private:
  Status refill();
  Status take(std::string_view text);
  Status finish();
  std::optional<std::size_t> end_in(std::string_view text, std::size_t under_way);

  RewindableSource& from_;
  Base64Decoder decoder_{StrayOctets::pass_over};
  ObjectEnd object_;
  std::optional<TextBehind> behind_;    // once the object has ended
  std::uint64_t passed_over_ = 0;       // before that
  std::uint64_t most_passed_over_ = 0;  // in an earlier pass
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
