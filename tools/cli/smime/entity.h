// What `smime sign` and `smime encrypt` take as a MIME entity: lines that end in LF get CRLF (RFC
// 8551, 3.1.1), and what is no text stays octet for octet, or is refused where it cannot.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "crypto/base/stream.h"
#include "crypto/mime/canonical.h"

namespace culvert::cli {

// What the input is put into.
enum class EntityPlace {
  cms,               // holds any octets
  multipart_signed,  // holds text alone: its readers take LF for CRLF
  sealed_message,    // cms, but the input has to be a message
};

class EntitySource final : public Source {
 public:
  // Reads the header at the front of `from`, which must outlive this.
  // - An entity (or message) whose Content-Transfer-Encoding is `binary`: its header gets CRLF, its
  //   body stays as it is. Refused in a multipart/signed.
  // - Any other entity: text, gets CRLF.
  // - No entity: stays as it is in `cms`, and is text elsewhere.
  // A byte order mark before the header of an entity is taken off.
  // permanent `not-text` for that, and for a NUL in text: by `open`, if it is in the first octets,
  // as in pictures and archives; else by `read`.
  static Result<std::unique_ptr<EntitySource>> open(Source& from, EntityPlace place);

  Result<std::size_t> read(MutableBytes into) override;
  // Up to the empty line, every line with CRLF; empty if there is none.
  const std::string& header() const { return header_; }
  // True if a byte order mark was taken off.
  bool had_byte_order_mark() const { return had_mark_; }

 private:
  // What has to be text, and is read once.
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
  Bytes front_;  // what was read to look at it
  bool is_text_ = false;
  std::optional<JoinedSource> joined_;                // front_ and all else
  std::optional<Text> text_;                          // over joined_
  std::optional<crypto::CanonicalSource> canonical_;  // over text_
  std::string header_;
  bool had_mark_ = false;
  std::size_t header_bytes_ = 0;  // in front_, with the empty line
};

}  // namespace culvert::cli
