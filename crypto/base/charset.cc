#include "crypto/base/charset.h"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <iterator>

#include "crypto/base/utf8.h"

namespace culvert {
namespace {

constexpr std::size_t kMaxCharsetNameOctets = 40;

// What mail calls a charset (as plain_name gives it; ascending), and what the system does. Only
// these are asked for: a name from a stranger must not choose which of some three hundred
// converters is loaded. Those that map every octet below 0x80 to itself and the others to letters
// that few domains have are left out, except the usual ones.
struct KnownCharset {
  std::string_view name;
  std::string_view converter;
};
constexpr KnownCharset kKnown[] = {
    {"big5", "BIG5"},
    {"cp037", "IBM037"},
    {"cp1026", "IBM1026"},
    {"cp1140", "IBM1140"},
    {"cp1251", "CP1251"},
    {"cp1252", "CP1252"},
    {"cp273", "IBM273"},
    {"cp500", "IBM500"},
    {"cp932", "CP932"},
    {"cp936", "GB18030"},
    {"cp949", "UHC"},
    {"ebcdiccpbe", "IBM500"},
    {"ebcdiccpus", "IBM037"},
    {"ebcdicus", "IBM037"},
    {"eucjp", "EUC-JP"},
    {"euckr", "UHC"},
    {"gb18030", "GB18030"},
    {"gb2312", "GB18030"},
    {"gbk", "GB18030"},
    {"ibm037", "IBM037"},
    {"ibm1026", "IBM1026"},
    {"ibm1047", "IBM1047"},
    {"ibm1140", "IBM1140"},
    {"ibm273", "IBM273"},
    {"ibm500", "IBM500"},
    {"iso10646ucs2", "UTF-16BE"},
    {"iso2022jp", "ISO-2022-JP"},
    {"iso2022kr", "ISO-2022-KR"},
    {"iso88591", "ISO-8859-1"},
    {"iso885915", "ISO-8859-15"},
    {"iso88592", "ISO-8859-2"},
    {"iso88595", "ISO-8859-5"},
    {"iso88597", "ISO-8859-7"},
    {"iso88599", "ISO-8859-9"},
    {"koi8r", "KOI8-R"},
    {"koi8u", "KOI8-U"},
    {"ksc56011987", "UHC"},
    {"latin1", "ISO-8859-1"},
    {"shiftjis", "SJIS"},
    {"sjis", "SJIS"},
    {"u16", "UTF-16"},
    {"u32", "UTF-32"},
    {"u7", "UTF-7"},
    {"ucs2", "UTF-16BE"},
    {"ucs4", "UTF-32BE"},
    {"unicode11utf7", "UTF-7"},
    {"utf16", "UTF-16"},
    {"utf16be", "UTF-16BE"},
    {"utf16le", "UTF-16LE"},
    {"utf32", "UTF-32"},
    {"utf32be", "UTF-32BE"},
    {"utf32le", "UTF-32LE"},
    {"utf7", "UTF-7"},
    {"windows1250", "CP1250"},
    {"windows1251", "CP1251"},
    {"windows1252", "CP1252"},
    {"windows1253", "CP1253"},
    {"windows1254", "CP1254"},
    {"windows31j", "CP932"},
    {"xsjis", "SJIS"},
    {"xunicode20utf7", "UTF-7"},
};

// Lower case, without `-` and `_`, which programs write as they like; no longer than any name.
std::string plain_name(std::string_view charset) {
  std::string out;
  for (const char c : charset.substr(0, kMaxCharsetNameOctets)) {
    if (c != '-' && c != '_') out.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c);
  }
  return out;
}

std::string_view converter_of(std::string_view charset) {
  const std::string name = plain_name(charset);
  const auto* found = std::lower_bound(
      std::begin(kKnown), std::end(kKnown), name,
      [](const KnownCharset& known, const std::string& wanted) { return known.name < wanted; });
  return found != std::end(kKnown) && found->name == name ? found->converter : std::string_view{};
}

std::string from_latin1(std::string_view octets) {
  std::string out;
  for (const char c : octets) {
    const auto code = static_cast<unsigned char>(c);
    if (code < 0x80) {
      out.push_back(c);
    } else {
      out.push_back(static_cast<char>(0xc0 | (code >> 6)));
      out.push_back(static_cast<char>(0x80 | (code & 0x3f)));
    }
  }
  return out;
}

}  // namespace

class CharsetReader::Converter {
 public:
  explicit Converter(std::string_view name)
      : handle_(iconv_open("UTF-8", std::string(name).c_str())) {}
  ~Converter() {
    if (is_there()) iconv_close(handle_);
  }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;

  bool is_there() const { return handle_ != reinterpret_cast<iconv_t>(-1); }

  // Octets that fit nowhere become one U+FFFD each.
  std::string convert(std::string_view octets) {
    iconv(handle_, nullptr, nullptr, nullptr, nullptr);
    std::string in(octets);
    char* from = in.data();
    std::size_t left = in.size();
    std::string out;
    while (left > 0) {
      std::array<char, 4096> piece;
      char* to = piece.data();
      std::size_t room = piece.size();
      const std::size_t done = iconv(handle_, &from, &left, &to, &room);
      out.append(piece.data(), piece.size() - room);
      if (done != static_cast<std::size_t>(-1) || errno == E2BIG) continue;
      out += "\xef\xbf\xbd";
      ++from;
      --left;
    }
    return out;
  }

 private:
  iconv_t handle_;
};

CharsetReader::CharsetReader() = default;
CharsetReader::~CharsetReader() = default;

std::string CharsetReader::to_utf8(std::string_view charset, std::string_view octets) {
  const std::string_view name = converter_of(charset);
  if (!name.empty()) {
    std::unique_ptr<Converter>& converter = converters_[name];
    if (!converter) converter = std::make_unique<Converter>(name);
    if (converter->is_there()) return converter->convert(octets);
  }
  return is_utf8(octets) ? std::string(octets) : from_latin1(octets);
}

}  // namespace culvert
