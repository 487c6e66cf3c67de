#include "crypto/smime/inspect.h"

#include <algorithm>

#include "crypto/base/limits.h"
#include "crypto/cms/certs_only.h"
#include "crypto/cms/content_info.h"
#include "crypto/cms/enveloped.h"
#include "crypto/cms/oid.h"
#include "crypto/cms/oid_name.h"
#include "crypto/cms/recipient_algorithm.h"
#include "crypto/cms/refusal.h"
#include "crypto/cms/sealed_head.h"
#include "crypto/cms/signed_data.h"
#include "crypto/smime/cms_input.h"
#include "crypto/smime/compressed_content.h"
#include "crypto/smime/layer_facts.h"
#include "crypto/smime/object_reason.h"
#include "crypto/smime/opened.h"
#include "crypto/smime/signed_content.h"
#include "crypto/smime/signed_reading.h"

namespace culvert::crypto {
namespace {

constexpr std::uint64_t kMaxInflatedBytes = std::uint64_t{1} << 32;

// Reads RecipientInfos into entries, in the order of the message.
Status see_recipients(BerReader& in, Layer& layer) {
  return visit_recipients(in, [&](const RecipientKind& kind, ByteView info) -> Result<std::size_t> {
    LayerFacts shared{{"kind", std::string(kind.name)}};
    if (const auto algorithm = key_algorithm_text(kind, info)) {
      shared.emplace_back("algorithm", *algorithm);
    }
    if (kind.names == nullptr) {
      layer.entries.push_back({"recipient", std::move(shared)});
      return std::size_t{1};
    }
    const auto names = kind.names(info);
    if (!names) return names.error();
    for (const CertificateName& name : *names) {
      LayerFacts facts = shared;
      for (auto& fact : facts_of(name))
        facts.push_back(std::move(fact));
      layer.entries.push_back({"recipient", std::move(facts)});
    }
    return names->size();
  });
}

class Inspection {
 public:
  Inspection(const KeyRing& keys, OldCiphers old_ciphers, std::vector<Layer>& layers)
      : keys_(keys), old_ciphers_(old_ciphers), layers_(layers) {}

  void look_into(CmsInput& input);

 private:
  void see_cms(RewindableSource& der, RewindableSource* beside);
  void see_signed(RewindableSource& der, RewindableSource* beside);
  void see_signature_alone(RewindableSource& der, const Error& error);
  bool see_certs_only(RewindableSource& der);
  void see_sealed(RewindableSource& der, std::string type);
  void see_compressed(RewindableSource& der);
  void see_content(RewindableSource& content, const std::string& type);
  void refused(Layer layer, const Error& error);

