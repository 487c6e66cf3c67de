// The input of `smime sign` and `smime encrypt` as a MIME entity. Lines that end in LF get CRLF
// (RFC 8551, 3.1.1). Input that is not text stays octet for octet, or is refused where it cannot.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "crypto/base/stream.h"
#include "crypto/mime/canonical.h"

namespace culvert::cli {

// Where the input is put.
enum class EntityPlace {
  cms,               // holds any octets
  multipart_signed,  // holds text only: its readers take LF for CRLF
  sealed_message,    // as cms, but the input must be a message
};

class EntitySource final : public Source {
 public:
  // Reads the header at the front of `from`, which must outlive this.
  // - An entity (or message) whose Content-Transfer-Encoding is `binary`: its header gets CRLF, its
  //   body stays as it is. Refused in a multipart/signed.
  // - Any other entity is text and gets CRLF.
  // - Input that is not an entity stays as it is in `cms`, and is text elsewhere.
  // A byte order mark before the header of an entity is removed.
  // permanent `not-text` for the refusal above, and for a NUL in text. `open` reports a NUL in the
  // first octets, as in pictures and archives; `read` reports any other.
  static Result<std::unique_ptr<EntitySource>> open(Source& from, EntityPlace place);

  Result<std::size_t> read(MutableBytes into) override;
  // Up to the empty line, every line with CRLF; empty if there is none.
  const std::string& header() const { return header_; }
  // True if a byte order mark was removed.
  bool had_byte_order_mark() const { return had_mark_; }

 private:
  // Input that must be text and is read once.
  class Text final : public RewindableSource {
   public:
    explicit Text(Source& from) : from_(from) {}
    Result<std::size_t> read(MutableBytes into) override;
    Status rewind() override;

   private:
    Source& from_;
  };

  explicit EntitySource(Source& from) : from_(from) {}
  Status read_front();
  Status check_no_entity(std::size_t sound_bytes);
  Status choose(EntityPlace place);

  Source& from_;
  Bytes front_;  // read to look at the header
  bool is_text_ = false;
  std::optional<JoinedSource> joined_;                // front_ and the rest of from_
  std::optional<Text> text_;                          // over joined_
  std::optional<crypto::CanonicalSource> canonical_;  // over text_
  std::string header_;
  bool had_mark_ = false;
  std::size_t header_bytes_ = 0;  // in front_, with the empty line
};

}  // namespace culvert::cli
