#include "crypto/mime/base64.h"

#include <algorithm>

#include "crypto/base/limits.h"

namespace culvert::crypto {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t kNone = 0xff;

constexpr std::array<std::uint8_t, 256> make_values() {
  std::array<std::uint8_t, 256> values{};
  for (auto& v : values)
    v = kNone;
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
    values[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return values;
}

// Two characters for each value of twelve bits.
constexpr std::array<char, 8192> make_pairs() {
  std::array<char, 8192> pairs{};
  for (std::size_t i = 0; i < 4096; ++i) {
    pairs[2 * i] = kAlphabet[i >> 6];
    pairs[2 * i + 1] = kAlphabet[i & 63];
  }
  return pairs;
}

constexpr auto kValues = make_values();
constexpr auto kPairs = make_pairs();

Error bad_base64(const char* why) {
  return permanent_error("bad-base64", std::string("the base64 text is damaged: ") + why);
}

// Writes the four characters of three octets.
void encode_group(const std::uint8_t* in, std::uint8_t* out) {
  const std::size_t high = static_cast<std::size_t>(in[0] << 4 | in[1] >> 4);
  const std::size_t low = static_cast<std::size_t>((in[1] & 15) << 8 | in[2]);
  std::copy_n(&kPairs[2 * high], 2, out);
  std::copy_n(&kPairs[2 * low], 2, out + 2);
}

// Encodes all of `in`, padding at the end, to `out`; returns one past the last character.
std::uint8_t* encode_run(ByteView in, std::uint8_t* out) {
  std::size_t at = 0;
  for (; at + 3 <= in.size(); at += 3, out += 4)
    encode_group(in.data() + at, out);
  if (at == in.size()) return out;
  std::array<std::uint8_t, 3> last{};
  std::copy(in.begin() + static_cast<std::ptrdiff_t>(at), in.end(), last.begin());
  encode_group(last.data(), out);
  out[3] = '=';
  if (in.size() - at == 1) out[2] = '=';
  return out + 4;
}

// Decodes whole groups of four alphabet characters; returns how many characters that were.
std::size_t decode_groups(std::string_view text, Bytes& out) {
  const std::size_t groups = text.size() / 4;
  const std::size_t start = out.size();
  out.resize(start + groups * 3);
  std::uint8_t* to = out.data() + start;
  std::size_t done_groups = 0;
  for (; done_groups < groups; ++done_groups, to += 3) {
    const auto* c = reinterpret_cast<const unsigned char*>(text.data()) + done_groups * 4;
    const unsigned a = kValues[c[0]], b = kValues[c[1]], d = kValues[c[2]], e = kValues[c[3]];
    if (((a | b | d | e) & 0xc0) != 0) break;
    to[0] = static_cast<std::uint8_t>(a << 2 | b >> 4);
    to[1] = static_cast<std::uint8_t>(b << 4 | d >> 2);
    to[2] = static_cast<std::uint8_t>(d << 6 | e);
  }
  out.resize(start + done_groups * 3);
  return done_groups * 4;
}

}  // namespace

Status Base64Encoder::write_lines(ByteView whole_lines) {
  const std::size_t lines = whole_lines.size() / kLineOctets;
  out_.resize(lines * 78);
  std::uint8_t* to = out_.data();
  for (std::size_t i = 0; i < lines; ++i) {
    to = encode_run(whole_lines.subspan(i * kLineOctets, kLineOctets), to);
    *to++ = '\r';
    *to++ = '\n';
  }
  return to_.write(out_);
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
    if (const Status s = write_lines(pending_); !s) return s;
  }
  const std::size_t whole = octets.size() / kLineOctets * kLineOctets;
  if (whole > 0) {
    if (const Status s = write_lines(octets.first(whole)); !s) return s;
  }
  pending_size_ = octets.size() - whole;
  std::copy_n(octets.begin() + static_cast<std::ptrdiff_t>(whole), pending_size_, pending_.begin());
  return done();
}

Status Base64Encoder::finish() {
  if (pending_size_ == 0) return done();
  out_.resize(80);
  std::uint8_t* end = encode_run(ByteView(pending_).first(pending_size_), out_.data());
  *end++ = '\r';
  *end++ = '\n';
  pending_size_ = 0;
  return to_.write(ByteView(out_.data(), end));
}

Status Base64Decoder::take(char c, Bytes& out) {
  if (c == '\r' || c == '\n') return done();
  if (c == '=') {
    if (characters_ + padding_ >= 4 || characters_ < 2)
      return bad_base64("padding in a wrong place");
    if (++padding_ + characters_ < 4) return done();
    const int unused_bits = characters_ == 2 ? 4 : 2;
    if ((bits_ & ((1U << unused_bits) - 1)) != 0) return bad_base64("unused bits are set");
    out.push_back(static_cast<std::uint8_t>(bits_ >> (characters_ == 2 ? 4 : 10)));
    if (characters_ == 3) out.push_back(static_cast<std::uint8_t>(bits_ >> 2));
    return done();
  }
  const std::uint8_t value = kValues[static_cast<unsigned char>(c)];
  if (value == kNone) return bad_base64("a character outside the alphabet");
  if (padding_ > 0) return bad_base64("text behind the padding");
  bits_ = bits_ << 6 | value;
  if (++characters_ < 4) return done();
  for (const int shift : {16, 8, 0})
    out.push_back(static_cast<std::uint8_t>(bits_ >> shift));
  characters_ = 0;
  bits_ = 0;
  return done();
}

Status Base64Decoder::decode(std::string_view text, Bytes& out) {
  std::size_t at = 0;
  while (at < text.size()) {
    if (characters_ == 0 && padding_ == 0) at += decode_groups(text.substr(at), out);
    // What is left of the line: its end, its padding, or a group that the chunk cuts.
    for (bool line_end = false; at < text.size() && !line_end; ++at) {
      if (const Status s = take(text[at], out); !s) return s;
      line_end = text[at] == '\n' && characters_ == 0;
    }
  }
  return done();
}

Status Base64Decoder::finish() const {
  if (padding_ > 0 ? characters_ + padding_ != 4 : characters_ != 0) {
    return bad_base64("it ends in the middle of a group");
  }
  return done();
}

Status Base64Source::refill() {
  decoded_.clear();
  at_ = 0;
  text_.resize(kStreamChunkBytes);
  const auto count = from_.read(text_);
  if (!count) return count.error();
  ended_ = *count == 0;
  const Status decoded = ended_ ? decoder_.finish()
                                : decoder_.decode(as_text(ByteView(text_).first(*count)), decoded_);
  // What stands before the damage is given first, so that what is read does not depend on how the
  // text was cut.
  if (!decoded) damage_ = decoded.error();
  return done();
}

Result<std::size_t> Base64Source::read(MutableBytes into) {
  while (at_ == decoded_.size()) {
    if (damage_) return *damage_;
    if (ended_) break;
    if (const Status s = refill(); !s) return s.error();
  }
  const std::size_t count = std::min(into.size(), decoded_.size() - at_);
  std::copy_n(decoded_.begin() + static_cast<std::ptrdiff_t>(at_), count, into.begin());
  at_ += count;
  return count;
}

Status Base64Source::rewind() {
  decoder_ = {};
  decoded_.clear();
  at_ = 0;
  ended_ = false;
  damage_.reset();
  return from_.rewind();
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
