#include "tools/cli/smime_entity.h"

#include <algorithm>
#include <cstring>

#include "crypto/base/limits.h"
#include "crypto/mime/entity.h"
#include "crypto/mime/entity_front.h"
#include "crypto/mime/header.h"
#include "crypto/mime/header_check.h"

namespace culvert::cli {
namespace {

// Whether octets are a header, as far as they are there.
class HeaderScan {
 public:
  enum class Found { more, header, none };

  // `octets` are all that were read so far.
  Found advance(std::string_view octets) {
    std::size_t end = octets.find('\n', line_);
    for (; end != std::string_view::npos; end = octets.find('\n', line_)) {
      std::string_view line = octets.substr(line_, end - line_);
      if (line.ends_with('\r')) line.remove_suffix(1);
      if (line.empty()) return line_ > 0 ? Found::header : Found::none;
      if (!is_header_line(line)) return Found::none;
      line_ = end + 1;
    }
    return octets.size() > kMaxHeaderBytes ? Found::none : Found::more;
  }

  // Of the octets, up to the line that is no field.
  std::size_t sound_bytes() const { return line_; }

 private:
  bool is_header_line(std::string_view line) const {
    if (line.front() == ' ' || line.front() == '\t') return line_ > 0;
    return crypto::is_field_name(line.substr(0, line.find_first_of(": \t")));
  }

  std::size_t line_ = 0;  // where the line begins that is not looked at yet
};

bool is_entity_field(const crypto::HeaderField& field) {
  return crypto::is_structural_field(field.name) || crypto::same_field_name(field.name, "From");
}

bool is_entity(std::string_view header) {
  const auto fields = crypto::fields_of(header);
  return std::any_of(fields.begin(), fields.end(), is_entity_field);
}

// The line with which an mbox begins a message is passed over, as it always was.
Status check_entity(std::string_view header) {
  if (!is_entity(header)) return done();
  const bool has_mbox_line = header.starts_with("From ");
  const std::size_t end = has_mbox_line ? header.find('\n') : header.npos;
  return crypto::check_header(end == header.npos ? header : header.substr(end + 1));
}

std::string_view behind_mark(std::string_view octets) {
  const bool is_there = octets.starts_with(crypto::kByteOrderMark);
  return is_there ? octets.substr(crypto::kByteOrderMark.size()) : octets;
}

Status check_text(ByteView octets) {
  if (octets.empty() || std::memchr(octets.data(), 0, octets.size()) == nullptr) return done();
  return permanent_error(
      "not-text",
      "the input holds NUL, so it is no text and no MIME entity as it stands: encode it in base64 "
      "under a header that says so, or take --der or --pem, which take any octets");
}

}  // namespace

Result<std::size_t> EntitySource::Joined::read(MutableBytes into) {
  if (at_ < front.size()) {
    const std::size_t count = std::min(into.size(), front.size() - at_);
    std::copy_n(front.begin() + static_cast<std::ptrdiff_t>(at_), count, into.begin());
    at_ += count;
    return count;
  }
  auto count = rest_.read(into);
  if (!count || octets == Octets::any) return count;
  if (const Status good = check_text(into.first(*count)); !good) return good.error();
  return count;
}

Status EntitySource::Joined::rewind() {
  return internal_error("not-rewindable", "what is signed or encrypted is read once");
}

// What begins as an entity and has a line that is no field: other readers take the rest of the
// header for text, or leave the line out.
Status EntitySource::check_no_entity(std::size_t sound_bytes) {
  const ByteView all = ByteView(joined_.front);
  const std::size_t mark = all.size() - behind_mark(as_text(all)).size();
  ViewSource sound(all.subspan(mark, sound_bytes));
  const auto begins = crypto::read_entity_front(sound);
  if (!begins || !is_entity(begins->header)) return done();
  ViewSource view(all);
  const auto front = crypto::read_entity_front(view);
  return front ? check_entity(front->header) : done();
}

// Reads on until it is known whether this is a header.
Status EntitySource::read_front() {
  Bytes chunk(kStreamChunkBytes);
  HeaderScan scan;
  auto found = HeaderScan::Found::more;
  while (found == HeaderScan::Found::more) {
    const auto count = from_.read(chunk);
    if (!count) return count.error();
    if (*count == 0) break;  // a header and nothing else
    append(joined_.front, ByteView(chunk).first(*count));
    found = scan.advance(behind_mark(as_text(joined_.front)));
  }
  if (found == HeaderScan::Found::none) return check_no_entity(scan.sound_bytes());
  ViewSource view{ByteView(joined_.front)};
  auto front = crypto::read_entity_front(view);
  if (!front) return done();  // nobody would take it for a header
  header_ = std::move(front->header);
  header_bytes_ = front->size;
  had_mark_ = as_text(joined_.front).starts_with(crypto::kByteOrderMark);
  return check_entity(header_);
}

Status EntitySource::choose(EntityPlace place) {
  if (crypto::says_binary(header_)) {
    if (place == EntityPlace::multipart_signed) {
      return permanent_error("not-text",
                             "the input says that it is binary, but what stands beside its "
                             "signature has to be text: encode it in base64, or take --opaque");
    }
    Bytes front = to_bytes(header_ + "\r\n");
    append(front, ByteView(joined_.front).subspan(header_bytes_));
    joined_.front = std::move(front);
    return done();
  }
  if (place == EntityPlace::cms && !is_entity(header_)) return done();
  const std::string_view text = behind_mark(as_text(joined_.front));
  if (!header_.empty() && text.size() < joined_.front.size()) joined_.front = to_bytes(text);
  joined_.octets = Joined::Octets::text;
  canonical_.emplace(joined_);
  return check_text(joined_.front);
}

Result<std::unique_ptr<EntitySource>> EntitySource::open(Source& from, EntityPlace place) {
  auto source = std::unique_ptr<EntitySource>(new EntitySource(from));
  if (const Status read = source->read_front(); !read) return read.error();
  if (const Status chosen = source->choose(place); !chosen) return chosen.error();
  return source;
}

Result<std::size_t> EntitySource::read(MutableBytes into) {
  return canonical_ ? canonical_->read(into) : joined_.read(into);
}

}  // namespace culvert::cli
