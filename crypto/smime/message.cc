#include "crypto/smime/message.h"

#include <algorithm>

#include "crypto/mime/entity_front.h"
#include "crypto/mime/header.h"
#include "crypto/mime/header_check.h"
#include "crypto/mime/header_reader.h"
#include "crypto/smime/cms_output.h"
#include "crypto/smime/encrypt.h"
#include "crypto/smime/sign.h"

namespace culvert::crypto {
namespace {

// The front of the Cryptographic Payload: its own header, what is shown to old readers, and the
// part of the body that was already read.
Bytes front_of(const ProtectedHead& head, ByteView body) {
  Bytes front = to_bytes(head.payload);
  append(front, "\r\n");
  append(front, head.legacy_display);
  append(front, body);
  return front;
}

Protection protection_of(const MessageSeal& seal) {
  if (!seal.encrypt) return Protection::signed_only;
  return seal.sign ? Protection::signed_and_encrypted : Protection::encrypted_only;
}

// The signed entity goes into the cipher as it is made.
Status sign_and_encrypt(Source& payload, const KeyRing& keys, const MessageSeal& seal,
                        std::string fields, Sink& to) {
  const CmsKind kind = seal.encrypt->cipher->kind == CipherKind::aead ? CmsKind::auth_enveloped_data
                                                                      : CmsKind::enveloped_data;
  CmsOutput output({Wrapping::mime, kind, std::move(fields)}, to);
  const auto writer = EnvelopedWriter::start(output, *seal.encrypt);
  if (!writer) return writer.error();
  SignRequest request{*seal.sign, Wrapping::mime, {}};
  request.options.content = SigningOptions::Content::opaque;
  if (const Status made = sign(payload, keys, request, **writer); !made) return made.error();
  if (const Status ended = (*writer)->finish(); !ended) return ended.error();
  return output.finish();
}

}  // namespace

Status seal_message(Source& message, const KeyRing& keys, const MessageSeal& seal, Sink& to) {
  if (!seal.sign && !seal.encrypt) {
    return internal_error("no-seal", "a message must be signed or encrypted");
  }
  auto head = read_head(message);
  if (!head) return head.error();
  std::string_view header = head->header;
  if (header.starts_with(kByteOrderMark)) header.remove_prefix(kByteOrderMark.size());
  // A line that is no field would get lost: neither header made from this one has room for it.
  if (const Status good = check_header(header); !good) return good.error();
  auto fields =
      protect_header(header, {protection_of(seal), seal.confidentiality, seal.legacy_display});
  if (!fields) return fields.error();
  JoinedSource payload(front_of(*fields, head->take_body()), message);
  if (!seal.encrypt) {
    SignRequest request{*seal.sign, Wrapping::mime, fields->outer};
    request.options.content = SigningOptions::Content::detached;
    return sign(payload, keys, request, to);
  }
  if (seal.sign) return sign_and_encrypt(payload, keys, seal, fields->outer, to);
  return encrypt(payload, {*seal.encrypt, Wrapping::mime, fields->outer}, to);
}

}  // namespace culvert::crypto
