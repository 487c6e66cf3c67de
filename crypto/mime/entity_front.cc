#include "crypto/mime/entity_front.h"

#include <optional>

#include "crypto/base/ascii.h"
#include "crypto/base/limits.h"
#include "crypto/mime/entity.h"
#include "crypto/mime/header.h"
#include "crypto/mime/header_check.h"
#include "crypto/mime/header_fields.h"
#include "crypto/mime/mime_refusal.h"

namespace culvert::crypto {
namespace {

// On the heap, because a stack keeps the mail that it held until something else lies there.
constexpr std::size_t kPieceBytes = 16 * 1024;

// Takes the lines of a header one after the other.
class FrontReader {
 public:
  // Looks at what `octets` (all that was read so far) holds beyond the last call. True when the
  // empty line was met.
  bool advance(std::string_view octets) {
    std::size_t end = octets.find('\n', searched_);
    while (end != std::string_view::npos) {
      const bool has_cr = end > line_ && octets[end - 1] == '\r';
      if (!has_cr) front_.line_ends = LineEnds::converted;
      const std::string_view line = octets.substr(line_, end - line_ - (has_cr ? 1 : 0));
      line_ = searched_ = end + 1;
      front_.size = line_;
      if (line.empty()) return true;
      front_.header.append(line).append("\r\n");
      end = octets.find('\n', line_);
    }
    searched_ = octets.size();
    return false;
  }

  EntityFront finish(std::string_view octets) {
    front_.header.append(octets.substr(line_));
    front_.size = octets.size();
    return take();
  }

  // Of a header that is whole.
  EntityFront take() {
    if (front_.header.starts_with(kByteOrderMark)) front_.header.erase(0, kByteOrderMark.size());
    return std::move(front_);
  }

 private:
  EntityFront front_;
  std::size_t line_ = 0;
  std::size_t searched_ = 0;
};

Result<EntityFront> read_front(Source& from) {
  std::string octets;
  Bytes chunk(kPieceBytes);
  FrontReader reader;
  while (true) {
    const auto count = from.read(chunk);
    if (!count) return count.error();
    if (*count == 0) return reader.finish(octets);
    octets.append(as_text(ByteView(chunk).first(*count)));
    if (reader.advance(octets)) return reader.take();
    if (octets.size() > kMaxHeaderBytes) return refuse(MimeRefusal::header_too_large);
  }
}

// `From jane@a.example Mon Jan  1 00:00:00 2024`, alone on its line.
bool is_mbox_line(const HeaderField& field) {
  return field.raw.starts_with("From ") && field.raw.find("\r\n") + 2 == field.raw.size();
}

}  // namespace

Result<EntityFront> read_entity_front(RewindableSource& from) {
  auto front = read_front(from);
  if (!front) return front;
  if (front->header.size() > kMaxHeaderBytes ||
      fields_of(front->header).size() > kMaxHeaderFields) {
    return refuse(MimeRefusal::header_too_large);
  }
  if (const Status back = from.rewind(); !back) return back.error();
  return front;
}

Status check_fields(std::string_view header) {
  if (has_stray_octets(header)) {
    Error error = refuse(MimeRefusal::bad_header);
    if (const Status told = check_header(header); !told) error.text = told.error().text;
    return error;
  }
  const auto fields = fields_of(header);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (is_field_name(fields[i].name) || (i == 0 && is_mbox_line(fields[i]))) continue;
    return no_field(fields[i]);
  }
  return done();
}

bool says_binary(std::string_view header) {
  const auto fields = fields_of(header);
  const auto encodings = bodies_of(fields, "Content-Transfer-Encoding");
  return encodings.size() == 1 && lower_case(unfolded(encodings.front())) == "binary";
}

}  // namespace culvert::crypto
