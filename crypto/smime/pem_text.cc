#include "crypto/smime/pem_text.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/limits.h"
#include "crypto/base/log.h"
#include "crypto/cms/refusal.h"
#include "crypto/mime/delimiter_scanner.h"
#include "crypto/mime/entity_front.h"
#include "crypto/smime/cms_input.h"
#include "crypto/smime/pem_words.h"

namespace culvert::crypto {
namespace {

constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kDashes = "-----";
constexpr std::size_t kMaxShownLabelOctets = 80;
constexpr std::string_view kBlanks = " \t\r\n";

// Counts a byte order mark too, which some editors write.
std::size_t blanks_before(std::string_view front) {
  const std::size_t mark = front.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  return std::min(front.find_first_not_of(kBlanks, mark), front.size());
}

// RFC 7468, 8 and 9; GnuPG; Netscape, and OpenSSL for signed objects alone.
constexpr std::array<std::string_view, 5> kLabels{"CMS", "PKCS7", "ENCRYPTED MESSAGE",
                                                  "SIGNED MESSAGE", "PKCS #7 SIGNED DATA"};

bool is_wanted(std::string_view label, PemLabels labels) {
  return std::find(kLabels.begin(), kLabels.end(), label) != kLabels.end() ||
         (labels == PemLabels::cms_certificate && label == "CERTIFICATE");
}

std::string wrong_label(std::string_view label, PemLabels labels) {
  const bool takes_certificates = labels == PemLabels::cms_certificate;
  return "its PEM label is '" + printable(label, kMaxShownLabelOctets) + "', and CMS" +
         (takes_certificates ? ", PKCS7 or CERTIFICATE" : " or PKCS7") + " is accepted" +
         (label.ends_with("CERTIFICATE") ? "; if a block of CMS follows, give that alone" : "");
}

// The label of a whole BEGIN line.
std::optional<std::string_view> label_of(std::string_view line) {
  line = line.substr(0, line.find_last_not_of(kBlanks) + 1);
  if (!line.starts_with(kBegin) || !line.ends_with(kDashes)) return std::nullopt;
  line.remove_prefix(kBegin.size());
  if (line.size() < kDashes.size()) return std::nullopt;
  return line.substr(0, line.size() - kDashes.size());
}

// The END line has the shape of a boundary line: `--`, a text that is known in advance, and at most
// blanks.
Result<BoundaryLine> find_end(SharedInput& input, std::uint64_t start, std::string_view label) {
  const auto found =
      find_boundary_lines(input, start, "---END " + std::string(label) + std::string(kDashes),
                          [](const auto& lines) { return !lines.empty(); });
  if (!found) return found.error();
  if (found->empty()) return refuse(Refusal::truncated, "PEM without END");
  if (found->front().kind != BoundaryLine::Kind::delimiter) {
    return refuse(Refusal::trailing_octets, "behind END in its line");
  }
  return found->front();
}

Status check_blank(SharedInput& input, std::uint64_t from) {
  Bytes chunk(kStreamChunkBytes);
  for (std::uint64_t at = from;;) {
    const auto count = input.read_at(at, chunk);
    if (!count) return count.error();
    if (*count == 0) return done();
    const std::string_view text = as_text(ByteView(chunk).first(*count));
    if (text.find_first_not_of(kBlanks) != std::string_view::npos) {
      return refuse(Refusal::trailing_octets, "behind PEM");
    }
    at += *count;
  }
}

}  // namespace

bool begins_pem(std::string_view front) {
  return front.substr(blanks_before(front)).starts_with(kBegin);
}

std::optional<std::size_t> find_pem_begin(std::string_view front) {
  if (begins_pem(front)) return blanks_before(front);
  for (std::size_t at = front.find(kBegin); at != std::string_view::npos;
       at = front.find(kBegin, at + 1)) {
    if (at > 0 && front[at - 1] != '\n') continue;
    return may_be_header(front.substr(0, at)) ? std::nullopt : std::optional(at);
  }
  return std::nullopt;
}

Result<PemText> find_pem_text(SharedInput& input, std::string_view front, PemLabels labels) {
  const auto found = find_pem_begin(front);
  if (!found) return not_smime("it holds no PEM block");
  const std::size_t first = *found;
  const std::size_t line_end = front.find('\n', first);
  if (line_end == std::string_view::npos) return not_smime("its PEM block has no end");
  const auto label = label_of(front.substr(first, line_end - first));
  if (!label) return not_smime("its PEM block has a first line that is no BEGIN line");
  if (!is_wanted(*label, labels)) return not_smime(wrong_label(*label, labels));
  const std::uint64_t begin = line_end + 1;
  const auto end = find_end(input, begin, *label);
  if (!end) return end.error();
  if (const Status blank = check_blank(input, end->end); !blank) return blank.error();
  return PemText{begin, end->begin};
}

}  // namespace culvert::crypto
