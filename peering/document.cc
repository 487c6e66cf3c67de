#include "peering/document.h"

#include <algorithm>

#include "crypto/base/limits.h"
#include "crypto/cms/message.h"
#include "crypto/keys/random.h"
#include "peering/refusal_word.h"

namespace culvert::peering {
namespace {

constexpr DocumentType kTypes[] = {DocumentType::card,         DocumentType::accept,
                                   DocumentType::accepted,     DocumentType::proof_challenge,
                                   DocumentType::proof_answer, DocumentType::trouble,
                                   DocumentType::routes,       DocumentType::goodbye,
                                   DocumentType::revoke};

Error bad_document(std::string text) { return permanent_error("bad-document", std::move(text)); }

Result<Fingerprint> read_fingerprint(const JsonObject& members, std::string_view name) {
  auto digits = members.text(name);
  if (!digits) return digits.error();
  const auto fingerprint = Fingerprint::from_hex(*digits);
  if (!fingerprint) return bad_document("'" + std::string(name) + "' is not a fingerprint");
  return *fingerprint;
}

Result<Time> read_time(const JsonObject& members, std::string_view name) {
  auto text = members.text(name);
  if (!text) return text.error();
  const auto time = from_rfc3339(*text);
  if (!time) return bad_document("'" + std::string(name) + "' is not a time");
  return *time;
}

Result<DocumentType> read_type(const JsonObject& members) {
  auto version = members.number("version");
  if (!version) return version.error();
  if (*version != kDocumentVersion) return bad_document("the version is not known");
  auto name = members.text("type");
  if (!name) return name.error();
  for (const DocumentType type : kTypes) {
    if (type_name(type) == *name) return type;
  }
  return bad_document("the type is not known");
}

// Such documents have no receiver and no id, and count whoever brings them.
bool is_for_everybody(DocumentType type) {
  return type == DocumentType::card || type == DocumentType::revoke;
}

// Reads the members after the type.
Result<DocumentHead> read_head(DocumentType type, const JsonObject& members) {
  DocumentHead head;
  auto sender = read_fingerprint(members, "sender");
  if (!sender) return sender.error();
  head.sender = *sender;
  auto time = read_time(members, is_for_everybody(type) ? "issued" : "time");
  if (!time) return time.error();
  head.time = *time;
  if (is_for_everybody(type)) return head;
  auto receiver = read_fingerprint(members, "receiver");
  if (!receiver) return receiver.error();
  head.receiver = *receiver;
  auto digits = members.text("id");
  if (!digits) return digits.error();
  const auto id = document_id_from_hex(*digits);
  if (!id) return bad_document("'id' is not 32 hexadecimal digits");
  head.id = *id;
  return head;
}

}  // namespace

std::string_view type_name(DocumentType type) {
  switch (type) {
    case DocumentType::card:
      return "card";
    case DocumentType::accept:
      return "accept";
    case DocumentType::accepted:
      return "accepted";
    case DocumentType::proof_challenge:
      return "proof-challenge";
    case DocumentType::proof_answer:
      return "proof-answer";
    case DocumentType::trouble:
      return "trouble";
    case DocumentType::routes:
      return "routes";
    case DocumentType::goodbye:
      return "goodbye";
    case DocumentType::revoke:
      return "revoke";
  }
  return "";
}

DocumentId random_document_id() {
  DocumentId id;
  crypto::fill_random(id);
  return id;
}

std::optional<DocumentId> document_id_from_hex(std::string_view digits) {
  const auto octets = from_hex(digits);
  DocumentId id;
  if (!octets || octets->size() != id.size() || to_hex(*octets) != digits) return std::nullopt;
  std::copy(octets->begin(), octets->end(), id.begin());
  return id;
}

JsonWriter begin_document(DocumentType type, const DocumentHead& head) {
  JsonWriter writer;
  writer.number("version", kDocumentVersion).text("type", type_name(type));
  writer.text("sender", head.sender.hex());
  if (is_for_everybody(type)) return writer;
  writer.text("receiver", head.receiver.hex()).text("id", to_hex(head.id));
  writer.text("time", to_rfc3339(head.time));
  return writer;
}

Result<Bytes> sign_document(const JsonWriter& document, const IdentitySigner& signer, Time now) {
  auto message = crypto::sign_message(signer.ring, signer.certificate, document.finish(), now);
  if (message && message->size() > kMaxPeeringMessageBytes) {
    return permanent_error("document-too-large", "the peering document is larger than 1 MiB");
  }
  return message;
}

Result<crypto::MessageClaim> read_message_claim(ByteView message) {
  if (message.size() > kMaxPeeringMessageBytes) return bad_document("larger than 1 MiB");
  return crypto::read_message_claim(message);
}

Result<DocumentClaim> read_document_claim(const crypto::MessageClaim& claim) {
  auto members = JsonObject::parse(claim.content);
  if (!members) return members.error();
  auto type = read_type(*members);
  if (!type) return type.error();
  auto head = read_head(*type, *members);
  if (!head) return head.error();
  // The signing key must be the sender that the document names: nobody signs for another.
  if (claim.signer != head->sender) {
    return permanent_error("bad-signature", "the document is not signed by its sender");
  }
  return DocumentClaim{*type, *head, *std::move(members)};
}

Result<VerifiedDocument> verify_document(ByteView message) {
  // The form is checked first: verifying then costs a hash of the content and one signature.
  if (const auto claim = read_message_claim(message); !claim) return claim.error();
  auto verified = crypto::verify_self_carried_message(message);
  if (!verified) return verified.error();
  auto read = read_document_claim({verified->signer.key_id(), verified->content});
  if (!read) return read.error();
  VerifiedDocument document(read->type, read->head, std::move(read->members),
                            std::move(verified->signer));
  document.content_ = std::move(verified->content);
  document.message_.assign(message.begin(), message.end());
  return document;
}

Status check_head(DocumentType type, const DocumentHead& head, const ExpectedDocument& expected) {
  const bool fits = type == expected.type && head.receiver == expected.receiver &&
                    head.sender != expected.receiver;
  const bool fresh =
      head.time <= expected.now + kClockDifference && head.time >= expected.now - kMaxDocumentAge;
  if (fits && fresh) return done();
  if (!fits) {
    return permanent_error("unexpected-document",
                           "the document is of another type or for somebody else");
  }
  const bool ahead = head.time > expected.now;
  return permanent_error(ahead ? kRefusedClock : kRefusedStale,
                         ahead ? "the document is from the future" : "the document is too old");
}

}  // namespace culvert::peering
