#include "crypto/smime/inspect.h"

#include <array>

#include "crypto/base/log.h"
#include "crypto/cms/enveloped.h"
#include "crypto/cms/content_info.h"
#include "crypto/cms/oid.h"
#include "crypto/cms/recipient_peek.h"
#include "crypto/cms/refusal.h"
#include "crypto/cms/sealed_head.h"
#include "crypto/cms/signed_data.h"
#include "crypto/smime/cms_input.h"

namespace culvert::crypto {
namespace {

using Facts = std::vector<std::pair<std::string, std::string>>;

// The content of a SignedData as a source that can start again, for what may be inside.
class SignedContent final : public RewindableSource {
 public:
  explicit SignedContent(RewindableSource& from) : from_(from) {}
  Result<std::size_t> read(MutableBytes into) override {
    if (!reader_) {
      auto reader = SignedDataReader::open(from_);
      if (!reader) return reader.error();
      reader_ = *std::move(reader);
    }
    return reader_->read(into);
  }
  Status rewind() override {
    reader_.reset();
    return from_.rewind();
  }

 private:
  RewindableSource& from_;
  std::unique_ptr<SignedDataReader> reader_;
};

Facts facts_of(const CertificateName& name) {
  if (const auto* by_serial = std::get_if<IssuerAndSerial>(&name)) {
    return {{"issuer", name_text(by_serial->issuer)}, {"serial", to_hex(by_serial->serial)}};
  }
  return {{"subject-key-identifier", to_hex(std::get<SubjectKeyIdentifier>(name).octets)}};
}

void add_refusal(Facts& facts, const Error& error) {
  facts.emplace_back("refused", error.code);
  facts.emplace_back("why", error.text);
}

class Inspection {
 public:
  Inspection(const KeyRing& keys, std::vector<Layer>& layers) : keys_(keys), layers_(layers) {}

  void look_into(RewindableSource& input);

 private:
  void see_cms(RewindableSource& der);
  void see_signed(RewindableSource& der);
  void see_sealed(RewindableSource& der, std::string type);
  void see_content(RewindableSource& content);

  const KeyRing& keys_;
  std::vector<Layer>& layers_;
};

// Content that is a CMS entity again is looked into; all else is only measured.
void Inspection::see_content(RewindableSource& content) {
  if (layers_.size() < kMaxLayers && CmsInput::open(content) && content.rewind()) {
    look_into(content);
    return;
  }
  Layer layer{"content", {}, {}};
  std::uint64_t size = 0;
  std::array<std::uint8_t, 16384> chunk;
  auto count = content.rewind() ? content.read(chunk) : Result<std::size_t>(std::size_t{0});
  for (; count && *count > 0; count = content.read(chunk))
    size += *count;
  layer.facts.emplace_back("octets", std::to_string(size));
  if (!count) add_refusal(layer.facts, count.error());
  layers_.push_back(std::move(layer));
}

void Inspection::see_signed(RewindableSource& der) {
  Layer layer{"signed-data", {}, {}};
  const auto reader = SignedDataReader::open(der);
  auto result = reader ? (*reader)->finish({}) : Result<SignedDataResult>(reader.error());
  if (reader) layer.facts.emplace_back("content-type", (*reader)->content_type());
  if (!result) {
    add_refusal(layer.facts, result.error());
    layers_.push_back(std::move(layer));
    return;
  }
  layer.facts.emplace_back("certificates", std::to_string(result->certificates.size()));
  for (const SignerResult& signer : result->signers) {
    Facts facts = signer.certificate ? Facts{{"subject", signer.certificate->subject_text()},
                                             {"key", signer.certificate->key_id().hex()}}
                                     : facts_of(signer.name);
    facts.emplace_back("digest", signer.digest);
    facts.emplace_back("signature", signer.signature);
    if (signer.signing_time) facts.emplace_back("signed-at", to_rfc3339(*signer.signing_time));
    if (signer.type != SignatureType::personal) {
      facts.emplace_back("signature-type", signature_type_name(signer.type));
    }
    if (signer.refusal) add_refusal(facts, *signer.refusal);
    layer.entries.push_back({"signer", std::move(facts)});
  }
  layers_.push_back(std::move(layer));
  SignedContent content(der);
  see_content(content);
}

void Inspection::see_sealed(RewindableSource& der, std::string type) {
  Layer layer{std::move(type), {}, {}};
  const auto peek = peek_recipients(der);
  if (!peek) {
    add_refusal(layer.facts, peek.error());
    layers_.push_back(std::move(layer));
    return;
  }
  for (const CertificateName& name : peek->names) {
    layer.entries.push_back({"recipient", facts_of(name)});
  }
  for (std::size_t i = 0; i < peek->unnamed; ++i) {
    layer.entries.push_back({"recipient", {{"named-by", "a shared key or password"}}});
  }
  const Status back = der.rewind();
  auto opened = back ? EnvelopedReader::open(der, keys_)
                     : Result<std::unique_ptr<EnvelopedReader>>(back.error());
  if (!opened) {
    add_refusal(layer.facts, opened.error());
    layers_.push_back(std::move(layer));
    return;
  }
  layer.facts.emplace_back("cipher", std::string((*opened)->cipher()));
  if (const auto& recipient = (*opened)->content_key().recipient) {
    layer.facts.emplace_back("opened-for", recipient->subject_text());
  }
  layers_.push_back(std::move(layer));
  see_content(**opened);
}

void Inspection::see_cms(RewindableSource& der) {
  std::string type;
  {
    BerReader ber(der);
    const auto oid = enter_content_info(ber);
    type = oid ? oid_text(*oid) : oid.error().code;
  }
  if (!der.rewind()) return;
  if (type == oid_text(kOidSignedData.octets())) return see_signed(der);
  if (type == oid_text(kOidAuthEnvelopedData.octets())) {
    return see_sealed(der, "auth-enveloped-data");
  }
  if (type == oid_text(kOidEnvelopedData.octets())) return see_sealed(der, "enveloped-data");
  layers_.push_back({"unknown", {{"content-type", type}}, {}});
}

void Inspection::look_into(RewindableSource& input) {
  const auto cms = CmsInput::open(input);
  if (!cms) return;
  if ((*cms)->wrapping() == Wrapping::mime) {
    layers_.push_back({"mime", {{"content-type", (*cms)->content_type()}}, {}});
  } else if ((*cms)->wrapping() == Wrapping::pem) {
    layers_.push_back({"pem", {}, {}});
  }
  see_cms((*cms)->der());
}

}  // namespace

Result<std::vector<Layer>> inspect(RewindableSource& input, const KeyRing& keys) {
  if (const auto cms = CmsInput::open(input); !cms) return cms.error();
  if (const Status back = input.rewind(); !back) return back.error();
  std::vector<Layer> layers;
  Inspection(keys, layers).look_into(input);
  return layers;
}

}  // namespace culvert::crypto
