#include "crypto/mime/base64.h"

#include <algorithm>

#include "crypto/base/limits.h"
#include "crypto/mime/base64_groups.h"

namespace culvert::crypto {
namespace {

constexpr std::size_t kLineCharacters = 76;
constexpr std::size_t kWrittenLine = kLineCharacters + 2;
constexpr std::size_t kLinesAtOnce = kStreamChunkBytes / kWrittenLine;

Error bad_base64(const char* why) {
  return permanent_error("bad-base64", std::string("the base64 text is damaged: ") + why);
}

// Encodes all of `in` to `out`, with padding at the end; returns one past the last character.
std::uint8_t* encode_run(ByteView in, std::uint8_t* out) {
  const std::size_t rest = in.size() % 3;
  const std::size_t whole = in.size() - rest;
  encode_groups(in.first(whole), out);
  out += whole / 3 * 4;
  if (rest == 0) return out;
  std::array<std::uint8_t, 3> last{};
  std::copy(in.begin() + static_cast<std::ptrdiff_t>(whole), in.end(), last.begin());
  encode_groups(last, out);
  out[3] = '=';
  if (rest == 1) out[2] = '=';
  return out + 4;
}

std::uint8_t* end_line(std::uint8_t* out) {
  *out++ = '\r';
  *out++ = '\n';
  return out;
}

// Decodes the regular front of `text`, which must begin a group, and removes it from `text`: whole
// lines of whole groups, then the whole groups of the first line that is irregular or cut, except
// one with padding. False if one of these characters is not base64; its line then stays in `text`.
bool take_lines(std::string_view& text, std::uint8_t*& to) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    const std::size_t groups = (line.ends_with('=') ? line.size() - 1 : line.size()) / 4;
    if (!decode_groups(as_bytes(line.substr(0, groups * 4)), to)) return false;
    to += groups * 3;
    const bool whole = end != std::string_view::npos && line.size() == groups * 4;
    text.remove_prefix(whole ? end + 1 : groups * 4);
    if (!whole) return true;
  }
  return true;
}

}  // namespace

Status Base64Encoder::write_lines(ByteView whole_lines) {
  while (!whole_lines.empty()) {
    const ByteView some =
        whole_lines.first(std::min(whole_lines.size(), kLinesAtOnce * kLineOctets));
    const std::size_t written = some.size() / kLineOctets * kWrittenLine;
    if (out_.size() < written) out_.resize(written);
    std::uint8_t* to = out_.data();
    for (std::size_t at = 0; at < some.size(); at += kLineOctets) {
      encode_groups(some.subspan(at, kLineOctets), to);
      to = end_line(to + kLineCharacters);
    }
    if (const Status s = to_.write(ByteView(out_).first(written)); !s) return s.error();
    whole_lines = whole_lines.subspan(some.size());
  }
  return done();
}

Status Base64Encoder::write(ByteView octets) {
  if (pending_size_ > 0) {
    const std::size_t count = std::min(octets.size(), kLineOctets - pending_size_);
    std::copy_n(octets.begin(), count,
                pending_.begin() + static_cast<std::ptrdiff_t>(pending_size_));
    pending_size_ += count;
    octets = octets.subspan(count);
    if (pending_size_ < kLineOctets) return done();
    pending_size_ = 0;
    if (const Status s = write_lines(pending_); !s) return s.error();
  }
  const std::size_t whole = octets.size() / kLineOctets * kLineOctets;
  if (whole > 0) {
    if (const Status s = write_lines(octets.first(whole)); !s) return s.error();
  }
  pending_size_ = octets.size() - whole;
  std::copy_n(octets.begin() + static_cast<std::ptrdiff_t>(whole), pending_size_, pending_.begin());
  return done();
}

Status Base64Encoder::finish() {
  if (pending_size_ == 0) return done();
  std::array<std::uint8_t, kWrittenLine> line;
  const std::uint8_t* end =
      end_line(encode_run(ByteView(pending_).first(pending_size_), line.data()));
  pending_size_ = 0;
  return to_.write(ByteView(line.data(), end));
}

