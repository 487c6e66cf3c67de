#include "peering/trouble.h"

#include <algorithm>

#include "store/sealed_mail.h"

namespace culvert::peering {
namespace {

struct Row {
  TroubleReason reason;
  std::string_view word;  // frozen
  std::string_view text;  // follows "the mail gateway of b.example "
};
constexpr Row kRows[] = {
    {TroubleReason::unknown_key, "unknown-key",
     "has no key that opens it: its certificates may have changed"},
    {TroubleReason::altered, "altered",
     "does not open it as it came, because something was added to it on the way (a notice, a "
     "footer); if it came a second time without that, it was delivered"},
    {TroubleReason::stale, "stale",
     "does not take it, because it was sealed more than 14 days before it arrived, or a clock is "
     "wrong"},
    {TroubleReason::future, "future",
     "keeps it until its time comes: by its clock it was sealed in the future, so one of the two "
     "clocks is wrong"},
    {TroubleReason::not_for_us, "not-for-us", "does not serve the domain that it was sealed for"},
    {TroubleReason::no_route, "no-route",
     "keeps it until the sender's domain is proved and approved there"},
    {TroubleReason::not_accepted, "not-accepted", "did not accept the sender's domain"},
    {TroubleReason::size, "size", "does not take mail of this size"},
    {TroubleReason::fields, "fields",
     "does not hand it on, because its header has too many fields, or such as programs read "
     "differently"},
    {TroubleReason::loop, "loop", "does not hand it on, because it has passed too many servers"},
    {TroubleReason::quota, "quota", "holds too much mail already that it could not hand on"},
    {TroubleReason::form, "form", "cannot read the form in which it was sealed"},
};

// Error codes of opening (tunnel_open.h, node/opening/opener.cc) and the reason that is told.
struct Cause {
  std::string_view code;
  TroubleReason reason;
};
// What anybody can see of a message.
constexpr Cause kBeforeSignature[] = {
    {"altered", TroubleReason::altered},
    {"no-key", TroubleReason::unknown_key},
};
// `wrong-signer` is not among them: no signature that counts was verified then.
constexpr Cause kAfterSignature[] = {
    {"stale", TroubleReason::stale},           {"future", TroubleReason::future},
    {"not-for-us", TroubleReason::not_for_us}, {"no-route", TroubleReason::no_route},
    {"too-large", TroubleReason::size},        {"header-too-large", TroubleReason::fields},
    {"fields", TroubleReason::fields},         {"mail-loop", TroubleReason::loop},
    {"quota", TroubleReason::quota},           {"bad-envelope", TroubleReason::form},
    {"bad-address", TroubleReason::form},      {"bad-line-end", TroubleReason::form},
    {"old-form", TroubleReason::form},         {"not-tunnel", TroubleReason::form},
};

struct StateWord {
  store::TroubleState state;
  std::string_view word;  // frozen
};
constexpr StateWord kStates[] = {
    {store::TroubleState::held, "held"},
    {store::TroubleState::dropped, "dropped"},
    {store::TroubleState::expired, "expired"},
    {store::TroubleState::returned, "returned"},
};

std::string_view word_of(store::TroubleState state) {
  for (const StateWord& row : kStates) {
    if (row.state == state) return row.word;
  }
  return "";
}

std::optional<store::TroubleState> state_named(std::string_view word) {
  for (const StateWord& row : kStates) {
    if (row.word == word) return row.state;
  }
  return std::nullopt;
}

// At most 20 octets as hexadecimal digits, in lower case as we write them.
bool is_serial(const std::string& text) {
  return !text.empty() && text.size() <= 2 * 20 &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

JsonWriter item_of(const store::TroubleToTell& trouble) {
  JsonWriter item;
  item.text("message_id", trouble.note.message_id).text("state", word_of(trouble.state));
  item.text("reason", trouble.note.reason);
  if (!trouble.note.culvert_id.empty()) item.text("culvert_id", to_hex(trouble.note.culvert_id));
  if (!trouble.note.identifiers.empty()) item.texts("identifiers", trouble.note.identifiers);
  return item;
}

// Nothing for an item that this version does not know; an error for one that no version may write.
Result<std::optional<TroubleItem>> read_item(const JsonObject& members) {
  const auto message_id = members.text("message_id");
  if (!message_id) return message_id.error();
  const auto state = members.text("state");
  if (!state) return state.error();
  const auto reason = members.text("reason");
  if (!reason) return reason.error();
  TroubleItem item;
  if (members.has("culvert_id")) {
    const auto digits = members.text("culvert_id");
    if (!digits) return digits.error();
    const auto id = document_id_from_hex(*digits);
    if (!id) return permanent_error("bad-document", "'culvert_id' is not 32 hexadecimal digits");
    item.culvert_id.assign(id->begin(), id->end());
  }
  if (members.has("identifiers")) {
    auto identifiers = members.texts("identifiers", kMaxTroubleIdentifiers);
    if (!identifiers) return identifiers.error();
    item.identifiers = *std::move(identifiers);
    std::erase_if(item.identifiers, [](const std::string& text) { return !is_serial(text); });
  }
  auto name = sealed_name_in(*message_id);
  const auto known_state = state_named(*state);
  const auto known_reason = reason_named(*reason);
  if (!name || !known_state || !known_reason) return std::optional<TroubleItem>();
  item.name = *std::move(name);
  item.state = *known_state;
  item.reason = *known_reason;
  return std::optional(std::move(item));
}

// Whether a peer may speak of that mail: we sealed it for the peer within kTroubleAge, and the item
// says what only a node that got the mail, or opened it, can say.
bool may_speak_of(const store::SealedMail& mail, const Fingerprint& peer, const TroubleItem& item,
                  Time now) {
  if (mail.peer != peer || now > mail.received + kTroubleAge) return false;
  if (item.reason == TroubleReason::unknown_key) {
    return std::ranges::any_of(mail.certificates, [&](const std::string& serial) {
      return std::ranges::find(item.identifiers, serial) != item.identifiers.end();
    });
  }
  // Named attack: Another's Message-ID: an attacker on the way can put one mail's outer header
  // around another's seal; the id inside the seal is then that of another mail.
  return item.culvert_id.empty() || std::ranges::equal(item.culvert_id, mail.message.view());
}

}  // namespace

std::string_view word_of(TroubleReason reason) {
  for (const Row& row : kRows) {
    if (row.reason == reason) return row.word;
  }
  return "";
}

std::optional<TroubleReason> reason_named(std::string_view word) {
  for (const Row& row : kRows) {
    if (row.word == word) return row.reason;
  }
  return std::nullopt;
}

std::optional<TroubleReason> reason_of(std::string_view error_code, Verified verified) {
  const std::span<const Cause> causes =
      verified == Verified::yes ? std::span<const Cause>(kAfterSignature) : kBeforeSignature;
  for (const Cause& cause : causes) {
    if (cause.code == error_code) return cause.reason;
  }
  return std::nullopt;
}

std::string text_of(TroubleReason reason, std::string_view there) {
  for (const Row& row : kRows) {
    if (row.reason != reason) continue;
    return "the mail gateway of " + std::string(there) + " " + std::string(row.text);
  }
  return "";
}

std::string outer_message_id(ByteView name, const Domain& domain) {
  return "<" + to_hex(name) + "@" + domain.text() + ">";
}

std::optional<Bytes> sealed_name_in(std::string_view message_id) {
  constexpr std::size_t kDigits = 2 * store::kSealedNameBytes;
  const bool fits =
      message_id.size() > kDigits + 2 && message_id.size() <= kDigits + 3 + kMaxDomainOctets &&
      message_id.front() == '<' && message_id.back() == '>' && message_id[kDigits + 1] == '@';
  if (!fits) return std::nullopt;
  if (!Domain::parse(message_id.substr(kDigits + 2, message_id.size() - kDigits - 3)).ok()) {
    return std::nullopt;
  }
  return from_hex(message_id.substr(1, kDigits));
}

Result<Bytes> sign_trouble(const DocumentHead& head, const std::vector<store::TroubleToTell>& items,
                           const IdentitySigner& signer) {
  JsonWriter writer = begin_document(DocumentType::trouble, head);
  for (const store::TroubleToTell& trouble : items)
    writer.add_object("items", item_of(trouble));
  return sign_document(writer, signer, head.time);
}

Result<std::vector<TroubleItem>> read_trouble(const VerifiedDocument& document) {
  if (document.type() != DocumentType::trouble) {
    return permanent_error("bad-document", "not about trouble");
  }
  const auto objects = document.members().objects("items", kMaxTroubleItems);
  if (!objects) return objects.error();
  std::vector<TroubleItem> items;
  for (const JsonObject& object : *objects) {
    auto item = read_item(object);
    if (!item) return item.error();
    if (*item) items.push_back(*std::move(*item));
  }
  return items;
}

std::vector<store::HeardTrouble> take_trouble(store::WriteTransaction& txn, const Fingerprint& peer,
                                              const std::vector<TroubleItem>& items, Time now) {
  std::vector<store::HeardTrouble> taken;
  for (const TroubleItem& item : items) {
    const auto mail = store::find_sealed_mail(txn, item.name);
    if (!mail || !may_speak_of(*mail, peer, item, now)) continue;
    const store::HeardTrouble heard{peer, item.name, item.state, std::string(word_of(item.reason)),
                                    now};
    if (store::hear_trouble(txn, heard)) taken.push_back(heard);
  }
  return taken;
}

}  // namespace culvert::peering
