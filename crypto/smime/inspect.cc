#include "crypto/smime/inspect.h"

#include <algorithm>

#include "crypto/base/limits.h"
#include "crypto/base/log.h"
#include "crypto/cms/certs_only.h"
#include "crypto/cms/content_algorithm.h"
#include "crypto/cms/content_info.h"
#include "crypto/cms/enveloped.h"
#include "crypto/cms/oid.h"
#include "crypto/cms/recipient_algorithm.h"
#include "crypto/cms/refusal.h"
#include "crypto/cms/sealed_head.h"
#include "crypto/cms/signed_data.h"
#include "crypto/smime/cms_input.h"
#include "crypto/smime/compressed_content.h"
#include "crypto/smime/opened.h"
#include "crypto/smime/signed_content.h"

namespace culvert::crypto {
namespace {

using Facts = std::vector<std::pair<std::string, std::string>>;

// A name that is read as nobody's (certificate_name.h).
constexpr std::string_view kTooLong = "too long to be anybody's";
constexpr std::uint64_t kMaxInflatedBytes = std::uint64_t{1} << 32;

Facts facts_of(const CertificateName& name) {
  if (const auto* by_serial = std::get_if<IssuerAndSerial>(&name)) {
    if (by_serial->issuer.empty()) return {{"issuer", std::string(kTooLong)}};
    return {{"issuer", name_text(by_serial->issuer)}, {"serial", to_hex(by_serial->serial)}};
  }
  const Bytes& identifier = std::get<SubjectKeyIdentifier>(name).octets;
  return {
      {"subject-key-identifier", identifier.empty() ? std::string(kTooLong) : to_hex(identifier)}};
}

Facts facts_of(const Certificate& certificate) {
  return {{"subject", certificate.subject_text()},
          {"issuer", certificate.issuer_text()},
          {"key", std::string(key_kind_name(certificate.key_kind()))},
          {"fingerprint", certificate.key_id().hex()},
          {"valid-until", to_rfc3339(certificate.not_after())}};
}

void add_refusal(Facts& facts, const Error& error) {
  facts.emplace_back("refused", error.code);
  facts.emplace_back("why", error.text);
}

std::string capabilities_text(const std::vector<Capability>& capabilities) {
  std::string text;
  for (const Capability& capability : capabilities)
    text += (text.empty() ? "" : ", ") + capability_name(capability);
  return text;
}

// What is sealed, and how: it stands in clear.
void add_cipher(Facts& facts, const AlgorithmName& name, CipherKind kind) {
  const auto algorithm = read_content_algorithm(name, kind);
  if (!algorithm) {
    facts.emplace_back("cipher", oid_text(name.oid));
    return;
  }
  facts.emplace_back("cipher", std::string(algorithm->row->name));
  if (algorithm->row->strength == Strength::weak) facts.emplace_back("weak", "the cipher");
  if (algorithm->derivation != KeyDerivation::none) {
    facts.emplace_back("key-derivation", "CEK-HKDF with SHA-256");
  }
}

Layer::Entry entry_of(const SignerResult& signer) {
  Facts facts = signer.certificate ? facts_of(*signer.certificate) : facts_of(signer.name);
  facts.emplace_back("digest", signer.digest);
  facts.emplace_back("signature", signer.signature);
  if (signer.signing_time) facts.emplace_back("signed-at", to_rfc3339(*signer.signing_time));
  if (signer.type != SignatureType::personal) {
    facts.emplace_back("signature-type", std::string(signature_type_name(signer.type)));
  }
  if (!signer.capabilities.empty()) {
    facts.emplace_back("capabilities", capabilities_text(signer.capabilities));
  }
  if (signer.weak_key) facts.emplace_back("weak", "an RSA key of fewer than 2,048 bits");
  if (signer.refusal) add_refusal(facts, *signer.refusal);
  return {"signer", std::move(facts)};
}

// Reads RecipientInfos into entries, in the order of the message.
Status see_recipients(BerReader& in, Layer& layer) {
  return visit_recipients(in, [&](const RecipientKind& kind, ByteView info) -> Result<std::size_t> {
    Facts shared{{"kind", std::string(kind.name)}};
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
      Facts facts = shared;
      for (auto& fact : facts_of(name))
        facts.push_back(std::move(fact));
      layer.entries.push_back({"recipient", std::move(facts)});
    }
    return names->size();
  });
}

class Inspection {
 public:
  Inspection(const KeyRing& keys, std::vector<Layer>& layers) : keys_(keys), layers_(layers) {}

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
  std::vector<Layer>& layers_;
};

void Inspection::refused(Layer layer, const Error& error) {
  add_refusal(layer.facts, error);
  layers_.push_back(std::move(layer));
}

// Content that is a CMS entity again, or by its type a bare object, is looked into; all else is
// only measured.
void Inspection::see_content(RewindableSource& content, const std::string& type) {
  if (!content.rewind()) return;
  if (layers_.size() < 2 * kMaxLayers) {
    if (type != oid_text(kOidData.octets())) return see_cms(content, nullptr);
    if (const auto input = CmsInput::open_entity(content)) return look_into(**input);
  }
  Layer layer{"content", {}, {}};
  std::uint64_t size = 0;
  Bytes chunk(kStreamChunkBytes);
  auto count = content.rewind() ? content.read(chunk) : Result<std::size_t>(std::size_t{0});
  for (; count && *count > 0; count = content.read(chunk))
    size += *count;
  layer.facts.emplace_back("octets", std::to_string(size));
  if (!count) add_refusal(layer.facts, count.error());
  layers_.push_back(std::move(layer));
}

bool Inspection::see_certs_only(RewindableSource& der) {
  const auto list = read_certificate_list(der, kMaxBundledCertificates);
  if (!der.rewind() || !list) return false;
  Layer layer{"certs-only", {}, {}};
  for (const Certificate& certificate : list->certificates)
    layer.entries.push_back({"certificate", facts_of(certificate)});
  for (const LeftOut& one : list->left_out) {
    Facts facts{{"name", one.what}};
    add_refusal(facts, one.error);
    layer.entries.push_back({"certificate", std::move(facts)});
  }
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
  const auto result = (*reader)->finish({});
  if (!result) return refused(std::move(layer), result.error());
  layer.facts.emplace_back("certificates", std::to_string(result->certificates.size()));
  for (const SignerResult& signer : result->signers)
    layer.entries.push_back(entry_of(signer));
  layers_.push_back(std::move(layer));
  if (beside != nullptr) return see_content(*beside, type);
  SignedContent content(der);
  see_content(content, type);
}

// Who says to have signed what is not at hand. `error` is why it could not be read with its
// content.
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
  layer.facts.emplace_back("content", "not in here: a detached signature");
  layer.facts.emplace_back("certificates", std::to_string(result->certificates.size()));
  for (SignerResult& signer : result->signers) {
    // Of content that is not here nothing can be said.
    if (signer.refusal && refusal_of(*signer.refusal) == Refusal::message_digest_mismatch) {
      signer.refusal.reset();
    }
    layer.entries.push_back(entry_of(signer));
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
    add_cipher(layer.facts, head->cipher,
               *form == SealKind::auth_enveloped ? CipherKind::aead : CipherKind::unauthenticated);
  }
  const Status back = der.rewind();
  auto opened = back ? EnvelopedReader::open(der, keys_)
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
    type = oid ? oid_text(*oid) : oid.error().code;
  }
  if (!der.rewind()) return;
  if (type == oid_text(kOidSignedData.octets())) return see_signed(der, beside);
  if (type == oid_text(kOidAuthEnvelopedData.octets())) {
    return see_sealed(der, "auth-enveloped-data");
  }
  if (type == oid_text(kOidEnvelopedData.octets())) return see_sealed(der, "enveloped-data");
  if (type == oid_text(kOidCompressedData.octets())) return see_compressed(der);
  layers_.push_back({"unknown", {{"content-type", type}}, {}});
}

void Inspection::look_into(CmsInput& input) {
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

Result<std::vector<Layer>> inspect(RewindableSource& input, const KeyRing& keys) {
  const auto cms = CmsInput::open(input);
  if (!cms) return cms.error();
  std::vector<Layer> layers;
  Inspection(keys, layers).look_into(**cms);
  return layers;
}

}  // namespace culvert::crypto
