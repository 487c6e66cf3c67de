#include <algorithm>

#include "crypto/base/limits.h"
#include "crypto/cms/content_cipher.h"
#include "crypto/cms/der_writer.h"
#include "crypto/cms/enveloped.h"
#include "crypto/cms/recipient_info.h"
#include "crypto/cms/refusal.h"
#include "crypto/keys/random.h"

namespace culvert::crypto {
namespace {

constexpr std::uint32_t kAuthEnvelopedVersion = 0;  // RFC 5083, 2.1
// The room that an ordinary mail needs. A whole piece would be cleared and wiped for each mail.
constexpr std::size_t kFirstPieceBytes = kMessageBufferBytes;

struct RecipientInfos {
  Bytes der;
  std::uint32_t version = 0;  // that EnvelopedData must have with them
};

// RFC 5652, 6.1: 3 with a password or another recipient, 2 with any but key transport.
std::uint32_t version_for(std::uint8_t identifier) {
  if (identifier == kTagSequence) return 0;
  return identifier == context_tag(3) || identifier == context_tag(4) ? 3 : 2;
}

Result<RecipientInfos> recipient_infos(const EnvelopedOptions& options,
                                       const SecretBytes& content_key) {
  if (options.recipients.empty()) return refuse(Refusal::no_recipient);
  if (options.recipients.size() > kMaxCmsRecipients) return refuse(Refusal::too_many_recipients);
  std::vector<Bytes> infos;
  std::uint32_t version = 0;
  for (const Recipient& recipient : options.recipients) {
    auto info = seal_key_for(recipient, content_key, options.keys);
    if (!info) return info.error();
    version = std::max(version, version_for(info->front()));
    infos.push_back(*std::move(info));
  }
  return RecipientInfos{der_set_of(std::move(infos)), version};
}

}  // namespace

struct EnvelopedWriter::State {
  Sink& to;
  Oid type;             // of the ContentInfo
  Bytes front;          // version, recipientInfos
  Bytes content_front;  // contentType, contentEncryptionAlgorithm
  ContentCipher cipher;
  SecretBytes plain;  // waits until a piece is full; encrypted in place
  std::size_t filled = 0;
  bool begun = false;  // the head is written, in indefinite length

