// AuthEnvelopedData (RFC 5083) and EnvelopedData (RFC 5652, section 6), written and opened as
// streams in constant memory. No octet of plaintext leaves before all of it is authenticated or, if
// the cipher cannot authenticate, decrypted to its end. So opening reads the stored ciphertext
// twice; content up to kHeldContentBytes is read once and kept in memory.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crypto/base/result.h"
#include "crypto/base/stream.h"
#include "crypto/cms/content_algorithm.h"
#include "crypto/cms/content_key.h"
#include "crypto/cms/recipient.h"
#include "crypto/cms/recipient_peek.h"
#include "crypto/keys/key_ring.h"

namespace culvert::crypto {

// How the content is sealed. Profiles: crypto/smime/profile.h.
struct EnvelopedOptions {
  std::vector<Recipient> recipients;  // at least one
  // An AEAD makes AuthEnvelopedData, any other cipher EnvelopedData.
  const CipherRow* cipher = find_cipher(kOidAes256Gcm.octets());
  KeyOptions keys{};
  KeyDerivation derivation = KeyDerivation::none;
};

// Plaintext in, a ContentInfo out: id-data, a fresh key and nonce, one recipient info for each
// recipient. DER if the content fits one piece of kStreamChunkBytes, otherwise of indefinite
// length.
class EnvelopedWriter final : public Sink {
 public:
  // Writes the head, wrapping the content key for every recipient, to `to`, which must outlive the
  // writer. permanent `unsupported-recipient` for a certificate whose key cannot be sealed to;
  // `no-recipient`, `too-many-recipients`; `weak-algorithm` for a cipher that is only read.
  static Result<std::unique_ptr<EnvelopedWriter>> start(Sink& to, const EnvelopedOptions& options);
  ~EnvelopedWriter() override;

  Status write(ByteView plaintext) override;
  // Writes the last piece and the tag; nothing may be written afterwards.
  Status finish();

 private:
  struct State;
  explicit EnvelopedWriter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Plaintext, as a source that can start again.
class EnvelopedReader final : public RewindableSource {
 public:
  // Reads all of `sealed` once, from its position to its end, finds a key in `keys`, and checks the
  // tag, or the padding if the cipher has no tag. Success means that the plaintext is authentic if
  // `kind` is auth_enveloped, and only that it is whole otherwise. `sealed` must outlive the
  // reader, must begin with the ContentInfo after `rewind`, and must not change. `keys` is used
  // during this call only. Refusals: all of smime-profile.md, "Refused", that concern these forms;
  // `no-key` if no recipient is ours; `not-aead` if the key opens AEAD content only.
  static Result<std::unique_ptr<EnvelopedReader>> open(RewindableSource& sealed,
                                                       const KeyRing& keys,
                                                       OldCiphers old_ciphers = OldCiphers::refuse);
  ~EnvelopedReader() override;

  Result<std::size_t> read(MutableBytes into) override;
  Status rewind() override;

  SealKind kind() const;
  // `aes256-gcm`, `aes128-cbc`, …
  std::string_view cipher() const;
  // Dotted OID of the content type.
  std::string content_type() const;
  // How the content key was found, and for which certificate, if the recipient has one.
  const ContentKey& content_key() const;
  // True if it was sealed with something that is still read but protects badly: an old cipher, a
  // short key.
  bool weak() const;

 private:
  struct State;
  explicit EnvelopedReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace culvert::crypto
