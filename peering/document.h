// Peering documents: JSON inside CMS SignedData, signed by the sender's identity (protocol.md,
// "Identity and card"). Carriers are not trusted: only what the signature covers counts. This file
// has the members that all documents share, signing and verification. card.h,
// handshake_documents.h, proof_documents.h, trouble.h and acceptance.h have what each type adds.
// Pure functions, any thread.
//
// Members of every document but a card (frozen):
//   version   1
//   type      "accept", "accepted", "proof-challenge", "proof-answer", "trouble", "routes",
//             "goodbye" (that has no further members: the sender ends the pairing)
//   sender, receiver   fingerprints, 64 hexadecimal digits
//   id        32 hexadecimal digits, random
//   time      RFC 3339, UTC
#pragma once

#include <array>
#include <chrono>
#include <string_view>

#include "crypto/base/bytes.h"
#include "crypto/base/clock.h"
#include "crypto/base/limits.h"
#include "crypto/base/names.h"
#include "crypto/base/result.h"
#include "crypto/cms/message.h"
#include "crypto/keys/certificate.h"
#include "crypto/keys/key_ring.h"
#include "peering/json.h"

namespace culvert::peering {

inline constexpr std::uint64_t kDocumentVersion = 1;

// How far the clocks of two nodes may differ.
inline constexpr std::chrono::minutes kClockDifference{5};
// The oldest document that is accepted, since a mail server may keep it. Ids are remembered longer.
inline constexpr std::chrono::hours kMaxDocumentAge{14 * 24};
inline constexpr std::chrono::hours kAnsweredIdAge{15 * 24};

// A signed document that goes by mail: base64 of it fits into a mail of kMaxPeeringMailBytes.
inline constexpr std::size_t kMaxDocumentMailBytes = kMaxPeeringMailBytes * 5 / 8;

enum class DocumentType {
  card,
  accept,
  accepted,
  proof_challenge,
  proof_answer,
  trouble,
  routes,
  goodbye,
  revoke
};
std::string_view type_name(DocumentType type);

using DocumentId = std::array<std::uint8_t, 16>;
DocumentId random_document_id();
// 32 hexadecimal digits, or nothing.
std::optional<DocumentId> document_id_from_hex(std::string_view digits);

// Who speaks to whom and when. A card has no receiver and no id (both zero); its time is when it
// was issued.
struct DocumentHead {
  Fingerprint sender{};
  Fingerprint receiver{};
  DocumentId id{};
  Time time{};
};

// The key that signs, by its id in the ring, and its certificate.
struct IdentitySigner {
  const crypto::KeyRing& ring;  // must outlive the call
  const crypto::Certificate& certificate;
  const Fingerprint& fingerprint() const { return certificate.key_id(); }
};

// Begins a document with version, type and the members of `head`.
JsonWriter begin_document(DocumentType type, const DocumentHead& head);

// Finishes and signs a document. internal errors of the ring.
Result<Bytes> sign_document(const JsonWriter& document, const IdentitySigner& signer, Time now);

// What a message claims before its signature is verified. It serves to tell strangers from peers
// and to refuse cheaply; never act on it.
struct DocumentClaim {
  DocumentType type;
  DocumentHead head;  // `sender` is the key of the included certificate
  JsonObject members;
};
// The claimed signer and the unparsed content. permanent `bad-document` for more than
// kMaxPeeringMessageBytes; refusals of crypto/cms/message.h.
Result<crypto::MessageClaim> read_message_claim(ByteView message);
// Parses the content. permanent `bad-document`, or `bad-signature` if the document's sender is not
// the key of its certificate.
Result<DocumentClaim> read_document_claim(const crypto::MessageClaim& claim);

// A document whose signature is verified. Only `verify_document` makes one.
class VerifiedDocument {
 public:
  DocumentType type() const { return type_; }
  const DocumentHead& head() const { return head_; }
  const JsonObject& members() const { return members_; }
  // The identity certificate of the signer; its fingerprint is `head().sender`.
  const crypto::Certificate& signer() const { return signer_; }
  // The signed octets as received, and the CMS message that holds them.
  const Bytes& content() const { return content_; }
  const Bytes& message() const { return message_; }

 private:
  friend Result<VerifiedDocument> verify_document(ByteView message);
  VerifiedDocument(DocumentType type, DocumentHead head, JsonObject members,
                   crypto::Certificate signer)
      : type_(type), head_(head), members_(std::move(members)), signer_(std::move(signer)) {}

  DocumentType type_;
  DocumentHead head_;
  JsonObject members_;
  crypto::Certificate signer_;
  Bytes content_;
  Bytes message_;
};

// Reads a CMS message of at most kMaxPeeringMessageBytes. It must have one signature, by the
// identity whose fingerprint is `sender`, and no certificate but that identity's. The document is
// parsed only after its signature is verified. The caller checks who the sender is to us, and
// whether the document is for us, new and of the expected type (`check_head`, peering/replay).
// permanent `bad-document`, `bad-signature`.
Result<VerifiedDocument> verify_document(ByteView message);

// Done if the document is of `type`, is for `receiver` and not from it, and its time is no further
// from `now` than kMaxDocumentAge and kClockDifference allow. permanent `unexpected-document`
// otherwise, or `stale` or `clock` for the time.
struct ExpectedDocument {
  DocumentType type;
  Fingerprint receiver;
  Time now;
};
Status check_head(DocumentType type, const DocumentHead& head, const ExpectedDocument& expected);
inline Status check_head(const VerifiedDocument& document, const ExpectedDocument& expected) {
  return check_head(document.type(), document.head(), expected);
}

}  // namespace culvert::peering
