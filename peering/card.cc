#include "peering/card.h"

#include <algorithm>

#include "crypto/base/utf8.h"
#include "crypto/keys/chain.h"
#include "peering/acceptance.h"
#include "peering/invitation.h"
#include "peering/sealed_envelope.h"

namespace culvert::peering {
namespace {

Error bad_card(std::string text) { return permanent_error("bad-card", std::move(text)); }

std::vector<std::string> pems_of(const std::vector<crypto::Certificate>& certificates) {
  std::vector<std::string> out;
  for (const crypto::Certificate& certificate : certificates)
    out.push_back(certificate.pem());
  return out;
}

Result<std::vector<crypto::Certificate>> read_certificates(const JsonObject& from,
                                                           std::string_view name) {
  auto pems = from.texts(name, kMaxCardCertificates);
  if (!pems) return pems.error();
  std::vector<crypto::Certificate> out;
  for (const std::string& pem : *pems) {
    auto certificate = crypto::Certificate::from_pem(pem);
    if (!certificate) return certificate.error();
    out.push_back(*std::move(certificate));
  }
  return out;
}

// What the card says of the node, without dates and certificates.
Status read_names(const JsonObject& members, Card& card) {
  auto node = members.text("node");
  if (!node) return node.error();
  if (node->empty() || node->size() > kMaxNodeNameOctets) return bad_card("the node has no name");
  auto domains = members.texts("domains", kMaxCardDomains);
  if (!domains) return domains.error();
  auto urls = members.texts("peering", kMaxCardUrls);
  if (!urls) return urls.error();
  if (!std::all_of(urls->begin(), urls->end(), is_peering_url)) {
    return bad_card("a peering URL is not an https URL");
  }
  card.node = *std::move(node);
  card.domains = *std::move(domains);
  card.urls = *std::move(urls);
  return done();
}

Status read_number_and_dates(const VerifiedDocument& document, Card& card) {
  const JsonObject& members = document.members();
  auto serial = members.number("serial");
  if (!serial) return serial.error();
  auto incarnation = members.text("incarnation");
  if (!incarnation) return incarnation.error();
  const auto id = document_id_from_hex(*incarnation);
  auto expires_text = members.text("expires");
  if (!expires_text) return expires_text.error();
  const auto expires = from_rfc3339(*expires_text);
  if (!id || !expires) return bad_card("'incarnation' or 'expires' has a wrong form");
  card.serial = *serial;
  card.incarnation = *id;
  card.issued = document.head().time;
  card.expires = *expires;
  // The store counts serials in 63 bits; no honest node ever counts that far.
  if (card.serial == 0 || card.serial > (std::uint64_t{1} << 62)) return bad_card("a wrong serial");
  if (card.expires <= card.issued || card.expires > card.issued + kCardLifetime) {
    return bad_card("the card expires too late, or before it was issued");
  }
  return done();
}

Status read_capabilities(const JsonObject& members, Card& card) {
  auto object = members.object("capabilities");
  if (!object) return object.error();
  auto content = object->texts("content", kMaxCapabilities);
  auto key_management = object->texts("key_management", kMaxCapabilities);
  auto largest = object->number("max_message_bytes");
  if (!content) return content.error();
  if (!key_management) return key_management.error();
  if (!largest) return largest.error();
  card.capabilities = {*std::move(content), *std::move(key_management), *largest};
  if (object->has("tunnel")) {
    auto tunnel = object->numbers("tunnel", kMaxCapabilities);
    if (!tunnel) return tunnel.error();
    card.capabilities.tunnel = *std::move(tunnel);
  }
  if (!object->has("documents")) return done();
  auto documents = object->texts("documents", kMaxCapabilities);
  if (!documents) return documents.error();
  card.capabilities.documents = *std::move(documents);
  return done();
}

Status read_revoked(const JsonObject& members, Card& card) {
  auto list = members.texts("revoked", kMaxRevoked);
  if (!list) return list.error();
  for (const std::string& digits : *list) {
    const auto fingerprint = Fingerprint::from_hex(digits);
    if (!fingerprint) return bad_card("a revoked fingerprint has a wrong form");
    card.revoked.push_back(*fingerprint);
  }
  return done();
}

}  // namespace

Capabilities own_capabilities(std::uint64_t max_message_bytes) {
  return {{"aes256-gcm", "aes192-gcm", "aes128-gcm"},
          {"ecdh-stddh-sha256"},
          max_message_bytes,
          {static_cast<std::uint64_t>(TunnelForm::old),
           static_cast<std::uint64_t>(TunnelForm::present)},
          {std::string(kRoutesDocument)}};
}

Result<Bytes> sign_card(const Card& card, const IdentitySigner& signer) {
  if (card.domains.size() > kMaxCardDomains || card.urls.size() > kMaxCardUrls ||
      card.signing.size() > kMaxCardCertificates || card.revoked.size() > kMaxRevoked ||
      card.encryption.size() > kMaxCardCertificates || !is_utf8(card.node)) {
    return bad_card("more domains, URLs or certificates than a card can hold");
  }
  JsonWriter writer = begin_document(DocumentType::card, {.sender = card.sender});
  writer.text("node", card.node).number("serial", card.serial);
  writer.text("incarnation", to_hex(card.incarnation));
  writer.text("issued", to_rfc3339(card.issued)).text("expires", to_rfc3339(card.expires));
  writer.texts("domains", card.domains).texts("peering", card.urls);
  JsonWriter certificates;
  certificates.text("identity", card.identity.pem());
  certificates.texts("signing", pems_of(card.signing));
  certificates.texts("encryption", pems_of(card.encryption));
  JsonWriter capabilities;
  capabilities.texts("content", card.capabilities.content);
  capabilities.texts("key_management", card.capabilities.key_management);
  capabilities.number("max_message_bytes", card.capabilities.max_message_bytes);
  capabilities.numbers("tunnel", card.capabilities.tunnel);
  if (!card.capabilities.documents.empty()) {
    capabilities.texts("documents", card.capabilities.documents);
  }
  writer.object("certificates", certificates).object("capabilities", capabilities);
  std::vector<std::string> revoked;
  for (const Fingerprint& fingerprint : card.revoked)
    revoked.push_back(fingerprint.hex());
  writer.texts("revoked", revoked);
  return sign_document(writer, signer, card.issued);
}

Result<Card> read_card(const VerifiedDocument& document) {
  if (document.type() != DocumentType::card) return bad_card("the document is not a card");
  const JsonObject& members = document.members();
  auto certificates = members.object("certificates");
  if (!certificates) return certificates.error();
  auto identity_pem = certificates->text("identity");
  if (!identity_pem) return identity_pem.error();
  auto identity = crypto::Certificate::from_pem(*identity_pem);
  if (!identity) return identity.error();
  if (identity->key_id() != document.head().sender) return bad_card("the identity is another's");
  if (const Status fit = crypto::check_identity(*identity); !fit) return fit.error();

  Card card{.sender = document.head().sender, .identity = *std::move(identity)};
  auto signing = read_certificates(*certificates, "signing");
  if (!signing) return signing.error();
  auto encryption = read_certificates(*certificates, "encryption");
  if (!encryption) return encryption.error();
  card.signing = *std::move(signing);
  card.encryption = *std::move(encryption);
  if (const Status read = read_names(members, card); !read) return read.error();
  if (const Status read = read_number_and_dates(document, card); !read) return read.error();
  if (const Status read = read_capabilities(members, card); !read) return read.error();
  if (const Status read = read_revoked(members, card); !read) return read.error();
  return card;
}

Result<ReadCard> open_card(ByteView message) {
  auto document = verify_document(message);
  if (!document) return document.error();
  auto card = read_card(*document);
  if (!card) return card.error();
  return ReadCard{*std::move(card), *std::move(document)};
}

}  // namespace culvert::peering
