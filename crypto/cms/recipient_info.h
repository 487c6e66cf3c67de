// RecipientInfo (RFC 5652, 6.2): a table with a row for each kind. A kind that can be opened has
// its functions in its own file (recipient_kari.h, …) and its row here.
#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "crypto/base/result.h"
#include "crypto/cms/ber_reader.h"
#include "crypto/cms/recipient.h"
#include "crypto/keys/key_ring.h"

namespace culvert::crypto {

// What a row is asked for: the content key for one recipient.
struct KeyRequest {
  ByteView info;          // the whole RecipientInfo
  std::size_t index;      // of the recipient in it
  const HeldKey* key;     // the recipient's; null for kinds that name no certificate
  std::size_t key_bytes;  // what the content cipher needs; the caller compares
  const KeyRing& keys;
  // Iterations of key derivation that the whole message may still ask for.
  std::uint64_t& iterations_left;
};

struct OpenedKey {
  SecretBytes key;
  // For people: what protects badly; empty if nothing does.
  std::string_view weakness{};
};

// When a kind is tried, if a message has several recipients that are ours.
enum class Turn {
  usual,
  costly,  // it asks for much work
  silent,  // it never reports failure, so nothing after it would be tried
};

struct RecipientKind {
  std::uint8_t identifier;
  std::string_view name;
  // Whether a RecipientInfo with that identifier is of this kind; null if all others are.
  bool (*is)(ByteView info);
  // The certificates that a whole RecipientInfo names; null for kinds that name none.
  Result<std::vector<CertificateName>> (*names)(ByteView info);
  // Null for kinds that are only recognised.
  Result<OpenedKey> (*open)(const KeyRequest& request);
  Turn turn;
  // How many of this kind are tried in one message: each is work that a stranger asks for.
  std::size_t most_tried;
  // Whether a key of that kind may open it; null for kinds that name no certificate.
  bool (*fits)(KeyKind kind) = nullptr;
};

// The names in `info`; nothing if its kind names none, or if it is somebody else's extension ([4])
// that cannot be read. Such an extension must not decide what the rest of the message says.
Result<std::optional<std::vector<CertificateName>>> names_in(const RecipientKind& kind,
                                                             ByteView info);

// Reads RecipientInfos, the next element of `from`, and hands each whole one to `visit`. Refuses an
// empty set (`no-recipient`) and more than kMaxCmsRecipients in all. An info counts as many as
// `visit` returns.
using RecipientVisitor =
    std::function<Result<std::size_t>(const RecipientKind& kind, ByteView info)>;
Status visit_recipients(BerReader& from, const RecipientVisitor& visit);

}  // namespace culvert::crypto
