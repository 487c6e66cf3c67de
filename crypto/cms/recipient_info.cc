#include "crypto/cms/recipient_info.h"

#include <algorithm>
#include <array>

#include "crypto/cms/algorithms.h"
#include "crypto/cms/recipient_kari.h"
#include "crypto/cms/recipient_kekri.h"
#include "crypto/cms/recipient_kemri.h"
#include "crypto/cms/recipient_ktri.h"
#include "crypto/cms/recipient_pwri.h"
#include "crypto/cms/refusal.h"

namespace culvert::crypto {
namespace {

// A message names each of our certificates once; more would only cost us work.
constexpr std::size_t kMostByCertificate = 8;
// Shared keys are found by trying, which costs little.
constexpr std::size_t kMostByShared = 64;
// Together they may ask for kMaxPbkdf2Iterations.
constexpr std::size_t kMostByPassword = 2;

constexpr auto kUsual = Turn::usual;

bool is_rsa(KeyKind kind) { return kind == KeyKind::rsa; }
bool agrees(KeyKind kind) { return find_curve(kind) != nullptr; }
bool encapsulates(KeyKind kind) { return kind == KeyKind::ml_kem; }

constexpr std::array kKinds{
    RecipientKind{kTagSequence, "PKCS#1 v1.5 key transport", &is_pkcs1_transport,
                  &names_by_transport, &open_key_by_transport, Turn::silent, kMostByCertificate,
                  &is_rsa},
    RecipientKind{kTagSequence, "key transport", nullptr, &names_by_transport,
                  &open_key_by_transport, kUsual, kMostByCertificate, &is_rsa},
    RecipientKind{context_tag(1), "key agreement", nullptr, &names_by_agreement,
                  &open_key_by_agreement, kUsual, kMostByCertificate, &agrees},
    RecipientKind{context_tag(2), "shared key", nullptr, nullptr, &open_key_by_shared, kUsual,
                  kMostByShared},
    RecipientKind{context_tag(3), "password", nullptr, nullptr, &open_key_by_password, Turn::costly,
                  kMostByPassword},
    RecipientKind{context_tag(4), "key encapsulation", &is_encapsulation, &names_by_encapsulation,
                  &open_key_by_encapsulation, kUsual, kMostByCertificate, &encapsulates},
    RecipientKind{context_tag(4), "other", nullptr, nullptr, nullptr, kUsual, 0},
};

bool is_known(std::uint8_t identifier) {
  return std::any_of(kKinds.begin(), kKinds.end(),
                     [&](const RecipientKind& kind) { return kind.identifier == identifier; });
}

// The first row that fits. The last row of every identifier takes all.
const RecipientKind& kind_of(std::uint8_t identifier, ByteView info) {
  return *std::find_if(kKinds.begin(), kKinds.end(), [&](const RecipientKind& kind) {
    return kind.identifier == identifier && (kind.is == nullptr || kind.is(info));
  });
}

}  // namespace

Result<std::optional<std::vector<CertificateName>>> names_in(const RecipientKind& kind,
                                                             ByteView info) {
  if (kind.names == nullptr) return std::optional<std::vector<CertificateName>>();
  auto names = kind.names(info);
  if (names) return std::optional(*std::move(names));
  if (kind.identifier == context_tag(4)) return std::optional<std::vector<CertificateName>>();
  return names.error();
}

Status visit_recipients(BerReader& from, const RecipientVisitor& visit) {
  if (const Status in = from.enter(kTagSet); !in) return in.error();
  std::size_t count = 0;
  while (true) {
    const auto next = from.peek();
    if (!next) return next.error();
    if (*next == kTagEnd) break;
    if (!is_known(*next)) return refuse(Refusal::unexpected_element, "kind of recipient");
    const auto info = from.element(kMaxRecipientInfoBytes);
    if (!info) return info.error();
    const auto recipients = visit(kind_of(*next, *info), *info);
    if (!recipients) return recipients.error();
    // An info without recipients counts too: otherwise a stranger could send any number of them.
    count += std::max<std::size_t>(*recipients, 1);
    if (count > kMaxCmsRecipients) return refuse(Refusal::too_many_recipients);
  }
  if (count == 0) return refuse(Refusal::no_recipient);
  return from.leave();
}

Result<Bytes> seal_key_for(const Recipient& recipient, const SecretBytes& content_key,
                           const KeyOptions& options) {
  if (const auto* shared = std::get_if<SharedKey>(&recipient)) {
    return seal_key_by_shared(*shared, content_key);
  }
  const auto& certificate = std::get<Certificate>(recipient);
  const KeyKind kind = certificate.key_kind();
  if (kind == KeyKind::rsa) return seal_key_by_transport(certificate, content_key, options.rsa);
  if (kind == KeyKind::ml_kem) return seal_key_by_encapsulation(certificate, content_key);
  if (find_curve(kind) != nullptr) {
    return seal_key_by_agreement(certificate, content_key, options.agreement);
  }
  return refuse_because(Refusal::unsupported_recipient,
                        "the key of " + certificate.shown_name() + " is " + certificate.key_text());
}

}  // namespace culvert::crypto
