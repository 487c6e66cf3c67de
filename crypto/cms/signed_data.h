// SignedData (RFC 5652, section 5), written and read as streams: content inside ("opaque") or
// elsewhere ("detached", as in multipart/signed). Nothing here knows whom to trust: the reader says
// which certificate made which signature, and why a signature does not count. certs_only.h reads
// one without signers.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "crypto/base/clock.h"
#include "crypto/base/result.h"
#include "crypto/base/stream.h"
#include "crypto/cms/capabilities.h"
#include "crypto/cms/limits.h"
#include "crypto/keys/files/key_bundle.h"
#include "crypto/keys/key_ring.h"

namespace culvert::crypto {

// What a signature says about itself (RFC 3183, 3.1). `personal`: the author's, which needs no
// attribute; `other`: a type that we do not know.
enum class SignatureType { personal, domain, additional_attributes, review, other };
// `personal`, `additional-attributes`, …
std::string_view signature_type_name(SignatureType type);

// A key that signs. The scheme must fit the key; nothing: preferred_scheme.
struct SigningKey {
  KeyId key;
  Certificate certificate;
  std::optional<SignatureScheme> scheme{};
};

// The defaults are for a node's signatures; for those of people see crypto/smime/profile.h.
struct SigningOptions {
  KeyId key;                // of `certificate`, in the key ring
  Certificate certificate;  // named by issuer and serial number, and included
  Time signing_time;
  // `other` is written like `personal`.
  SignatureType type = SignatureType::personal;
  std::optional<SignatureScheme> scheme{};
  // `detached`: the object holds no content, and is written when the content has ended.
  enum class Content { opaque, detached } content = Content::opaque;
  // Certificates included besides the signers', for instance up to an authority.
  std::vector<Certificate> chain{};
  // None: the attribute is left out.
  std::vector<Capability> capabilities = tunnel_capabilities();
  // Further signers of the same content, with the same attributes.
  std::vector<SigningKey> others{};
};

// Content in, a ContentInfo out: of indefinite length, or in DER if the content is short or
// detached. Signed attributes: contentType, signingTime, messageDigest, SMIMECapabilities,
// signingCertificateV2, CMSAlgorithmProtection and, unless personal, signatureType; the
// certificates of the signers are included.
class SignedDataWriter final : public Sink {
 public:
  // `to` and `keys` must outlive the writer. internal `bad-key-use` if a certificate's key cannot
  // sign, does not fit the scheme, or is RSA of a size that is not written; `too-many-signers` and
  // `too-many-certificates` if no reader would take so many.
  static Result<std::unique_ptr<SignedDataWriter>> start(Sink& to, const KeyRing& keys,
                                                         SigningOptions options);
  ~SignedDataWriter() override;

  Status write(ByteView content) override;
  // Signs and writes the end; nothing may be written afterwards.
  Status finish();

 private:
  struct State;
  explicit SignedDataWriter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// One SignerInfo, judged.
struct SignerResult {
  CertificateName name;
  // The certificate that `name` refers to, if it is at hand; the first of several, unless the
  // signature is right under another.
  std::optional<Certificate> certificate;
  // Why this signature does not count; nothing if it is right under `certificate`.
  std::optional<Error> refusal;
  std::optional<Time> signing_time;
  SignatureType type = SignatureType::personal;
  std::string digest;     // `sha256`, or the dotted OID of one that we do not know
  std::string signature;  // `ecdsa-with-SHA256`, or the dotted OID
  // An included certificate that cannot be read: the one that `name` refers to, else the first.
  struct Unread {
    LeftOut certificate;
    bool is_called = false;
  };
  std::optional<Unread> unread{};
  // True for RSA keys of fewer than 2,048 bits: right, but no longer strong.
  bool weak_key = false;
  // Whether the content has the signed digest; nothing if that is not known. It proves something
  // only if the signature is right. If the signature does not count, it tells whether the content
  // was altered by accident.
  std::optional<bool> content_matches;
  // SMIMECapabilities, in the signer's order. They are the signer's only if the signature is valid.
  std::vector<Capability> capabilities;

  bool valid() const { return !refusal && certificate; }
};

struct SignedDataResult {
  std::vector<SignerResult> signers;  // at least one
  // The included certificates that could be parsed; none if they were to be ignored.
  std::vector<Certificate> certificates;
  // True if every signature is right. Whether its certificate may be trusted is another question.
  bool valid() const;
};

// Which certificates may be a signer's.
struct SignerCandidates {
  std::vector<Certificate> known;
  enum class Included { use, ignore };
  // `ignore`: only `known` counts, as for peers, whose card lists the certificates.
  Included included = Included::use;
  // More are refused before any signature is computed: a stranger's message must not cost minutes
  // of processor time.
  std::size_t most_signers = kMaxCmsSigners;
  // Only keys of that kind are tried; nothing: all kinds.
  std::optional<KeyKind> only_kind{};
};

// A ContentInfo in, the signed content out. Content is handed on before its signature is checked.
// `finish` decides what it means; if that refuses, the caller throws the content away.
class SignedDataReader final : public Source {
 public:
  // Reads up to the content. `from` must outlive the reader. Refusals: not a SignedData, content
  // missing (detached signature, or certs-only), malformed.
  static Result<std::unique_ptr<SignedDataReader>> open(Source& from);
  // For a detached signature: the content comes from `content`, the ContentInfo from `from`, which
  // is read to its end here, so that the content is hashed for the signers that are there.
  // `content` must outlive the reader. Refusals: as above, and content present.
  static Result<std::unique_ptr<SignedDataReader>> open_detached(Source& from, Source& content);
  ~SignedDataReader() override;

  // The content, piece by piece; 0 at its end.
  Result<std::size_t> read(MutableBytes into) override;

  // Reads what is left (unread content is hashed and dropped) up to the end of `from`, and judges
  // each signature. An Error if the object as a whole is refused.
  Result<SignedDataResult> finish(const SignerCandidates& candidates);

  // Dotted OID of eContentType.
  std::string content_type() const;

 private:
  struct State;
  explicit SignedDataReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace culvert::crypto
