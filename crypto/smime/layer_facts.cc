#include "crypto/smime/layer_facts.h"

#include <algorithm>
#include <array>

#include "crypto/cms/content_algorithm.h"
#include "crypto/cms/oid_name.h"
#include "crypto/cms/refusal.h"
#include "crypto/smime/trust.h"

namespace culvert::crypto {
namespace {

// A name that is read as nobody's (certificate_name.h).
constexpr std::string_view kTooLong = "too long to be anybody's";

// For these refusals the object is not to blame: it is not known here, or not for us.
constexpr std::array kNoDamage{
    Refusal::no_key,
    Refusal::key_unwrap_failed,
    Refusal::unsupported_recipient,
    Refusal::unsupported_cipher,
    Refusal::weak_algorithm,
    Refusal::unsupported_digest,
    Refusal::unsupported_signature,
    Refusal::signer_key_size,
    Refusal::signer_unknown,
    Refusal::unsupported_compression,
    Refusal::bad_key_size,
    Refusal::bad_certificate,
    Refusal::too_many_iterations,
};

bool tells_of_damage(const Error& error) {
  const auto refusal = refusal_of(error);
  return !refusal || std::find(kNoDamage.begin(), kNoDamage.end(), *refusal) == kNoDamage.end();
}

void tell(LayerFacts& facts, const Error& error) {
  facts.emplace_back("refused", error.code);
  facts.emplace_back("why", error.text);
}

std::string capabilities_text(const std::vector<Capability>& capabilities) {
  std::string text;
  for (const Capability& capability : capabilities)
    text += (text.empty() ? "" : ", ") + capability_name(capability);
  return text;
}

}  // namespace

LayerFacts facts_of(const CertificateName& name) {
  if (const auto* by_serial = std::get_if<IssuerAndSerial>(&name)) {
    if (by_serial->issuer.empty()) return {{"issuer", std::string(kTooLong)}};
    return {{"issuer", name_text(by_serial->issuer)}, {"serial", to_hex(by_serial->serial)}};
  }
  const Bytes& identifier = std::get<SubjectKeyIdentifier>(name).octets;
  return {
      {"subject-key-identifier", identifier.empty() ? std::string(kTooLong) : to_hex(identifier)}};
}

LayerFacts facts_of(const Certificate& certificate) {
  return {{"subject", certificate.subject_text()},
          {"issuer", certificate.issuer_text()},
          {"key", certificate.key_text()},
          {"fingerprint", certificate.key_id().hex()},
          {"valid-until", to_rfc3339(certificate.not_after())}};
}

void add_refusal(Layer& layer, const Error& error) {
  tell(layer.facts, error);
  layer.is_broken |= tells_of_damage(error);
}

void add_left_out(Layer& layer, const std::string& what, const Error& error) {
  LayerFacts facts{{"name", what}};
  tell(facts, error);
  layer.entries.push_back({"certificate", std::move(facts)});
  layer.is_broken = true;
}

void add_cipher(Layer& layer, const AlgorithmName& name, CipherKind kind) {
  LayerFacts& facts = layer.facts;
  const auto algorithm = read_content_algorithm(name, kind, OldCiphers::read);
  if (!algorithm) {
    facts.emplace_back("cipher", oid_name(name.oid));
    return;
  }
  facts.emplace_back("cipher", std::string(algorithm->row->name));
  if (algorithm->row->strength != Strength::strong) facts.emplace_back("weak", "the cipher");
  if (algorithm->derivation != KeyDerivation::none) {
    facts.emplace_back("key-derivation", "CEK-HKDF with SHA-256");
  }
}

void add_signer(Layer& layer, const SignerResult& signer) {
  LayerFacts facts = signer.certificate ? facts_of(*signer.certificate) : facts_of(signer.name);
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
  if (signer.refusal) {
    tell(facts, told_refusal(signer));
    layer.is_broken |= tells_of_damage(*signer.refusal) || signer.content_matches == false;
  }
  layer.entries.push_back({"signer", std::move(facts)});
}

}  // namespace culvert::crypto