Status Base64Decoder::take_padding(std::uint8_t*& to) {
  if (characters_ < 2 || characters_ + padding_ == 4) {
    return bad_base64("padding in a wrong place");
  }
  if (++padding_ + characters_ < 4) return done();
  const int unused_bits = characters_ == 2 ? 4 : 2;
  if ((bits_ & ((1U << unused_bits) - 1)) != 0) return bad_base64("unused bits are set");
  bits_ >>= unused_bits;
  for (int left = characters_ - 1; left > 0; --left)
    *to++ = static_cast<std::uint8_t>(bits_ >> (8 * (left - 1)));
  return done();
}

Status Base64Decoder::take_character(std::uint8_t value, std::uint8_t*& to) {
  if (padding_ > 0) return bad_base64("text behind the padding");
  bits_ = bits_ << 6 | value;
  if (++characters_ < 4) return done();
  for (const int shift : {16, 8, 0})
    *to++ = static_cast<std::uint8_t>(bits_ >> shift);
  characters_ = 0;
  bits_ = 0;
  return done();
}

// Counts an octet that is not base64, or refuses it.
Status Base64Decoder::pass_over(char c) {
  if (strays_ == StrayOctets::refuse) {
    return bad_base64(c == '\r' ? "a carriage return without a line feed"
                                : "a character outside the alphabet");
  }
  if (c != ' ' && c != '\t') {
    if (++stray_count_ <= kMaxStrayOctets) return done();
    return bad_base64("more than 4,096 characters are outside the alphabet");
  }
  if (++blank_count_ <= kFreeBlanks + seen_ / 2) return done();
  return bad_base64("it has more blanks than characters");
}

Status Base64Decoder::take(char c, std::uint8_t*& to) {
  if (after_cr_ && c != '\n') {
    if (const Status s = pass_over('\r'); !s) return s.error();
  }
  after_cr_ = c == '\r';
  if (c == '\r' || c == '\n') return done();
  if (c == '=') return take_padding(to);
  const std::uint8_t value = base64_value(c);
  return value == kNotBase64 ? pass_over(c) : take_character(value, to);
}

// Decodes the rest of the line: its end, its padding, a group that the line or the piece cuts. A
// damaged line is decoded up to its end, or up to the octet that is refused.
Status Base64Decoder::decode_singly(std::string_view& text, bool damaged, std::uint8_t*& to) {
  while (!text.empty()) {
    const char c = text.front();
    ++seen_;
    if (const Status s = take(c, to); !s) return s.error();
    text.remove_prefix(1);
    if (strays_ == StrayOctets::pass_over && is_padded()) return done();
    if (is_between_groups() && (!damaged || c == '\n')) return done();
  }
  return done();
}

Status Base64Decoder::decode_to(std::string_view& text, std::uint8_t*& to) {
  while (!text.empty() && !(strays_ == StrayOctets::pass_over && is_padded())) {
    const std::size_t before = text.size();
    const bool damaged = is_between_groups() && !take_lines(text, to);
    seen_ += before - text.size();
    if (const Status s = decode_singly(text, damaged, to); !s) return s.error();
  }
  return done();
}

Status Base64Decoder::decode(std::string_view text, Bytes& out) {
  const std::size_t start = out.size();
  const auto under_way = static_cast<std::size_t>(characters_) + static_cast<std::size_t>(padding_);
  out.resize(start + (under_way + text.size()) / 4 * 3);
  std::uint8_t* to = out.data() + start;
  std::string_view left = text;
  const Status decoded = decode_to(left, to);
  taken_ = text.size() - left.size();
  out.resize(static_cast<std::size_t>(to - out.data()));
  return decoded;
}

Status Base64Decoder::finish() const {
  if (after_cr_ && strays_ == StrayOctets::refuse) {
    return bad_base64("a carriage return without a line feed");
  }
  if (characters_ != 0 && characters_ + padding_ != 4) {
    return bad_base64("it ends in the middle of a group");
  }
  return done();
}

std::string to_base64(ByteView octets) {
  std::string out((octets.size() + 2) / 3 * 4, '\0');
  encode_run(octets, reinterpret_cast<std::uint8_t*>(out.data()));
  return out;
}

Result<Bytes> from_base64(std::string_view text) {
  Bytes out;
  Base64Decoder decoder;
  if (const Status s = decoder.decode(text, out); !s) return s.error();
  if (const Status s = decoder.finish(); !s) return s.error();
  return out;
}

}  // namespace culvert::crypto
