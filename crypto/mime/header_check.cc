#include "crypto/mime/header_check.h"

#include <algorithm>
#include <optional>
#include <string>

#include "crypto/base/log.h"
#include "crypto/base/utf8.h"
#include "crypto/mime/header.h"
#include "crypto/mime/header_fields.h"

namespace culvert::crypto {
namespace {

constexpr std::size_t kShownOctets = 60;
constexpr std::size_t kMaxGuardedNameOctets = 64;  // of a name that may be hidden in a body
constexpr std::string_view kGuardedInitials = "FfSsAaRrCc";
constexpr std::string_view kNotSeen(
    "\0\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17"
    "\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f\x20\x7f",
    34);

// The fields that say who wrote, who carried, and what was found out.
bool is_guarded(std::string_view name) {
  const std::string bare = bare_field_name(name);
  return bare == "from" || bare == "sender" || bare == "authentication-results" ||
         bare == "received" || bare.starts_with("culvert-");
}

std::size_t line_number(std::string_view header, std::size_t at) {
  return 1 + static_cast<std::size_t>(std::count(
                 header.begin(), header.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
}

std::string shown(std::string_view line) {
  return "'" + printable(line.substr(0, line.find("\r\n")), kShownOctets) + "'";
}

// A place in the header, for the text of an error.
class Place {
 public:
  Place(std::string_view header, std::size_t at) : header_(header), at_(at) {}
  Place(std::string_view header, std::string_view part)
      : Place(header, static_cast<std::size_t>(part.data() - header.data())) {}

  Error wrong(std::string_view what) const {
    return permanent_error("fields", "line " + std::to_string(line_number(header_, at_)) +
                                         " of the header " + std::string(what));
  }

 private:
  std::string_view header_;
  std::size_t at_;
};

// The first octet that no line may hold: a NUL, or a CR or LF alone.
std::size_t find_stray(std::string_view header) {
  constexpr std::string_view kStray("\0\r\n", 3);
  std::size_t at = header.find_first_of(kStray);
  while (at != header.npos && header.substr(at, 2) == "\r\n")
    at = header.find_first_of(kStray, at + 2);
  return at;
}

bool is_mbox_line(std::string_view line) {
  const std::size_t marks = std::min(line.find_first_not_of('>'), line.size());
  return line.substr(marks).starts_with("From ");
}

// What is wrong with a line that should begin a field; `is_first`: it is the first of the header.
std::string fault_of_line(std::string_view line, bool is_first) {
  if (line.empty()) return "is empty";
  if (line.front() == ' ' || line.front() == '\t') {
    return shown(line) + " begins with a blank, but continues no field";
  }
  if (is_first && is_mbox_line(line)) {
    return shown(line) +
           " is what separates mails in an mbox file, and no field: whatever hands in this mail "
           "must leave it out";
  }
  const std::size_t colon = line.find(':');
  if (colon == line.npos) {
    return shown(line) +
           " is neither a field nor the continuation of one: if it goes on with the line before, "
           "it must begin with a blank; if it is text, an empty line must stand before it";
  }
  const std::string_view name = line.substr(0, colon);
  if (has_control(name)) return shown(line) + " has a control character in the name of its field";
  return shown(line) + " is no field: its name must be visible ASCII, without a blank";
}

bool begins_a_field(std::string_view line) {
  std::string_view name = line.substr(0, line.find(':'));
  if (name.size() == line.size()) return false;
  while (name.ends_with(' ') || name.ends_with('\t'))
    name.remove_suffix(1);
  if (is_field_name(name)) return true;
  // Some programs write names in their own language, although no standard allows it.
  const bool may_be_read = std::all_of(name.begin(), name.end(), [](char c) {
    return static_cast<unsigned char>(c) > 0x20 && c != 0x7f;
  });
  return may_be_read && !bare_field_name(name).empty() && !is_guarded(name);
}

// The first control in a body other than a tab and those of a fold.
std::size_t find_control(std::string_view body) {
  const auto found = std::find_if(body.begin(), body.end(), [](char c) {
    const auto octet = static_cast<unsigned char>(c);
    return (octet < 0x20 && c != '\t' && c != '\r' && c != '\n') || octet == 0x7f;
  });
  return found == body.end() ? body.npos : static_cast<std::size_t>(found - body.begin());
}

std::string octet_text(char c) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  const auto octet = static_cast<unsigned char>(c);
  return std::string("octet 0x") + kDigits[octet >> 4] + kDigits[octet & 15];
}

std::string fault_of_control(std::string_view name, char control) {
  const std::string text = "has a control character in the field " + std::string(name) + ", ";
  if (control == '\x1b') {
    return text + octet_text(control) +
           " (ESC), as raw ISO-2022-JP has it: a name in other letters than ASCII must be encoded "
           "(RFC 2047)";
  }
  return text + octet_text(control) + ": only a tab may stand there";
}

// True if some reader sees the end of a line just before `at`: VT, FF, FS, GS, RS, NEL, U+2028 and
// U+2029. An octet 0x85 is NEL in ISO-8859-1, and the end of ordinary letters in UTF-8.
bool ends_a_line(std::string_view body, std::size_t at) {
  const std::string_view front = body.substr(0, at);
  return std::string_view("\x0b\x0c\x1c\x1d\x1e\x85").find(front.back()) !=
             std::string_view::npos ||
         front.ends_with("\xe2\x80\xa8") || front.ends_with("\xe2\x80\xa9");
}
// After an octet that may be a letter, only a name right next to it is a field; after a blank it is
// text.
bool may_be_a_letter(std::string_view body, std::size_t at) {
  const std::string_view front = body.substr(0, at);
  return front.ends_with('\x85') && !front.ends_with("\xc2\x85");
}

// No ordinary text holds these names, so they count even after a letter of valid UTF-8: a reader
// that takes it for ISO-8859-1 would find a mark. `ÅFrom: Jean` is text.
bool is_no_word(std::string_view name) {
  const std::string bare = bare_field_name(name);
  return bare == "authentication-results" || bare.starts_with("culvert-");
}

struct HiddenField {
  std::size_t at = 0;  // of the last octet of what some take for a line end
  std::string name;
};

// Finds a guarded name after such an octet; only a line of its own may begin with one.
std::optional<HiddenField> find_hidden_field(std::string_view body) {
  std::optional<bool> utf8;  // checked only where it matters
  for (std::size_t at = 0; at < body.size(); ++at) {
    if (!ends_a_line(body, at + 1)) continue;
    // Blanks and controls before the name do not count; each is looked at once.
    const std::size_t begins = body.find_first_not_of(kNotSeen, at + 1);
    if (begins == body.npos) break;
    if (begins > at + 1 && may_be_a_letter(body, at + 1)) continue;
    const std::string_view rest = body.substr(begins, kMaxGuardedNameOctets);
    const bool may_be = kGuardedInitials.find(rest.front()) != std::string_view::npos;
    const std::size_t colon = may_be ? rest.find(':') : rest.npos;
    const std::string_view name = rest.substr(0, colon == rest.npos ? 0 : colon);
    if (is_guarded(name)) {
      const bool letter = may_be_a_letter(body, at + 1);
      if (letter && !utf8) utf8 = is_utf8(body);
      if (!letter || !*utf8 || is_no_word(name)) return HiddenField{at, std::string(name)};
    }
    at = begins - 1;
  }
  return std::nullopt;
}

Status check_field(std::string_view header, const HeaderField& field) {
  const std::string_view line = field.raw.substr(0, field.raw.find("\r\n"));
  const Place place(header, field.raw);
  if (!begins_a_field(line))
    return place.wrong(fault_of_line(line, field.raw.data() == header.data()));
  if (is_guarded(field.name)) {
    const std::size_t at = find_control(field.body);
    if (at == field.body.npos) return done();
    return Place(header, field.body.substr(at)).wrong(fault_of_control(field.name, field.body[at]));
  }
  const auto hidden = find_hidden_field(field.body);
  if (!hidden) return done();
  return Place(header, field.body.substr(hidden->at))
      .wrong("hides another field, " + printable(hidden->name, kShownOctets) + ", in " +
             std::string(field.name) + " behind " + octet_text(field.body[hidden->at]) +
             ", at which some programs end a line");
}

}  // namespace

Status check_header(std::string_view header) {
  if (const std::size_t at = find_stray(header); at != header.npos) {
    return Place(header, at)
        .wrong(header[at] == '\0' ? "holds a NUL octet" : "holds a CR or LF that ends no line");
  }
  for (const HeaderField& field : fields_of(header)) {
    if (const Status good = check_field(header, field); !good) return good.error();
  }
  return done();
}

}  // namespace culvert::crypto
