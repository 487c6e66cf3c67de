#include <algorithm>

#include "crypto/base/limits.h"
#include "crypto/cms/auth_enveloped.h"
#include "crypto/cms/content_cipher.h"
#include "crypto/cms/der_writer.h"
#include "crypto/cms/recipient_info.h"
#include "crypto/cms/refusal.h"
#include "crypto/keys/random.h"

namespace culvert::crypto {
namespace {

constexpr std::uint32_t kVersion = 0;

Result<Bytes> recipient_infos(const std::vector<Certificate>& recipients,
                              const SecretBytes& content_key) {
  if (recipients.empty()) return refuse(Refusal::no_recipient);
  if (recipients.size() > kMaxCmsRecipients) return refuse(Refusal::too_many_recipients);
  std::vector<Bytes> infos;
  for (const Certificate& recipient : recipients) {
    auto info = seal_key_for(recipient, content_key);
    if (!info) return info.error();
    infos.push_back(*std::move(info));
  }
  return der_set_of(std::move(infos));
}

}  // namespace

struct AuthEnvelopedWriter::State {
  Sink& to;
  Bytes front;          // version, recipientInfos
  Bytes content_front;  // contentType, contentEncryptionAlgorithm
  ContentCipher cipher;
  SecretBytes plain;  // waits for company; encrypted in place
  std::size_t filled = 0;
  bool begun = false;  // the head is written, in indefinite length

  Status begin();
  Status write_piece(ByteView piece);
  Status write_full();
  Status write_all_in_der(ByteView sealed, ByteView tag);
};

Status AuthEnvelopedWriter::State::begin() {
  begun = true;
  Bytes head;
  append_indefinite(head, kTagSequence);
  append(head, ByteView(der_oid(kOidAuthEnvelopedData)));
  append_indefinite(head, context_tag(0));
  append_indefinite(head, kTagSequence);
  append(head, ByteView(front));
  append_indefinite(head, kTagSequence);
  append(head, ByteView(content_front));
  append_indefinite(head, context_tag(0));
  return to.write(head);
}

Status AuthEnvelopedWriter::State::write_piece(ByteView piece) {
  if (piece.empty()) return done();
  Bytes header;
  append_der_header(header, kTagOctetString, piece.size());
  if (const Status written = to.write(header); !written) return written;
  return to.write(piece);
}

Status AuthEnvelopedWriter::State::write_full() {
  if (!begun) {
    if (const Status head = begin(); !head) return head;
  }
  if (const Status sealed = cipher.process(plain.writable()); !sealed) return sealed;
  filled = 0;
  return write_piece(plain.view());
}

// Content that fits one piece has a known length: the whole object is DER.
Status AuthEnvelopedWriter::State::write_all_in_der(ByteView sealed, ByteView tag) {
  const Bytes mac = der_octet_string(tag);
  Bytes content_header;
  append_der_header(content_header, primitive_context_tag(0), sealed.size());
  const std::size_t content_size = content_front.size() + content_header.size() + sealed.size();
  const std::size_t inner_size =
      front.size() + der_header_size(content_size) + content_size + mac.size();
  const std::size_t outer_size = der_header_size(inner_size) + inner_size;
  const Bytes type = der_oid(kOidAuthEnvelopedData);
  Bytes head;
  append_der_header(head, kTagSequence, type.size() + der_header_size(outer_size) + outer_size);
  append(head, ByteView(type));
  append_der_header(head, context_tag(0), outer_size);
  append_der_header(head, kTagSequence, inner_size);
  append(head, ByteView(front));
  append_der_header(head, kTagSequence, content_size);
  append(head, ByteView(content_front));
  append(head, ByteView(content_header));
  for (const ByteView part : {ByteView(head), sealed, ByteView(mac)}) {
    if (const Status written = to.write(part); !written) return written;
  }
  return done();
}

AuthEnvelopedWriter::AuthEnvelopedWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
AuthEnvelopedWriter::~AuthEnvelopedWriter() = default;

Result<std::unique_ptr<AuthEnvelopedWriter>> AuthEnvelopedWriter::start(
    Sink& to, const std::vector<Certificate>& recipients) {
  const CipherRow& row = *find_cipher(kOidAes256Gcm.octets());
  const SecretBytes key = random_secret(row.key_bytes);
  const GcmParameters parameters{random_bytes(kGcmNonceBytes), kGcmTagBytes};
  const auto infos = recipient_infos(recipients, key);
  if (!infos) return infos.error();
  auto cipher = ContentCipher::start(ContentCipher::Direction::seal, {row, parameters, key, {}});
  if (!cipher) return cipher.error();
  Bytes front = der_integer(kVersion);
  append(front, ByteView(*infos));
  Bytes content_front = der_oid(kOidData);
  append(content_front, ByteView(der_sequence({der_oid(row.oid), der_gcm_parameters(parameters)})));
  auto state =
      std::unique_ptr<State>(new State{to, std::move(front), std::move(content_front),
                                       *std::move(cipher), SecretBytes(kStreamChunkBytes)});
  return std::unique_ptr<AuthEnvelopedWriter>(new AuthEnvelopedWriter(std::move(state)));
}

Status AuthEnvelopedWriter::write(ByteView plaintext) {
  State& s = *state_;
  while (!plaintext.empty()) {
    if (s.filled == s.plain.size()) {
      if (const Status written = s.write_full(); !written) return written;
    }
    const std::size_t count = std::min(plaintext.size(), s.plain.size() - s.filled);
    std::copy_n(plaintext.begin(), count, s.plain.writable().begin() + s.filled);
    s.filled += count;
    plaintext = plaintext.subspan(count);
  }
  return done();
}

Status AuthEnvelopedWriter::finish() {
  State& s = *state_;
  const MutableBytes last = s.plain.writable().first(s.filled);
  const auto tag = s.cipher.finish_seal(last);
  if (!tag) return tag.error();
  if (!s.begun) return s.write_all_in_der(last, *tag);
  if (const Status written = s.write_piece(last); !written) return written;
  Bytes tail;
  append_end(tail, 2);  // [0] and EncryptedContentInfo
  append(tail, ByteView(der_octet_string(*tag)));
  append_end(tail, 3);  // AuthEnvelopedData, [0], ContentInfo
  return s.to.write(tail);
}

}  // namespace culvert::crypto
