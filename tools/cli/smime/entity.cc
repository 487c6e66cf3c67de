#include "tools/cli/smime/entity.h"

#include <algorithm>
#include <cstring>

#include "crypto/mime/entity.h"
#include "crypto/mime/entity_front.h"
#include "crypto/mime/header.h"
#include "crypto/mime/header_check.h"
#include "crypto/mime/header_reader.h"
#include "crypto/mime/mime_refusal.h"

namespace culvert::cli {
namespace {

bool is_header_line(std::string_view line, bool is_first) {
  if (line.empty()) return false;
  if (line.front() == ' ' || line.front() == '\t') return !is_first;
  return crypto::is_field_name(line.substr(0, line.find_first_of(": \t")));
}

// The number of octets before the first line that is neither a field nor its continuation. A line
// without an end is not looked at.
std::size_t sound_bytes(std::string_view header) {
  std::size_t at = 0;
  for (std::size_t end = header.find('\n'); end != header.npos; end = header.find('\n', at)) {
    std::string_view line = header.substr(at, end - at);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!is_header_line(line, at == 0)) break;
    at = end + 1;
  }
  return at;
}

bool is_entity_field(const crypto::HeaderField& field) {
  return crypto::is_structural_field(field.name) || crypto::same_field_name(field.name, "From");
}

bool is_entity(std::string_view header) {
  const auto fields = crypto::fields_of(header);
  return std::any_of(fields.begin(), fields.end(), is_entity_field);
}

// Skips the `From ` line with which an mbox begins a message.
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

Result<std::size_t> EntitySource::Text::read(MutableBytes into) {
  const auto count = from_.read(into);
  if (!count) return count;
  if (const Status good = check_text(into.first(*count)); !good) return good.error();
  return count;
}

Status EntitySource::Text::rewind() {
  return internal_error("not-rewindable", "what is signed or encrypted is read once");
}

// Refuses input that begins as an entity but has a line that is not a field, or too many: other
// readers take the rest of the header for text, leave the line out, or refuse what was signed.
Status EntitySource::check_no_entity(std::size_t sound_bytes) {
  const ByteView all = ByteView(front_);
  const std::size_t mark = all.size() - behind_mark(as_text(all)).size();
  if (!is_entity(as_text(all.subspan(mark, sound_bytes)))) return done();
  ViewSource view(all);
  const auto front = crypto::read_entity_front(view);
  return front ? check_entity(front->header) : Status(front.error());
}

// Reads until the header ends, or cannot be a header.
Status EntitySource::read_front() {
  crypto::HeaderReader reader(crypto::kMessageHeader, crypto::HeaderLines::crlf_or_lf);
  const Status read = reader.read_from(from_);
  if (!read && !crypto::mime_refusal_of(read.error())) return read;
  front_ = to_bytes(reader.octets());
  const std::string_view begin = behind_mark(read ? reader.header() : reader.octets());
  const std::size_t sound = sound_bytes(begin);
  const bool ends = read && !reader.rest().empty();
  const bool has_bad_line = begin.find('\n', sound) != begin.npos;
  if (!read || has_bad_line || (ends && sound == 0)) return check_no_entity(sound);
  ViewSource view{ByteView(front_)};
  auto front = crypto::read_entity_front(view);
  if (!front) return front.error();
  header_ = std::move(front->header);
  header_bytes_ = front->size;
  had_mark_ = as_text(front_).starts_with(crypto::kByteOrderMark);
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
    append(front, ByteView(front_).subspan(header_bytes_));
    front_ = std::move(front);
    return done();
  }
  if (place == EntityPlace::cms && !is_entity(header_)) return done();
  const std::string_view text = behind_mark(as_text(front_));
  if (!header_.empty() && text.size() < front_.size()) front_ = to_bytes(text);
  is_text_ = true;
  return check_text(front_);
}

Result<std::unique_ptr<EntitySource>> EntitySource::open(Source& from, EntityPlace place) {
  auto source = std::unique_ptr<EntitySource>(new EntitySource(from));
  if (const Status read = source->read_front(); !read) return read.error();
  if (const Status chosen = source->choose(place); !chosen) return chosen.error();
  source->joined_.emplace(std::move(source->front_), from);
  if (source->is_text_) {
    source->text_.emplace(*source->joined_);
    source->canonical_.emplace(*source->text_);
  }
  return source;
}

Result<std::size_t> EntitySource::read(MutableBytes into) {
  return canonical_ ? canonical_->read(into) : joined_->read(into);
}

}  // namespace culvert::cli
