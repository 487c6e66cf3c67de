// Peering documents behind a right signature: the JSON and the members of every type. What is read
// is written back, signed and read again. The input without the signature is tried as a message
// too.
#include <cstdlib>

#include "crypto/cms/message.h"
#include "crypto/keys/certificate_maker.h"
#include "crypto/keys/memory_key_ring.h"
#include "peering/acceptance.h"
#include "peering/card.h"
#include "peering/handshake_documents.h"
#include "peering/proof_documents.h"
#include "peering/revocation.h"
#include "peering/trouble.h"
#include "store/sealed_mail.h"

using namespace culvert;

namespace {

struct Signer {
  Signer()
      : identity(crypto::make_identity(Domain::parse("gate.a.example").value(), Time{}).value()) {
    if (!ring.add(identity.key, identity.certificate)) std::abort();
  }
  peering::IdentitySigner signer() const { return {ring, identity.certificate}; }

  crypto::KeyAndCertificate identity;
  crypto::MemoryKeyRing ring;
};

peering::VerifiedDocument again(const Result<Bytes>& message) {
  if (!message) std::abort();
  auto document = peering::verify_document(*message);
  if (!document) std::abort();
  return *std::move(document);
}

void check_proofs(const peering::VerifiedDocument& document, const Signer& by) {
  if (const auto challenge = peering::read_challenge(document)) {
    const auto copy = again(peering::sign_challenge(document.head(), *challenge, by.signer()));
    if (peering::read_challenge(copy)->token != challenge->token) std::abort();
  }
  if (const auto answer = peering::read_answer(document)) {
    const auto copy = again(peering::sign_answer(document.head(), *answer, by.signer()));
    if (peering::read_answer(copy)->https_token != answer->https_token) std::abort();
  }
}

// What is left of an item after it was read is within what a node keeps and looks up.
void check_trouble(const peering::VerifiedDocument& document) {
  const auto items = peering::read_trouble(document);
  if (!items) return;
  if (items->size() > peering::kMaxTroubleItems) std::abort();
  for (const peering::TroubleItem& item : *items) {
    const bool has_id = item.culvert_id.empty() || item.culvert_id.size() == 16;
    if (item.name.size() != store::kSealedNameBytes || !has_id) std::abort();
    if (item.identifiers.size() > peering::kMaxTroubleIdentifiers) std::abort();
    if (peering::reason_named(peering::word_of(item.reason)) != item.reason) std::abort();
  }
}

void check_lists(const peering::VerifiedDocument& document, const Signer& by) {
  if (const auto routes = peering::read_routes(document)) {
    if (routes->domains.size() > peering::kMaxCardDomains) std::abort();
    const auto copy = again(peering::sign_routes(document.head(), *routes, by.signer()));
    if (peering::read_routes(copy)->domains.size() != routes->domains.size()) std::abort();
  }
  if (const auto revocation = peering::read_revocation(document)) {
    const auto copy = again(peering::sign_revocation(revocation->revoked, by.signer(), Time{}));
    if (peering::read_revocation(copy)->revoked != revocation->revoked) std::abort();
  }
}

// What is read of a stranger's message before its signature is verified must be what is read of it
// afterwards.
void check_claims(ByteView message) {
  const auto claim = peering::read_message_claim(message);
  const auto verified = peering::verify_document(message);
  if (verified && (!claim || claim->signer != verified->head().sender)) std::abort();
  if (!claim) return;
  const auto document = peering::read_document_claim(*claim);
  if (verified && (!document || document->head.id != verified->head().id)) std::abort();
  if (!document) return;
  const auto accept = peering::read_accept_claim(*document);
  if (!verified) return;
  const auto read = peering::read_accept(*verified);
  if (read && (!accept || accept->mac != read->mac)) std::abort();
}

// The input cannot know this run's fingerprint: the word SENDER stands for it.
std::string with_sender(std::string_view text, const Fingerprint& sender) {
  std::string out(text);
  const std::size_t at = out.find("SENDER");
  if (at != std::string::npos) out.replace(at, 6, sender.hex());
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Signer by;
  const ByteView octets{data, size};
  check_claims(octets);
  const std::string content = with_sender(as_text(octets), by.identity.certificate.key_id());
  const auto message =
      crypto::sign_message(by.ring, by.identity.certificate, as_bytes(content), Time{});
  if (!message) return 0;
  check_claims(*message);
  const auto document = peering::verify_document(*message);
  if (!document) return 0;
  static_cast<void>(peering::read_accept(*document));
  static_cast<void>(peering::read_accepted(*document));
  check_proofs(*document, by);
  check_trouble(*document);
  check_lists(*document, by);
  if (const auto card = peering::read_card(*document)) {
    const auto copy = peering::read_card(again(peering::sign_card(*card, by.signer())));
    if (!copy || copy->serial != card->serial || copy->domains != card->domains) std::abort();
  }
  return 0;
}
