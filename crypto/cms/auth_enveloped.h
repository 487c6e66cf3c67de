// AuthEnvelopedData (RFC 5083) with AES-GCM (RFC 5084), written and opened as streams in constant
// memory. No octet of plaintext leaves before all of it is authenticated: opening reads the stored
// ciphertext twice (content up to kHeldContentBytes: once, and it is kept in memory).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crypto/base/result.h"
#include "crypto/base/stream.h"
#include "crypto/keys/key_ring.h"

namespace culvert::crypto {

// Plaintext in, a ContentInfo of indefinite length out: AES-256-GCM with a fresh key and nonce,
// ICVlen 16, id-data, one recipient info for each certificate, recipients named by issuer and
// serial number.
class AuthEnvelopedWriter final : public Sink {
 public:
  // Writes the head, wrapping the content key for every recipient (at least one), to `to`, which
  // must outlive the writer. permanent `unsupported-recipient` for a certificate whose key kind
  // cannot be sealed to.
  static Result<std::unique_ptr<AuthEnvelopedWriter>> start(
      Sink& to, const std::vector<Certificate>& recipients);
  ~AuthEnvelopedWriter() override;

  Status write(ByteView plaintext) override;
  // Writes the last piece and the tag; nothing may be written afterwards.
  Status finish();

 private:
  struct State;
  explicit AuthEnvelopedWriter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Verified plaintext, as a source that can start again.
class AuthEnvelopedReader final : public RewindableSource {
 public:
  // Reads all of `sealed` once, from where it stands to its end, finds a key in `keys`, and checks
  // the tag; success means that the plaintext is authentic. `sealed` must outlive the reader, must
  // begin with the ContentInfo after `rewind`, and must not change. `keys` is used during this
  // call only. Every refusal of formats.md that concerns this form; `no-key` if no recipient is one
  // of ours.
  static Result<std::unique_ptr<AuthEnvelopedReader>> open(RewindableSource& sealed,
                                                           const KeyRing& keys);
  ~AuthEnvelopedReader() override;

  Result<std::size_t> read(MutableBytes into) override;
  Status rewind() override;

  // `aes256-gcm`, `aes128-gcm`, …
  std::string_view cipher() const;
  // Dotted OID of the content type.
  std::string content_type() const;
  // The certificate of the key that opened it.
  const Certificate& recipient() const;

 private:
  struct State;
  explicit AuthEnvelopedReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace culvert::crypto
