#include "peering/proof_documents.h"

#include <algorithm>

namespace culvert::peering {
namespace {

Error bad_document(std::string text) { return permanent_error("bad-document", std::move(text)); }

Result<std::array<std::uint8_t, 16>> read_octets(const std::string& digits) {
  const auto octets = document_id_from_hex(digits);
  if (!octets) return bad_document("a token or id is not 32 hexadecimal digits");
  return *octets;
}

Result<std::array<std::uint8_t, 16>> read_octets(const JsonObject& members, std::string_view name) {
  auto digits = members.text(name);
  if (!digits) return digits.error();
  return read_octets(*digits);
}

Result<Domain> read_domain(const JsonObject& members) {
  auto text = members.text("domain");
  if (!text) return text.error();
  auto domain = Domain::parse(*text);
  if (domain && domain->text() != *text) return bad_document("'domain' is not canonical");
  return domain;
}

}  // namespace

Result<Bytes> sign_challenge(const DocumentHead& head, const ProofChallenge& challenge,
                             const IdentitySigner& signer) {
  JsonWriter writer = begin_document(DocumentType::proof_challenge, head);
  writer.text("proof", to_hex(challenge.proof)).text("domain", challenge.domain.text());
  writer.text("carrier", challenge.carrier == ProofCarrier::mail ? "mail" : "https");
  writer.text("token", to_hex(challenge.token));
  return sign_document(writer, signer, head.time);
}

Result<ProofChallenge> read_challenge(const VerifiedDocument& document) {
  if (document.type() != DocumentType::proof_challenge) return bad_document("not a challenge");
  const JsonObject& members = document.members();
  auto proof = read_octets(members, "proof");
  if (!proof) return proof.error();
  auto domain = read_domain(members);
  if (!domain) return domain.error();
  auto carrier = members.text("carrier");
  if (!carrier) return carrier.error();
  if (*carrier != "mail" && *carrier != "https") return bad_document("the carrier is not known");
  auto token = read_octets(members, "token");
  if (!token) return token.error();
  return ProofChallenge{*proof, *std::move(domain),
                        *carrier == "mail" ? ProofCarrier::mail : ProofCarrier::https, *token};
}

Result<Bytes> sign_answer(const DocumentHead& head, const ProofAnswer& answer,
                          const IdentitySigner& signer) {
  JsonWriter writer = begin_document(DocumentType::proof_answer, head);
  writer.text("proof", to_hex(answer.proof)).text("domain", answer.domain.text());
  std::vector<std::string> tokens{to_hex(answer.mail_token)};
  if (answer.https_token) tokens.push_back(to_hex(*answer.https_token));
  writer.texts("tokens", tokens);
  return sign_document(writer, signer, head.time);
}

Result<ProofAnswer> read_answer(const VerifiedDocument& document) {
  if (document.type() != DocumentType::proof_answer) return bad_document("not an answer");
  const JsonObject& members = document.members();
  auto proof = read_octets(members, "proof");
  if (!proof) return proof.error();
  auto domain = read_domain(members);
  if (!domain) return domain.error();
  auto tokens = members.texts("tokens", 2);
  if (!tokens) return tokens.error();
  if (tokens->empty()) return bad_document("an answer without a token");
  auto mail_token = read_octets(tokens->front());
  if (!mail_token) return mail_token.error();
  ProofAnswer answer{*proof, *std::move(domain), *mail_token, std::nullopt};
  if (tokens->size() == 2) {
    auto https_token = read_octets(tokens->back());
    if (!https_token) return https_token.error();
    answer.https_token = *https_token;
  }
  return answer;
}

}  // namespace culvert::peering
