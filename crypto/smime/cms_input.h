// A CMS object in any form that people keep it in: a message or MIME entity of type
// application/pkcs7-mime or multipart/signed (base64 or binary, lines ending in CRLF or LF), one
// PEM block, also after words (pem_text.h), or plain DER. The first octets tell the form. The OID
// tells what the CMS object is, never `smime-type` or a file name.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "crypto/base/result.h"
#include "crypto/base/stream.h"
#include "crypto/mime/base64.h"
#include "crypto/mime/entity_front.h"
#include "crypto/smime/pem_text.h"
#include "crypto/smime/wrapping.h"

namespace culvert::crypto {

class MultipartSigned;

// For input that is no S/MIME object at all, as opposed to one that is refused.
inline constexpr std::string_view kNotSmimeCode = "not-smime";
// permanent `not-smime`; `why` follows "this is no S/MIME object: ".
Error not_smime(std::string why);

class CmsInput {
 public:
  // Looks at the front of `from`, which must outlive this and be at its beginning. Only the
  // top-level entity counts (EFAIL): a blob in a part of a multipart does not. permanent
  // `not-smime` for anything else, `unsupported-encoding` for a transfer encoding that fits no CMS
  // object, `bad-header` for an S/MIME object whose header readers may split in several ways
  // (entity_front.h), and the refusals of MultipartSigned and of find_pem_text. A caller that looks
  // only for certificates says so with `labels`.
  static Result<std::unique_ptr<CmsInput>> open(RewindableSource& from,
                                                PemLabels labels = PemLabels::cms);
  // The same for what was inside another layer as id-data: a MIME entity, and nothing else. A file
  // of type application/octet-stream is none, whatever its name: the type does not come from a mail
  // system on the way but from the author, who attached it.
  static Result<std::unique_ptr<CmsInput>> open_entity(RewindableSource& from);
  ~CmsInput();

  Wrapping wrapping() const { return wrapping_; }
  // `type/subtype; smime-type=…` as the entity has it, printable; empty if there is none.
  const std::string& content_type() const { return content_type_; }
  // The header of the message or entity, every line with CRLF; empty for DER and PEM.
  const std::string& header() const { return header_; }
  // The object's octets from the first on; valid as long as this.
  RewindableSource& der() { return *der_; }
  // What a signature beside its content covers, as it is hashed; null unless multipart_signed.
  RewindableSource* signed_content() { return content_; }
  // How many octets of the object's text so far were not base64, line ends aside.
  std::uint64_t passed_over() const { return decoded_ ? decoded_->passed_over() : 0; }
  // See MultipartSigned; choose_reading (signed_reading.h) decides.
  bool has_two_readings() const;
  void read_as_text();

 private:
  CmsInput();
  static Result<std::unique_ptr<CmsInput>> from_entity(RewindableSource& from, EntityFront front);
  static Result<std::unique_ptr<CmsInput>> from_text(RewindableSource& from, PemLabels labels);
  static Result<std::unique_ptr<CmsInput>> from_pem(RewindableSource& from, std::string_view front,
                                                    PemLabels labels);
  Status take_pkcs7_mime(RewindableSource& from, std::size_t header_bytes);
  Status take_multipart(RewindableSource& from);

  Wrapping wrapping_ = Wrapping::der;
  std::string content_type_;
  std::string header_;
  std::unique_ptr<MultipartSigned> multipart_;
  std::unique_ptr<SharedInput> shared_;
  std::unique_ptr<RewindableSource> text_;
  std::unique_ptr<Base64Source> decoded_;
  RewindableSource* der_ = nullptr;
  RewindableSource* content_ = nullptr;
};

}  // namespace culvert::crypto
