// How a code point behaves where text is shown: on a terminal, in a browser, in a log. Text from a
// mail, a certificate or a peer may use it to look like something else. Any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace culvert {

// True for code points that show nothing or change how their neighbours are shown: controls (C0,
// DEL, C1), line and paragraph separators, everything in Unicode's Default_Ignorable_Code_Point and
// Bidi_Control (zero width, joiners, soft hyphen, byte order mark, fillers of Hangul, variation
// selectors, tags), annotations, the empty braille pattern, and noncharacters.
bool is_unseen(char32_t c);

// True for marks that are drawn over the character before them: nonspacing and enclosing marks, and
// the vowels and finals of Hangul that join.
bool is_mark(char32_t c);

// True for every blank (category Zs): a space, a no-break space, an ideographic space…
bool is_blank(char32_t c);

// Columns on a terminal: 0 for marks and the unseen, 2 for wide characters (UAX #11, W and F).
std::size_t columns_of(char32_t c);

// No language needs more marks on one character. More would run over the lines above and below.
inline constexpr std::size_t kMostMarks = 4;

// Reads text from the front and says for each code point whether it may be shown as it is.
class CodePointReader {
 public:
  struct Item {
    std::string_view octets;  // one UTF-8 sequence, or one octet that is not UTF-8
    char32_t code_point;      // U+FFFD for an octet that is not UTF-8
    bool may_be_shown;        // false for no UTF-8, the unseen, and marks beyond kMostMarks
  };
  // `text` must outlive the reader. A mark at the very front may not be shown: no character
  // precedes it.
  explicit CodePointReader(std::string_view text) : rest_(text) {}
  std::optional<Item> next();

 private:
  bool is_one_too_many(char32_t c);

  std::string_view rest_;
  std::size_t marks_ = kMostMarks;
};

}  // namespace culvert