  const KeyRing& keys_;
  const OldCiphers old_ciphers_;
  std::vector<Layer>& layers_;
};

void Inspection::refused(Layer layer, const Error& error) {
  add_refusal(layer, error);
  layers_.push_back(std::move(layer));
}

// Content that is a CMS entity again, or by its type a bare object, is looked into; all else is
// only measured.
void Inspection::see_content(RewindableSource& content, const std::string& type) {
  if (!content.rewind()) return;
  if (layers_.size() < 2 * kMaxLayers) {
    if (is_object_type(type)) return see_cms(content, nullptr);
    if (const auto input = CmsInput::open_entity(content)) return look_into(**input);
  }
  Layer layer{"content", {}, {}};
  std::uint64_t size = 0;
  Bytes chunk(kStreamChunkBytes);
  auto count = content.rewind() ? content.read(chunk) : Result<std::size_t>(std::size_t{0});
  for (; count && *count > 0; count = content.read(chunk))
    size += *count;
  layer.facts.emplace_back("octets", std::to_string(size));
  if (!count) return refused(std::move(layer), count.error());
  layers_.push_back(std::move(layer));
}

bool Inspection::see_certs_only(RewindableSource& der) {
  const auto list = read_certificate_list(der, kMaxBundledCertificates);
  if (!der.rewind() || !list) return false;
  Layer layer{"certs-only", {}, {}};
  for (const Certificate& certificate : list->certificates)
    layer.entries.push_back({"certificate", facts_of(certificate)});
  for (const LeftOut& one : list->left_out)
    add_left_out(layer, one.what, one.error);
  layers_.push_back(std::move(layer));
  return true;
}

void Inspection::see_signed(RewindableSource& der, RewindableSource* beside) {
  if (beside == nullptr && see_certs_only(der)) return;
  Layer layer{"signed-data", {}, {}};
  const auto reader = beside == nullptr ? SignedDataReader::open(der)
                                        : SignedDataReader::open_detached(der, *beside);
  if (!reader && beside == nullptr) return see_signature_alone(der, reader.error());
  if (!reader) return refused(std::move(layer), reader.error());
  const std::string type = (*reader)->content_type();
  layer.facts.emplace_back("content-type", type);
  layer.facts.emplace_back("content-name", oid_name(type));
  const auto result = (*reader)->finish({});
  if (!result) return refused(std::move(layer), result.error());
  layer.facts.emplace_back("certificates", std::to_string(result->certificates.size()));
  for (const SignerResult& signer : result->signers)
    add_signer(layer, signer);
  layers_.push_back(std::move(layer));
  if (beside != nullptr) return see_content(*beside, type);
  SignedContent content(der);
  see_content(content, type);
}

// Shows who claims to have signed content that is not at hand. `error` tells why the object could
// not be read with its content.
void Inspection::see_signature_alone(RewindableSource& der, const Error& error) {
  Layer layer{"signed-data", {}, {}};
  ViewSource nothing({});
  const Status back = der.rewind();
  const auto reader = back ? SignedDataReader::open_detached(der, nothing)
                           : Result<std::unique_ptr<SignedDataReader>>(back.error());
  if (!reader) return refused(std::move(layer), error);
  auto result = (*reader)->finish({});
  if (!result) return refused(std::move(layer), result.error());
  layer.facts.emplace_back("content-type", (*reader)->content_type());
  layer.facts.emplace_back("content-name", oid_name((*reader)->content_type()));
  layer.facts.emplace_back("content", "not in here: a detached signature");
  layer.facts.emplace_back("certificates", std::to_string(result->certificates.size()));
  for (SignerResult& signer : result->signers) {
    // Nothing can be said about content that is not here.
    signer.content_matches.reset();
    if (signer.refusal && refusal_of(*signer.refusal) == Refusal::message_digest_mismatch) {
      signer.refusal.reset();
    }
    add_signer(layer, signer);
  }
  layers_.push_back(std::move(layer));
}

void Inspection::see_sealed(RewindableSource& der, std::string type) {
  Layer layer{std::move(type), {}, {}};
  {
    BerReader in(der);
    const auto form = enter_sealed(in);
    const Status seen = form ? see_recipients(in, layer) : Status(form.error());
    if (!seen) return refused(std::move(layer), seen.error());
    const auto head = enter_sealed_content(in);
    if (!head) return refused(std::move(layer), head.error());
    add_cipher(layer, head->cipher,
               *form == SealKind::auth_enveloped ? CipherKind::aead : CipherKind::unauthenticated);
    const Status passed = pass_sealed_content(in, *form);
    if (!passed) return refused(std::move(layer), passed.error());
  }
  const Status back = der.rewind();
  auto opened = back ? EnvelopedReader::open(der, keys_, old_ciphers_)
                     : Result<std::unique_ptr<EnvelopedReader>>(back.error());
  if (!opened && refusal_of(opened.error()) == Refusal::no_key) {
    layer.facts.emplace_back("not-opened", opened.error().code);
    layers_.push_back(std::move(layer));
    return;
  }
  if (!opened) return refused(std::move(layer), opened.error());
  const ContentKey& key = (*opened)->content_key();
  layer.facts.emplace_back("opened-by", std::string(key.kind));
  if (key.recipient) layer.facts.emplace_back("opened-for", key.recipient->subject_text());
  if (!key.weakness.empty()) layer.facts.emplace_back("weak", std::string(key.weakness));
  layers_.push_back(std::move(layer));
  see_content(**opened, (*opened)->content_type());
}

void Inspection::see_compressed(RewindableSource& der) {
  Layer layer{"compressed-data", {}, {}};
  const bool again = std::any_of(layers_.begin(), layers_.end(),
                                 [&](const Layer& outer) { return outer.type == layer.type; });
  if (again) return refused(std::move(layer), refuse(Refusal::compression_ratio));
  const auto content = CompressedContent::open(der, kMaxInflatedBytes);
  if (!content) return refused(std::move(layer), content.error());
  layers_.push_back(std::move(layer));
  see_content(**content, (*content)->content_type());
}

void Inspection::see_cms(RewindableSource& der, RewindableSource* beside) {
  std::string type;
  {
    BerReader ber(der);
    const auto oid = enter_content_info(ber);
    if (!oid) return refused({"unknown", {}, {}}, oid.error());
    type = oid_text(*oid);
  }
  if (!der.rewind()) return;
  if (type == oid_text(kOidSignedData.octets())) return see_signed(der, beside);
  if (type == oid_text(kOidAuthEnvelopedData.octets())) {
    return see_sealed(der, "auth-enveloped-data");
  }
  if (type == oid_text(kOidEnvelopedData.octets())) return see_sealed(der, "enveloped-data");
  if (type == oid_text(kOidCompressedData.octets())) return see_compressed(der);
  layers_.push_back({"unknown", {{"content-type", type}, {"content-name", oid_name(type)}}, {}});
}

void Inspection::look_into(CmsInput& input) {
  // If this cannot be read, that shows below.
  static_cast<void>(choose_reading(input));
  switch (input.wrapping()) {
    case Wrapping::mime:
    case Wrapping::multipart_signed:
      layers_.push_back({"mime", {{"content-type", input.content_type()}}, {}});
      break;
    case Wrapping::pem:
      layers_.push_back({"pem", {}, {}});
      break;
    case Wrapping::der:
      break;
  }
  see_cms(input.der(), input.signed_content());
}

}  // namespace

Result<std::vector<Layer>> inspect(RewindableSource& input, const KeyRing& keys,
                                   OldCiphers old_ciphers) {
  const auto cms = CmsInput::open(input);
  if (!cms) return cms.error();
  std::vector<Layer> layers;
  Inspection(keys, old_ciphers, layers).look_into(**cms);
  return layers;
}

}  // namespace culvert::crypto
