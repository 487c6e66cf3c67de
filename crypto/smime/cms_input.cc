#include "crypto/smime/cms_input.h"

#include <algorithm>
#include <array>

#include "crypto/base/log.h"
#include "crypto/cms/asn1_tag.h"
#include "crypto/mime/entity.h"
#include "crypto/mime/header.h"
#include "crypto/mime/multipart_signed.h"
#include "crypto/smime/input_look.h"

namespace culvert::crypto {
namespace {

// Enough for the first line of PEM and the header of a ContentInfo.
constexpr std::size_t kFrontBytes = 256;

// The first octets of the input, which is at its beginning again afterwards.
Result<Bytes> look_at_front(RewindableSource& from, std::size_t bytes = kFrontBytes) {
  auto front = read_front(from, bytes);
  if (!front) return front.error();
  if (const Status back = from.rewind(); !back) return back.error();
  return front;
}

// A SEQUENCE that begins with an OBJECT IDENTIFIER. No text begins so.
bool is_content_info(ByteView octets) {
  if (octets.size() < 3 || octets[0] != kTagSequence) return false;
  const std::size_t header = octets[1] <= 0x80 ? 2 : 2 + std::size_t{octets[1] & 0x7fU};
  return header < octets.size() && octets[header] == kTagOid;
}

std::string describe(const ContentType& type) {
  std::string text = type.media_type;
  if (const auto kind = type.parameter("smime-type")) text += "; smime-type=" + std::string(*kind);
  return printable(text);
}

// True if it has the header of a message or entity, whatever is wrong in it.
bool has_header(std::string_view header) {
  const auto fields = fields_of(header);
  return !fields.empty() && is_field_name(fields.front().name) && !fields.front().body.empty();
}

// What it is instead: `its top-level type is text/plain: `, or, without a header, what it looks
// like.
std::string found_type(std::string_view header, ByteView front) {
  if (!has_header(header)) {
    const std::string look = input_look(front);
    return (look.empty() ? "it has no header that tells a type" : look) + ": ";
  }
  const auto kind = entity_kind(header);
  return kind ? "its top-level type is " + describe(kind->type) + ": " : std::string();
}

}  // namespace

Error not_smime(std::string why) {
  return permanent_error(kNotSmimeCode, "this is no S/MIME object: " + std::move(why));
}

CmsInput::CmsInput() = default;
CmsInput::~CmsInput() = default;

Status CmsInput::take_pkcs7_mime(RewindableSource& from, std::size_t header_bytes) {
  const auto kind = entity_kind(header_);
  if (!kind) return not_smime("its Content-Type is ambiguous");
  if (const Status good = check_fields(header_); !good) return good.error();
  wrapping_ = Wrapping::mime;
  content_type_ = describe(kind->type);
  shared_ = std::make_unique<SharedInput>(from);
  text_ = std::make_unique<PartSource>(*shared_, header_bytes);
  der_ = text_.get();
  if (kind->encoding == TransferEncoding::identity) return done();
  if (kind->encoding != TransferEncoding::base64) {
    return permanent_error("unsupported-encoding",
                           "the Content-Transfer-Encoding of the entity is not one for CMS");
  }
  decoded_ = std::make_unique<Base64Source>(*text_);
  der_ = decoded_.get();
  return done();
}

Status CmsInput::take_multipart(RewindableSource& from) {
  auto multipart = MultipartSigned::open(from);
  if (!multipart) return multipart.error();
  multipart_ = *std::move(multipart);
  wrapping_ = Wrapping::multipart_signed;
  content_type_ = "multipart/signed";
  content_ = &multipart_->content();
  der_ = &multipart_->signature();
  return done();
}

bool CmsInput::has_two_readings() const { return multipart_ && multipart_->has_two_readings(); }

void CmsInput::read_as_text() {
  multipart_->read_as_text();
  content_ = &multipart_->content();
}

Result<std::unique_ptr<CmsInput>> CmsInput::from_entity(RewindableSource& from, EntityFront front) {
  auto input = std::unique_ptr<CmsInput>(new CmsInput());
  input->header_ = std::move(front.header);
  Status taken = done();
  switch (smime_form(input->header_)) {
    case SmimeForm::pkcs7_mime:
      taken = input->take_pkcs7_mime(from, front.size);
      break;
    case SmimeForm::multipart_signed:
      taken = input->take_multipart(from);
      break;
    case SmimeForm::none: {
      if (const Status back = from.rewind(); !back) return back.error();
      const auto octets = look_at_front(from);
      if (!octets) return octets.error();
      taken = not_smime(found_type(input->header_, *octets) +
                        "it is neither DER nor PEM nor an entity whose top-level type is "
                        "application/pkcs7-mime or multipart/signed");
    }
  }
  if (!taken) return taken.error();
  return input;
}

Result<std::unique_ptr<CmsInput>> CmsInput::open_entity(RewindableSource& from) {
  auto front = read_entity_front(from);
  if (!front) return front.error();
  const auto kind = entity_kind(front->header);
  if (kind && kind->type.media_type == "application/octet-stream") {
    return not_smime("it is a file inside another object");
  }
  return from_entity(from, *std::move(front));
}

Result<std::unique_ptr<CmsInput>> CmsInput::from_pem(RewindableSource& from, std::string_view front,
                                                     PemLabels labels) {
  auto input = std::unique_ptr<CmsInput>(new CmsInput());
  input->shared_ = std::make_unique<SharedInput>(from);
  const auto text = find_pem_text(*input->shared_, front, labels);
  if (!text) return text.error();
  input->wrapping_ = Wrapping::pem;
  input->text_ = std::make_unique<PartSource>(*input->shared_, text->begin, text->end);
  input->decoded_ = std::make_unique<Base64Source>(*input->text_);
  input->der_ = input->decoded_.get();
  return input;
}

// An S/MIME entity, or else a PEM block after words. An entity is tried first, because words could
// be anything.
Result<std::unique_ptr<CmsInput>> CmsInput::from_text(RewindableSource& from, PemLabels labels) {
  auto entity = read_entity_front(from);
  if (entity && smime_form(entity->header) != SmimeForm::none) {
    return from_entity(from, *std::move(entity));
  }
  if (const Status back = from.rewind(); !back) return back.error();
  const auto front = look_at_front(from, kMaxPemWordsBytes + kFrontBytes);
  if (!front) return front.error();
  if (find_pem_begin(as_text(*front))) return from_pem(from, as_text(*front), labels);
  if (!entity) return entity.error();
  return from_entity(from, *std::move(entity));
}

Result<std::unique_ptr<CmsInput>> CmsInput::open(RewindableSource& from, PemLabels labels) {
  const auto front = look_at_front(from);
  if (!front) return front.error();
  if (front->empty()) return not_smime("it is empty");
  if (begins_pem(as_text(*front))) return from_pem(from, as_text(*front), labels);
  if (!is_content_info(*front)) return from_text(from, labels);
  auto input = std::unique_ptr<CmsInput>(new CmsInput());
  input->der_ = &from;
  return input;
}

}  // namespace culvert::crypto
