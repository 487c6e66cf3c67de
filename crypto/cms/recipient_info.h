// RecipientInfo (RFC 5652, 6.2): a table with a row for each kind. A kind that is to be opened gets
// its functions in a file of its own (recipient_kari.h) and its row here.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "crypto/base/result.h"
#include "crypto/cms/ber_reader.h"
#include "crypto/cms/recipient.h"
#include "crypto/keys/key_ring.h"

namespace culvert::crypto {

struct RecipientKind {
  std::uint8_t identifier;
  std::string_view name;
  // The certificates that a whole RecipientInfo names; null for kinds that name none.
  Result<std::vector<CertificateName>> (*names)(ByteView info);
  // The content key for the one at `index`; null for kinds that are recognised only.
  Result<SecretBytes> (*open)(ByteView info, std::size_t index, const HeldKey& key,
                              const KeyRing& keys);
};

// The row for an identifier octet, or null.
const RecipientKind* find_recipient_kind(std::uint8_t identifier);

// Reads RecipientInfos, the next element of `from`, handing each whole one to `visit`. Refuses an
// empty set (`no-recipient`) and more than kMaxCmsRecipients in all, where an info counts as many
// as `visit` says.
using RecipientVisitor =
    std::function<Result<std::size_t>(const RecipientKind& kind, ByteView info)>;
Status visit_recipients(BerReader& from, const RecipientVisitor& visit);

// The RecipientInfo for a certificate, by the kind of its key.
Result<Bytes> seal_key_for(const Recipient& recipient, const SecretBytes& content_key,
                           const KeyOptions& options);

}  // namespace culvert::crypto
