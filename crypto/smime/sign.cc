#include "crypto/smime/sign.h"

#include "crypto/cms/algorithms.h"
#include "crypto/keys/random.h"
#include "crypto/keys/signature.h"
#include "crypto/mime/seven_bit.h"
#include "crypto/smime/cms_output.h"

namespace culvert::crypto {
namespace {

constexpr std::size_t kBoundaryOctets = 16;

// The entity of a multipart/signed: it is checked, written and hashed in the same pass.
class SignedEntity final : public Sink {
 public:
  SignedEntity(MultipartSignedWriter& multipart, SignedDataWriter& signature)
      : multipart_(multipart), signature_(signature) {}
  Status write(ByteView octets) override {
    if (const Status good = check_.take(octets); !good) return good.error();
    if (const Status written = multipart_.write_entity(octets); !written) return written.error();
    return signature_.write(octets);
  }

 private:
  SevenBitCheck check_;
  MultipartSignedWriter& multipart_;
  SignedDataWriter& signature_;
};

class SignaturePart final : public Sink {
 public:
  explicit SignaturePart(MultipartSignedWriter& multipart) : multipart_(multipart) {}
  Status write(ByteView octets) override { return multipart_.write_signature(octets); }

 private:
  MultipartSignedWriter& multipart_;
};

// The names of the digests that signers use, without repetition.
std::string micalg(const SigningOptions& options) {
  std::vector<SigningKey> signers{{options.key, options.certificate, options.scheme}};
  signers.insert(signers.end(), options.others.begin(), options.others.end());
  std::string names;
  for (const SigningKey& signer : signers) {
    const auto scheme =
        signer.scheme ? signer.scheme : preferred_scheme(signer.certificate.key_kind());
    const SignatureRow* row = scheme ? signature_for(*scheme) : nullptr;
    const DigestRow* digest = row == nullptr ? nullptr : find_digest(row->digest.octets());
    const std::string name(micalg_of(digest == nullptr ? std::string_view{} : digest->name));
    if (names.find(name) != std::string::npos) continue;
    names += (names.empty() ? "" : ",") + name;
  }
  return names;
}

Status sign_multipart(Source& content, const KeyRing& keys, const SignRequest& request, Sink& to) {
  const Bytes random = random_bytes(kBoundaryOctets);
  MultipartSignedWriter multipart({make_boundary(random), micalg(request.options), request.fields},
                                  to);
  SignaturePart part(multipart);
  const auto signature = SignedDataWriter::start(part, keys, request.options);
  if (!signature) return signature.error();
  SignedEntity entity(multipart, **signature);
  if (const auto copied = copy_all(content, entity); !copied) return copied.error();
  if (const Status ended = (*signature)->finish(); !ended) return ended.error();
  return multipart.finish();
}

}  // namespace

Status sign(Source& content, const KeyRing& keys, const SignRequest& request, Sink& to) {
  const bool is_detached = request.options.content == SigningOptions::Content::detached;
  if (is_detached && request.wrapping == Wrapping::mime) {
    return sign_multipart(content, keys, request, to);
  }
  CmsOutput output({request.wrapping, CmsKind::signed_data, request.fields}, to);
  const auto writer = SignedDataWriter::start(output, keys, request.options);
  if (!writer) return writer.error();
  if (const auto copied = copy_all(content, **writer); !copied) return copied.error();
  if (const Status ended = (*writer)->finish(); !ended) return ended.error();
  return output.finish();
}

}  // namespace culvert::crypto