  void make_room();
  Status begin();
  Status write_piece(ByteView piece);
  Status write_full();
  Status write_all_in_der(ByteView sealed, ByteView more, ByteView mac);
};

// Makes room for a whole piece.
void EnvelopedWriter::State::make_room() {
  SecretBytes larger(kStreamChunkBytes);
  std::copy_n(plain.view().begin(), filled, larger.writable().begin());
  plain = std::move(larger);
}

Status EnvelopedWriter::State::begin() {
  begun = true;
  Bytes head;
  append_indefinite(head, kTagSequence);
  append(head, ByteView(der_oid(type)));
  append_indefinite(head, context_tag(0));
  append_indefinite(head, kTagSequence);
  append(head, ByteView(front));
  append_indefinite(head, kTagSequence);
  append(head, ByteView(content_front));
  append_indefinite(head, context_tag(0));
  return to.write(head);
}

Status EnvelopedWriter::State::write_piece(ByteView piece) {
  if (piece.empty()) return done();
  Bytes header;
  append_der_header(header, kTagOctetString, piece.size());
  if (const Status written = to.write(header); !written) return written.error();
  return to.write(piece);
}

Status EnvelopedWriter::State::write_full() {
  if (!begun) {
    if (const Status head = begin(); !head) return head.error();
  }
  if (const Status sealed = cipher.process(plain.writable()); !sealed) return sealed.error();
  filled = 0;
  return write_piece(plain.view());
}

// Content that fits one piece has a known length: the whole object is DER. `mac` is the element
// after the content, empty if there is none.
Status EnvelopedWriter::State::write_all_in_der(ByteView sealed, ByteView more, ByteView mac) {
  Bytes content_header;
  append_der_header(content_header, primitive_context_tag(0), sealed.size() + more.size());
  const std::size_t content_size =
      content_front.size() + content_header.size() + sealed.size() + more.size();
  const std::size_t inner_size =
      front.size() + der_header_size(content_size) + content_size + mac.size();
  const std::size_t outer_size = der_header_size(inner_size) + inner_size;
  const Bytes type_element = der_oid(type);
  Bytes head;
  append_der_header(head, kTagSequence,
                    type_element.size() + der_header_size(outer_size) + outer_size);
  append(head, ByteView(type_element));
  append_der_header(head, context_tag(0), outer_size);
  append_der_header(head, kTagSequence, inner_size);
  append(head, ByteView(front));
  append_der_header(head, kTagSequence, content_size);
  append(head, ByteView(content_front));
  append(head, ByteView(content_header));
  for (const ByteView part : {ByteView(head), sealed, more, mac}) {
    if (const Status written = to.write(part); !written) return written.error();
  }
  return done();
}

EnvelopedWriter::EnvelopedWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
EnvelopedWriter::~EnvelopedWriter() = default;

Result<std::unique_ptr<EnvelopedWriter>> EnvelopedWriter::start(Sink& to,
                                                                const EnvelopedOptions& options) {
  const CipherRow& row = *options.cipher;
  if (row.strength != Strength::strong)
    return refuse(Refusal::weak_algorithm, std::string(row.name));
  const ContentAlgorithm algorithm = make_content_algorithm(row, options.derivation);
  SecretBytes key = random_secret(row.key_bytes);
  const auto infos = recipient_infos(options, key);
  if (!infos) return infos.error();
  const SecretBytes cipher_key = derive_content_key(algorithm, std::move(key));
  auto cipher = ContentCipher::start(ContentCipher::Direction::seal, {algorithm, cipher_key, {}});
  if (!cipher) return cipher.error();
  const bool is_aead = row.kind == CipherKind::aead;
  Bytes front = der_integer(is_aead ? kAuthEnvelopedVersion : infos->version);
  append(front, ByteView(infos->der));
  Bytes content_front = der_oid(kOidData);
  append(content_front, ByteView(der_content_algorithm(algorithm)));
  auto state = std::unique_ptr<State>(
      new State{to, is_aead ? kOidAuthEnvelopedData : kOidEnvelopedData, std::move(front),
                std::move(content_front), *std::move(cipher), SecretBytes(kFirstPieceBytes)});
  return std::unique_ptr<EnvelopedWriter>(new EnvelopedWriter(std::move(state)));
}

Status EnvelopedWriter::write(ByteView plaintext) {
  State& s = *state_;
  while (!plaintext.empty()) {
    if (s.filled == s.plain.size() && s.filled < kStreamChunkBytes) s.make_room();
    if (s.filled == s.plain.size()) {
      if (const Status written = s.write_full(); !written) return written.error();
    }
    const std::size_t count = std::min(plaintext.size(), s.plain.size() - s.filled);
    std::copy_n(plaintext.begin(), count, s.plain.writable().begin() + s.filled);
    s.filled += count;
    plaintext = plaintext.subspan(count);
  }
  return done();
}

Status EnvelopedWriter::finish() {
  State& s = *state_;
  const auto sealed = s.cipher.finish_seal(s.plain.writable().first(s.filled));
  if (!sealed) return sealed.error();
  const ByteView last = s.plain.view().first(sealed->kept);
  const Bytes mac = sealed->tag.empty() ? Bytes{} : der_octet_string(sealed->tag);
  if (!s.begun) return s.write_all_in_der(last, sealed->more, mac);
  for (const ByteView piece : {last, ByteView(sealed->more)}) {
    if (const Status written = s.write_piece(piece); !written) return written.error();
  }
  Bytes tail;
  append_end(tail, 2);  // [0] and EncryptedContentInfo
  append(tail, ByteView(mac));
  append_end(tail, 3);  // the object, [0], ContentInfo
  return s.to.write(tail);
}

}  // namespace culvert::crypto
