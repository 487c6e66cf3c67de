#include "crypto/smime/cms_output.h"

namespace culvert::crypto {

CmsOutput::CmsOutput(const Form& form, Sink& to) : to_(to), wrapping_(form.wrapping) {
  if (wrapping_ == Wrapping::mime) mime_.emplace(form.kind, form.fields, to);
  if (wrapping_ == Wrapping::pem) base64_.emplace(to);
}

Status CmsOutput::begin_pem() {
  if (begun_) return done();
  begun_ = true;
  return to_.write(as_bytes("-----BEGIN CMS-----\r\n"));
}

Status CmsOutput::write(ByteView octets) {
  if (mime_) return mime_->write(octets);
  if (!base64_) return to_.write(octets);
  if (const Status begun = begin_pem(); !begun) return begun.error();
  return base64_->write(octets);
}

Status CmsOutput::finish() {
  if (mime_) return mime_->finish();
  if (!base64_) return done();
  if (const Status begun = begin_pem(); !begun) return begun.error();
  if (const Status ended = base64_->finish(); !ended) return ended.error();
  return to_.write(as_bytes("-----END CMS-----\r\n"));
}

}  // namespace culvert::crypto
