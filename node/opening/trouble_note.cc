#include "node/opening/trouble_note.h"

#include <algorithm>

#include "crypto/mime/header.h"
#include "crypto/mime/header_reader.h"
#include "peering/trouble.h"
#include "peering/tunnel_blob.h"
#include "store/seen.h"

namespace culvert::node {
namespace {

using peering::TroubleReason;

// Two nodes that pair never have their routes at the same moment. Their senders hear of it after
// four hours at the earliest.
constexpr std::chrono::hours kRoutePatience{3};
constexpr std::size_t kMaxOwnSerialOctets = 20;  // RFC 5280, 4.1.2.2

// The outer fields, as the mail came.
struct Outside {
  std::string message_id;
  std::optional<Domain> author;
};

// Nothing unless the mail has a single Message-ID, a node's.
std::optional<Outside> outside_of(RewindableSource& body) {
  const auto head = crypto::read_head(body);
  if (!head) return std::nullopt;
  const auto fields = crypto::fields_of(head->header);
  const auto ids = crypto::bodies_of(fields, "Message-ID");
  if (ids.size() != 1) return std::nullopt;
  Outside out{crypto::unfolded(ids.front()), {}};
  if (!peering::sealed_name_in(out.message_id)) return std::nullopt;
  if (const auto from = crypto::single_from(fields)) out.author = from->domain();
  return out;
}

// Named attack: Replay. If somebody sends again what was delivered long ago, its sender must not be
// told that it waits.
bool was_delivered(const FlowContext& context, const HeldMail& mail) {
  const peering::SealedEnvelope& envelope = *mail.trace.envelope;
  const auto id = *store::MessageId::from_bytes(envelope.id);
  bool all = false;
  const Status read = context.store.read([&](const store::ReadTransaction& txn) -> Status {
    all = std::ranges::all_of(envelope.recipients, [&](const Recipient& r) {
      return store::was_seen(txn, *mail.trace.peer, id, r.mailbox);
    });
    return done();
  });
  return !read || all;
}

std::optional<Fingerprint> peer_of(const FlowContext& context,
                                   const std::optional<Domain>& author) {
  if (!author) return std::nullopt;
  const auto routing = context.routing.current();
  const RouteView* route = routing->route_of(*author);
  if (route == nullptr || route->use == RouteUse::none) return std::nullopt;
  return route->peer;
}

// The certificates that the mail is sealed to, as everybody can read them.
std::vector<std::string> identifiers_of(const FlowContext& context, RewindableSource& body) {
  const auto keys = context.keys.get();
  auto blob = peering::find_tunnel_blob(body, {keys->identity, keys->announced});
  if (!blob || !blob->octets) return {};
  const auto recipients = crypto::peek_recipients(*blob->octets);
  std::vector<std::string> out;
  if (!recipients) return out;
  for (const auto& name : recipients->names) {
    // Only our own, and no longer than we make them: a stranger fills no document with others.
    const auto* serial = std::get_if<crypto::IssuerAndSerial>(&name);
    const bool ours = serial != nullptr && serial->serial.size() <= kMaxOwnSerialOctets &&
                      peering::is_tunnel_mail({.names = {name}}, {keys->identity, keys->announced});
    if (ours && out.size() < peering::kMaxTroubleIdentifiers) out.push_back(to_hex(serial->serial));
  }
  return out;
}

}  // namespace

std::optional<store::TroubleNote> trouble_note(const FlowContext& context, const HeldMail& mail) {
  const bool verified = mail.trace.peer && mail.trace.envelope;
  const auto reason =
      peering::reason_of(mail.why.code, verified ? peering::Verified::yes : peering::Verified::no);
  if (!reason || (verified && was_delivered(context, mail))) return std::nullopt;
  auto body = store::open_body(context.store, mail.message.body);
  if (!body) return std::nullopt;
  const auto outside = outside_of(**body);
  if (!outside) return std::nullopt;
  const auto peer = verified ? mail.trace.peer : peer_of(context, outside->author);
  if (!peer) return std::nullopt;
  store::TroubleNote note{.peer = *peer,
                          .message_id = outside->message_id,
                          .reason = std::string(peering::word_of(*reason))};
  if (*reason == TroubleReason::no_route) note.patience = kRoutePatience;
  if (verified)
    note.culvert_id.assign(mail.trace.envelope->id.begin(), mail.trace.envelope->id.end());
  if (*reason == TroubleReason::unknown_key && (*body)->rewind()) {
    note.identifiers = identifiers_of(context, **body);
  }
  return note;
}

}  // namespace culvert::node
