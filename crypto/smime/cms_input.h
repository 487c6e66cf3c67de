// A CMS object in whatever people keep it in: a message or MIME entity of type
// application/pkcs7-mime (base64 or binary, lines ending in CRLF or LF), PEM, or plain DER. Which
// it is, is told by its first octets; what the CMS object is, by its OID and never by `smime-type`
// or a file name.
#pragma once

#include <memory>
#include <string>

#include "crypto/base/result.h"
#include "crypto/base/stream.h"

namespace culvert::crypto {

enum class Wrapping { der, pem, mime };

class CmsInput {
 public:
  // Looks at the front of `from`, which must outlive this and be at its beginning. Only the
  // top-level entity counts (EFAIL): a blob in a part of a multipart is none. permanent `not-smime`
  // for anything else, `unsupported-encoding` for a transfer encoding that fits no CMS object.
  static Result<std::unique_ptr<CmsInput>> open(RewindableSource& from);
  ~CmsInput();

  Wrapping wrapping() const { return wrapping_; }
  // `type/subtype; smime-type=…` as the entity has it, printable; empty if there is none.
  const std::string& content_type() const { return content_type_; }
  // The object's octets from the first on; valid as long as this.
  RewindableSource& der() { return *der_; }

 private:
  CmsInput() = default;
  static Result<std::unique_ptr<CmsInput>> from_mime(RewindableSource& from,
                                                     std::string_view front);

  Wrapping wrapping_ = Wrapping::der;
  std::string content_type_;
  std::unique_ptr<RewindableSource> text_;
  std::unique_ptr<RewindableSource> decoded_;
  RewindableSource* der_ = nullptr;
};

}  // namespace culvert::crypto
