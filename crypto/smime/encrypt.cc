#include "crypto/smime/encrypt.h"

#include "crypto/smime/cms_output.h"

namespace culvert::crypto {

Status encrypt(Source& content, const EncryptRequest& request, Sink& to) {
  const CmsKind kind = request.options.cipher->kind == CipherKind::aead
                           ? CmsKind::auth_enveloped_data
                           : CmsKind::enveloped_data;
  CmsOutput output({request.wrapping, kind, request.fields}, to);
  const auto writer = EnvelopedWriter::start(output, request.options);
  if (!writer) return writer.error();
  if (const auto copied = copy_all(content, **writer); !copied) return copied.error();
  if (const Status ended = (*writer)->finish(); !ended) return ended.error();
  return output.finish();
}

}  // namespace culvert::crypto
