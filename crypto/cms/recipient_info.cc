#include "crypto/cms/recipient_info.h"

#include <algorithm>
#include <array>

#include "crypto/cms/algorithms.h"
#include "crypto/cms/certificate_name.h"
#include "crypto/cms/content_info.h"
#include "crypto/cms/recipient_kari.h"
#include "crypto/cms/refusal.h"

namespace culvert::crypto {
namespace {

// KeyTransRecipientInfo: the certificate is named at its front.
Result<std::vector<CertificateName>> names_by_transport(ByteView info) {
  BerReader in(info);
  if (const Status entered = in.enter(kTagSequence); !entered) return entered.error();
  if (const auto version = read_version(in); !version) return version.error();
  auto name = read_certificate_name(in);
  if (!name) return name.error();
  return std::vector<CertificateName>{*std::move(name)};
}

constexpr std::array kKinds{
    RecipientKind{kTagSequence, "key transport", &names_by_transport, nullptr},
    RecipientKind{context_tag(1), "key agreement", &names_by_agreement, &open_key_by_agreement},
    RecipientKind{context_tag(2), "shared key", nullptr, nullptr},
    RecipientKind{context_tag(3), "password", nullptr, nullptr},
    RecipientKind{context_tag(4), "other", nullptr, nullptr},
};

}  // namespace

const RecipientKind* find_recipient_kind(std::uint8_t identifier) {
  const auto* found = std::find_if(kKinds.begin(), kKinds.end(), [&](const RecipientKind& kind) {
    return kind.identifier == identifier;
  });
  return found == kKinds.end() ? nullptr : found;
}

Status visit_recipients(BerReader& from, const RecipientVisitor& visit) {
  if (const Status in = from.enter(kTagSet); !in) return in;
  std::size_t count = 0;
  while (true) {
    const auto next = from.peek();
    if (!next) return next.error();
    if (*next == kTagEnd) break;
    const RecipientKind* kind = find_recipient_kind(*next);
    if (kind == nullptr) return refuse(Refusal::unexpected_element, "kind of recipient");
    const auto info = from.element(kMaxRecipientInfoBytes);
    if (!info) return info.error();
    const auto recipients = visit(*kind, *info);
    if (!recipients) return recipients.error();
    count += std::max<std::size_t>(*recipients, 1);
    if (count > kMaxCmsRecipients) return refuse(Refusal::too_many_recipients);
  }
  if (count == 0) return refuse(Refusal::no_recipient);
  return from.leave();
}

Result<Bytes> seal_key_for(const Recipient& to, const SecretBytes& content_key, const KeyOptions&) {
  const auto& recipient = std::get<Certificate>(to);
  if (find_curve(recipient.key_kind()) != nullptr) {
    return seal_key_by_agreement(recipient, content_key);
  }
  return refuse(Refusal::unsupported_recipient, std::string(key_kind_name(recipient.key_kind())));
}

}  // namespace culvert::crypto
