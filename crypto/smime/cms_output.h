// Writes a CMS object in a form that people keep it in: DER, PEM (RFC 7468, 9; CRLF), or a MIME
// entity (RFC 8551, 3.2; base64, CRLF). One thread at a time.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crypto/base/result.h"
#include "crypto/base/stream.h"
#include "crypto/mime/smime_entity.h"
#include "crypto/smime/wrapping.h"

namespace culvert::crypto {

class CmsOutput final : public Sink {
 public:
  struct Form {
    Wrapping wrapping = Wrapping::mime;  // not multipart_signed
    CmsKind kind = CmsKind::enveloped_data;
    std::string fields{};  // header fields of the message around a MIME entity; may be empty
  };
  // `to` must outlive this.
  CmsOutput(const Form& form, Sink& to);

  Status write(ByteView octets) override;
  // Ends the text; call it once, after the last octet of the object.
  Status finish();

 private:
  Status begin_pem();

  Sink& to_;
  Wrapping wrapping_;
  bool begun_ = false;
  std::optional<Pkcs7MimeWriter> mime_;
  std::optional<Base64Encoder> base64_;
};

}  // namespace culvert::crypto
