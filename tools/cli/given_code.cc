#include "tools/cli/given_code.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "crypto/base/code_points.h"
#include "peering/invitation.h"
#include "tools/cli/standard_streams.h"

namespace culvert::cli {
namespace {

constexpr std::string_view kPrefix = "culvert1-";
// Room for a long code, the words around it, and a mail's header.
constexpr std::size_t kMaxInputBytes = 8 * peering::kMaxInvitationPayloadBytes;

bool is_letter_of_code(char32_t c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

// The marks of quoted mail and of soft line breaks in quoted-printable.
bool is_frill(char32_t c) { return c == '>' || c == '='; }

std::size_t begin_of_code(std::string_view text) {
  const auto same = [](char a, char b) { return (a | 0x20) == (b | 0x20); };
  const auto found = std::search(text.begin(), text.end(), kPrefix.begin(), kPrefix.end(), same);
  return static_cast<std::size_t>(found - text.begin());
}

// On a terminal an empty line ends the pasted text, so that it does not answer the question that
// follows.
bool is_whole(std::string_view text) {
  return text.ends_with("\n\n") || text.ends_with("\r\n\r\n") || text == "\n";
}

// Reads into octets that never move: a vector that grows leaves copies that are not wiped.
Result<std::string_view> read_input(SecretBytes& room) {
  const bool is_pasted = ::isatty(STDIN_FILENO) != 0;
  if (is_pasted) tell_people("Paste the code, then an empty line:\n");
  std::size_t size = 0;
  while (size < room.size()) {
    const ssize_t got = ::read(STDIN_FILENO, room.writable().data() + size, room.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      return permanent_error("not-readable", std::string("standard input cannot be read: ") +
                                                 std::strerror(errno) +
                                                 " (give the code as an operand, or by a pipe)");
    }
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
    if (is_pasted && is_whole(as_text(room.view().first(size)))) break;
  }
  if (size < room.size()) return as_text(room.view().first(size));
  return permanent_error("too-large", fmt::format("standard input is longer than a code and a mail "
                                                  "around it ({} KiB); give the code alone",
                                                  kMaxInputBytes / 1024));
}

}  // namespace

SecretBytes code_in(std::string_view text) {
  text.remove_prefix(begin_of_code(text));
  SecretBytes room(text.size());
  std::size_t size = 0;
  bool line_is_empty = false;
  CodePointReader reader(text);
  while (const auto item = reader.next()) {
    const char32_t c = item->code_point;
    if (c == '\n' && std::exchange(line_is_empty, true)) break;
    if (is_blank(c) || is_unseen(c) || is_frill(c)) continue;
    if (!is_letter_of_code(c)) break;
    line_is_empty = false;
    room.writable()[size++] = static_cast<std::uint8_t>(c);
  }
  return SecretBytes(room.view().first(size));
}

Result<SecretBytes> given_code(const Arguments& arguments) {
  const auto operand = arguments.value("CODE");
  if (!operand && ::isatty(STDIN_FILENO) != 0) {
    return usage_error(
        "culvert peer accept needs CODE, or `-` to read it from standard input, where no other "
        "user "
        "of this machine sees it; see `culvert help peer accept`");
  }
  if (operand && *operand != "-") return code_in(*operand);
  SecretBytes room(kMaxInputBytes);
  const auto text = read_input(room);
  if (!text) return text.error();
  SecretBytes code = code_in(*text);
  if (!code.empty()) return code;
  return usage_error(
      "there is no code on standard input: give what `culvert peer invite` of the partner printed "
      "(`culvert1-…`), as an operand or by a pipe");
}

}  // namespace culvert::cli
