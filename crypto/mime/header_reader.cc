#include "crypto/mime/header_reader.h"

#include <utility>

#include "crypto/base/limits.h"
#include "crypto/base/require.h"
#include "crypto/mime/mime_refusal.h"

namespace culvert::crypto {
namespace {

Error too_large(std::size_t most, const std::string& unit) {
  return permanent_error(std::string(refusal_code(MimeRefusal::header_too_large)),
                         "the header has too many " + unit + ": at most " + std::to_string(most) +
                             " " + unit + " are taken");
}

}  // namespace

bool HeaderScan::advance(std::string_view octets) {
  for (std::size_t at = octets.find('\n', searched_); at != octets.npos;
       at = octets.find('\n', at + 1)) {
    const bool has_cr = at > header_bytes_ && octets[at - 1] == '\r';
    if (!has_cr && lines_ == HeaderLines::crlf) continue;
    const std::size_t line_bytes = at - header_bytes_ - (has_cr ? 1 : 0);
    if (line_bytes == 0) {
      empty_line_bytes_ = has_cr ? 2 : 1;
      return true;
    }
    if (!has_cr) ++bare_line_ends_;
    take_line(octets, at + 1);
  }
  searched_ = octets.size();
  return false;
}

void HeaderScan::finish(std::string_view octets) {
  if (header_bytes_ < octets.size()) take_line(octets, octets.size());
}

void HeaderScan::take_line(std::string_view octets, std::size_t end) {
  const char first = octets[header_bytes_];
  const bool continues = header_bytes_ > 0 && (first == ' ' || first == '\t');
  if (!continues) ++fields_;
  header_bytes_ = end;
}

Status HeaderReader::write(ByteView octets) {
  require(!has_ended_, "a header that has not ended");
  octets_.append(as_text(octets));
  const bool ended = scan_.advance(octets_);
  // A CR alone may belong to the empty line.
  std::string_view line = std::string_view(octets_).substr(scan_.header_bytes());
  if (ended || line == "\r") line = {};
  if (const Status fits = within_limits(line.size()); !fits) return fits.error();
  has_ended_ = ended;
  return done();
}

Status HeaderReader::finish() {
  if (has_ended_) return done();
  scan_.finish(octets_);
  has_ended_ = true;
  return within_limits(0);
}

Status HeaderReader::read_from(Source& from) {
  // On the heap: the stack would keep the mail until something else overwrites it.
  Bytes chunk(kMessageBufferBytes);
  while (!has_ended_) {
    const auto count = from.read(chunk);
    if (!count) return count.error();
    const Status taken = *count == 0 ? finish() : write(ByteView(chunk).first(*count));
    if (!taken) return taken;
  }
  return done();
}

Status HeaderReader::within_limits(std::size_t line_octets) const {
  const std::size_t bytes = scan_.header_bytes() + scan_.bare_line_ends() + line_octets;
  if (bytes > limits_.bytes) return too_large(limits_.bytes, "octets");
  if (scan_.fields() > limits_.fields) return too_large(limits_.fields, "fields");
  return done();
}

std::string_view HeaderReader::header() const {
  require(has_ended_, "a header that has ended");
  return std::string_view(octets_).substr(0, scan_.header_bytes());
}

std::string_view HeaderReader::rest() const {
  require(has_ended_, "a header that has ended");
  return std::string_view(octets_).substr(scan_.header_bytes());
}

std::string_view HeaderReader::body() const { return rest().substr(scan_.empty_line_bytes()); }

Result<MessageHead> read_head(Source& from, const HeaderLimits& limits) {
  HeaderReader reader(limits);
  if (const Status read = reader.read_from(from); !read) return read.error();
  return MessageHead{std::string(reader.header()), to_bytes(reader.rest())};
}

Bytes MessageHead::take_body() {
  if (has_end()) rest.erase(rest.begin(), rest.begin() + 2);
  return std::exchange(rest, {});
}

SplitEntity split_entity(std::string_view entity) {
  HeaderScan scan(HeaderLines::crlf);
  if (!scan.advance(entity)) return {entity, {}};
  return {entity.substr(0, scan.header_bytes()),
          entity.substr(scan.header_bytes() + scan.empty_line_bytes())};
}

}  // namespace culvert::crypto
