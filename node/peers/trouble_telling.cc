#include "node/peers/trouble_telling.h"

#include "crypto/base/log.h"
#include "peering/trouble.h"
#include "store/trouble.h"

namespace culvert::node {
namespace {

using Troubles = std::vector<store::TroubleToTell>;

Troubles read_troubles(const TalkContext& context, const Fingerprint& peer, std::size_t limit) {
  Troubles items;
  const Status read = context.flow.store.read([&](const store::ReadTransaction& txn) -> Status {
    items = store::troubles_to_tell(txn, peer, limit, context.flow.clock.now());
    return done();
  });
  if (!read) log_error("{}", read.error().text);
  return items;
}

bool forget(const TalkContext& context, const Troubles& items) {
  const Status written = context.flow.store.write([&](store::WriteTransaction& txn) -> Status {
    for (const store::TroubleToTell& item : items)
      store::forget_trouble(txn, item.key);
    return done();
  });
  if (!written) log_error("{}", written.error().text);
  return written.ok();
}

// By HTTPS, or by mail once that is due.
Status carry(const TalkContext& context, const store::Peer& peer, Troubles& items,
             const TalkTime& time) {
  const auto keys = context.flow.keys.get();
  const peering::IdentitySigner signer{keys->ring, keys->identity};
  const auto message = peering::sign_trouble(head_to(context, peer.fingerprint), items, signer);
  if (!message) return message.error();
  const auto answered = tell_peer(context, peer, *message, time);
  if (answered) return done();
  if (!may_go_by_mail(peer, context.flow.clock.now())) return answered.error();
  Bytes small = *message;
  while (small.size() > peering::kMaxDocumentMailBytes) {
    items.resize(items.size() / 2);
    auto fewer = peering::sign_trouble(head_to(context, peer.fingerprint), items, signer);
    if (!fewer) return fewer.error();
    small = *std::move(fewer);
  }
  return mail_document(context, peer.fingerprint, small, peering::kMaxDocumentAge);
}

}  // namespace

std::vector<store::Peer> TroubleTelling::due(const store::ReadTransaction& txn,
                                             SteadyTime now) const {
  std::vector<store::Peer> out;
  for (const Fingerprint& fingerprint : store::peers_to_tell(txn)) {
    if (!retries_.may_try(fingerprint, now)) continue;
    auto peer = store::find_peer(txn, fingerprint);
    if (peer && store::is_partner(peer->state)) out.push_back(*std::move(peer));
  }
  return out;
}

void TroubleTelling::tell(const TalkContext& context, const store::Peer& peer,
                          const TalkTime& time) {
  Troubles items = read_troubles(context, peer.fingerprint, peering::kMaxTroubleItems);
  // What still waits is looked at again in a minute.
  if (items.empty()) return retries_.note(peer.fingerprint, context.flow.clock.steady(), true);
  const Status carried = carry(context, peer, items, time);
  const bool told = carried && forget(context, items);
  retries_.note(peer.fingerprint, context.flow.clock.steady(), told);
  const std::string name = printable(peer.name, 80);
  if (told) log_info("{} was told what became of its mail, {} in all", name, items.size());
  if (!carried) log_info("{} cannot be told of its mail: {}", name, carried.error().text);
}

}  // namespace culvert::node
