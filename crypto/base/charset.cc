#include "crypto/base/charset.h"

#include <iconv.h>

#include <array>
#include <cerrno>
#include <utility>

#include "crypto/base/charset_names.h"
#include "crypto/base/utf8.h"

namespace culvert {
namespace {

constexpr KnownCharset kNoCharset{"", KnownCharset::Order::certain};

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

  // Octets that are invalid in the charset become one U+FFFD each.
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
  const KnownCharset* const known = charset.empty() ? &kNoCharset : find_charset(charset);
  if (known == nullptr || known->order == KnownCharset::Order::may_differ) doubtful_ = true;
  const bool is_labelled_utf8 = known != nullptr && known->converter == "UTF-8";
  // Some programs show it as ISO-8859-1, others show a sign for each wrong octet.
  if (is_labelled_utf8 && !is_utf8(octets)) doubtful_ = true;
  if (known != nullptr && !known->converter.empty() && !is_labelled_utf8) {
    std::unique_ptr<Converter>& converter = converters_[known->converter];
    if (!converter) converter = std::make_unique<Converter>(known->converter);
    if (converter->is_there()) return converter->convert(octets);
    doubtful_ = true;
  }
  return is_utf8(octets) ? std::string(octets) : from_latin1(octets);
}

bool CharsetReader::take_doubt() { return std::exchange(doubtful_, false); }

}  // namespace culvert
