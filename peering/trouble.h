// The document `trouble`: a node tells a peer what became of mail that the peer sealed for it and
// that could not be handed on, so that its sender hears of it (protocol.md, "Trouble"). It must not
// become a decryption oracle: before a signature was verified it says only what anybody could see
// of the message, and nobody but the peer is told.
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
// A signed document that goes by mail, where it is base64 in a mail of kMaxPeeringMailBytes.
inline constexpr std::size_t kMaxTroubleMailBytes = kMaxPeeringMailBytes * 5 / 8;
inline constexpr std::chrono::minutes kTroubleInterval{1};
inline constexpr std::chrono::hours kTroubleAge{45 * 24};

// The words, and what people are told by them.
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
// What it is called if opening ended with this error; nothing: it stays with this node. `verified`:
// the signature was.
enum class Verified { no, yes };
std::optional<TroubleReason> reason_of(std::string_view error_code, Verified verified);
// A sentence for the mail's sender and administrators; `there` names the peer.
std::string text_of(TroubleReason reason, std::string_view there);

// `<...>` as name_of_outer gives it: hexadecimal digits of store::kSealedNameBytes octets before
// the `@`. Nothing for any other: it is no mail of a node.
std::string outer_message_id(ByteView name, const Domain& domain);
std::optional<Bytes> sealed_name_in(std::string_view message_id);

// The items as `troubles_to_tell` gives them, at most kMaxTroubleItems.
Result<Bytes> sign_trouble(const DocumentHead& head, const std::vector<store::TroubleToTell>& items,
                           const IdentitySigner& signer);

struct TroubleItem {
  Bytes name;  // store/sealed_mail.h
  store::TroubleState state = store::TroubleState::held;
  TroubleReason reason = TroubleReason::form;
  Bytes culvert_id;  // 16 octets, or empty
  std::vector<std::string> identifiers;
};
// Items with a word that is not known here, or another kind of Message-ID, are left out. permanent
// `bad-document`.
Result<std::vector<TroubleItem>> read_trouble(const VerifiedDocument& document);

// Notes what concerns mail that was sealed for that peer; what was not heard before.
std::vector<store::HeardTrouble> take_trouble(store::WriteTransaction& txn, const Fingerprint& peer,
                                              const std::vector<TroubleItem>& items, Time now);

}  // namespace culvert::peering
