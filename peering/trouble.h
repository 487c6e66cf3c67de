// The document `trouble`: a node tells a peer what became of mail that the peer sealed for it and
// that it could not hand on, so that the sender hears of it (protocol.md, "Trouble"). The document
// must not become a decryption oracle: before a signature is verified it says only what anybody
// could see of the message, and only the peer is told.
//
// Members (frozen):
//   items   list of at most 1,000 objects:
//     message_id   of the outer message, `<...>`
//     state        "held", "dropped", "expired", "returned"
//     reason       a word of TroubleReason
//     culvert_id   32 hexadecimal digits; only after a signature was verified, which covered it
//     identifiers  with `unknown-key`: serial numbers of the certificates that it is sealed to
// Acted on only for a Message-ID that we sealed for that peer in the last 45 days, once per state.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/limits.h"
#include "peering/document.h"
#include "store/trouble.h"

namespace culvert::peering {

inline constexpr std::size_t kMaxTroubleItems = 1000;
inline constexpr std::size_t kMaxTroubleIdentifiers = 8;
inline constexpr std::chrono::minutes kTroubleInterval{1};
inline constexpr std::chrono::hours kTroubleAge{45 * 24};

// The reasons; each has a word for the document and a text for people.
enum class TroubleReason {
  unknown_key,
  altered,
  stale,
  future,
  not_for_us,
  no_route,
  not_accepted,
  size,
  fields,
  loop,
  quota,
  form,
};
std::string_view word_of(TroubleReason reason);
std::optional<TroubleReason> reason_named(std::string_view word);
// The reason that is told if opening ended with this error; nothing if the error stays with this
// node. `verified` says whether the signature was verified.
enum class Verified { no, yes };
std::optional<TroubleReason> reason_of(std::string_view error_code, Verified verified);
// A sentence for the mail's sender and administrators; `there` names the peer.
std::string text_of(TroubleReason reason, std::string_view there);

// An outer Message-ID, `<...>` with the hexadecimal digits of store::kSealedNameBytes octets before
// the `@`. `sealed_name_in` gives nothing for any other Message-ID: no node wrote that mail.
std::string outer_message_id(ByteView name, const Domain& domain);
std::optional<Bytes> sealed_name_in(std::string_view message_id);

// `items` as `troubles_to_tell` gives them, at most kMaxTroubleItems.
Result<Bytes> sign_trouble(const DocumentHead& head, const std::vector<store::TroubleToTell>& items,
                           const IdentitySigner& signer);

struct TroubleItem {
  Bytes name;  // store/sealed_mail.h
  store::TroubleState state = store::TroubleState::held;
  TroubleReason reason = TroubleReason::form;
  Bytes culvert_id;  // 16 octets, or empty
  std::vector<std::string> identifiers;
};
// Leaves out items with an unknown word or another kind of Message-ID. permanent `bad-document`.
Result<std::vector<TroubleItem>> read_trouble(const VerifiedDocument& document);

// Notes the items about mail that was sealed for that peer. Returns those not heard before.
std::vector<store::HeardTrouble> take_trouble(store::WriteTransaction& txn, const Fingerprint& peer,
                                              const std::vector<TroubleItem>& items, Time now);

}  // namespace culvert::peering
