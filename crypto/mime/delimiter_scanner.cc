#include "crypto/mime/delimiter_scanner.h"

#include "crypto/base/limits.h"

#include <algorithm>
#include <optional>

#include "crypto/mime/mime_refusal.h"

namespace culvert::crypto {
namespace {

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t") == std::string_view::npos;
}

BoundaryLine::Kind kind_of(std::string_view behind_boundary) {
  if (is_blank(behind_boundary)) return BoundaryLine::Kind::delimiter;
  if (behind_boundary.starts_with("--") && is_blank(behind_boundary.substr(2))) {
    return BoundaryLine::Kind::closing;
  }
  return BoundaryLine::Kind::ambiguous;
}

bool is_usable(std::string_view boundary) {
  return !boundary.empty() && boundary.size() <= kMaxBoundaryOctets && boundary.back() != ' ' &&
         std::all_of(boundary.begin(), boundary.end(),
                     [](char c) { return c >= 0x20 && c < 0x7f; });
}

}  // namespace

Result<std::string> boundary_of(const ContentType& type) {
  const auto boundary = type.parameter("boundary");
  if (!boundary) return refuse(MimeRefusal::no_boundary);
  if (!is_usable(*boundary)) return refuse(MimeRefusal::bad_boundary);
  return std::string(*boundary);
}

// Takes a piece of the current line.
void DelimiterScanner::take(std::string_view piece) {
  if (piece.empty()) return;
  last_ = piece.back();
  if (!may_match_) return;
  if (line_.size() < dashed_.size()) {
    const std::string_view wanted = std::string_view(dashed_).substr(line_.size(), piece.size());
    may_match_ = piece.starts_with(wanted);
    if (!may_match_) return;
  }
  // One octet more than allowed shows that the line is too long.
  line_.append(piece.substr(0, kMaxDelimiterLineOctets + 2 - line_.size()));
}

void DelimiterScanner::end_line(LineEnd how, std::vector<BoundaryLine>& found) {
  const std::uint64_t bare_before = bare_;
  if (how == LineEnd::lf) ++bare_;
  if (may_match_ && line_.size() >= dashed_.size()) {
    std::string_view line = line_;
    if (how == LineEnd::crlf && line.ends_with('\r')) line.remove_suffix(1);
    BoundaryLine hit;
    hit.kind = line.size() > kMaxDelimiterLineOctets ? BoundaryLine::Kind::ambiguous
                                                     : kind_of(line.substr(dashed_.size()));
    hit.begin = line_begin_ - static_cast<std::uint8_t>(before_);
    hit.end = offset_;
    hit.bare_before_begin = bare_before - (before_ == LineEnd::lf ? 1 : 0);
    hit.bare_before_end = bare_;
    found.push_back(hit);
  }
  before_ = how;
  line_begin_ = offset_;
  line_.clear();
  may_match_ = true;
  last_ = 0;
}

void DelimiterScanner::feed(ByteView octets, std::vector<BoundaryLine>& found) {
  std::string_view text = as_text(octets);
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::size_t length = std::min(end, text.size());
    take(text.substr(0, length));
    offset_ += length;
    if (end == std::string_view::npos) return;
    ++offset_;
    end_line(last_ == '\r' ? LineEnd::crlf : LineEnd::lf, found);
    text.remove_prefix(end + 1);
  }
}

void DelimiterScanner::finish(std::vector<BoundaryLine>& found) {
  if (offset_ > line_begin_) end_line(LineEnd::none, found);
}

Result<std::vector<BoundaryLine>> find_boundary_lines(
    SharedInput& input, std::uint64_t start, std::string_view boundary,
    const std::function<bool(std::vector<BoundaryLine>&)>& is_enough) {
  DelimiterScanner scanner(boundary, start);
  std::vector<BoundaryLine> found;
  Bytes chunk(kMessageBufferBytes);
  for (std::uint64_t at = start; !is_enough(found);) {
    const auto count = input.read_at(at, chunk);
    if (!count) return count.error();
    if (*count == 0) {
      scanner.finish(found);
      break;
    }
    scanner.feed(ByteView(chunk).first(*count), found);
    at += *count;
  }
  return found;
}

}  // namespace culvert::crypto
