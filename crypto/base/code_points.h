// What a code point does where text is shown: on a terminal, in a browser, in a log. Text that a
// mail, a certificate or a peer supplied uses it to look like something else. Any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace culvert {

// True for what shows nothing, or changes how its neighbours are shown: controls (C0, DEL, C1),
// line and paragraph separators, everything that Unicode's Default_Ignorable_Code_Point and
// Bidi_Control name (zero width, joiners, soft hyphen, byte order mark, fillers of Hangul,
// variation selectors, tags), annotations, the empty braille pattern, and noncharacters.
bool is_unseen(char32_t c);

// True for what is drawn over the character before it: nonspacing and enclosing marks, and the
// vowels and finals of Hangul that join.
bool is_mark(char32_t c);

// True for every blank (category Zs): a space, a no-break space, an ideographic space…
bool is_blank(char32_t c);

// Columns on a terminal: 0 for marks and what is unseen, 2 for wide characters (UAX #11, W and F).
std::size_t columns_of(char32_t c);

// More marks on one character than any language needs run over the lines above and below.
inline constexpr std::size_t kMostMarks = 4;

// Reads text from its front and tells of each code point whether it may be shown as it is.
class CodePointReader {
 public:
  struct Item {
    std::string_view octets;  // one octet that is no UTF-8, or one sequence
    char32_t code_point;      // U+FFFD for no UTF-8
    bool may_be_shown;        // no UTF-8, what is unseen, and marks beyond kMostMarks may not
  };
  // `text` must outlive the reader. The first character is none that a mark could stand on.
  explicit CodePointReader(std::string_view text) : rest_(text) {}
  std::optional<Item> next();

 private:
  bool is_one_too_many(char32_t c);

  std::string_view rest_;
  std::size_t marks_ = kMostMarks;
};

}  // namespace culvert
