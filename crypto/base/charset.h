// Converts text in the character sets that mail names (RFC 2978) to UTF-8. Used to find what a
// lenient reader may see; does not check whether a text is valid in its charset.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace culvert {

// For the octets of one message. Keeps the converter of each charset, because opening one costs far
// more than converting a word. Used by one thread at a time.
class CharsetReader {
 public:
  CharsetReader();
  ~CharsetReader();
  CharsetReader(const CharsetReader&) = delete;
  CharsetReader& operator=(const CharsetReader&) = delete;

  // The octets as UTF-8. `charset` is any octets: a name in any case (charset_names.h). An unknown
  // name, and what does not fit its charset, is read as UTF-8 if it is that, else each octet as
  // ISO-8859-1 has it. Never fails.
  std::string to_utf8(std::string_view charset, std::string_view octets);
  // True if, since the last call, a text had a charset that is unknown or that readers interpret
  // differently: some reader may then see what this one does not.
  bool take_doubt();

 private:
  class Converter;
  // Keyed by the name of the system's converter, which the system may lack.
  std::map<std::string_view, std::unique_ptr<Converter>> converters_;
  bool doubtful_ = false;
};

}  // namespace culvert
