#include "node/peers/acceptance_telling.h"

#include "crypto/base/log.h"
#include "peering/acceptance.h"
#include "peering/peer_changes.h"

namespace culvert::node {
namespace {

struct SignedList {
  std::uint64_t serial = 0;
  Bytes message;
};

enum class Reasons { with, without };

Result<SignedList> sign_list(const TalkContext& context, const Fingerprint& fingerprint,
                             Reasons reasons = Reasons::with) {
  peering::RoutesDocument routes;
  const Status read = context.flow.store.read([&](const store::ReadTransaction& txn) -> Status {
    const auto peer = peering::find_trusted_peer(txn, fingerprint);
    if (!peer) return peer.error();
    if (peer->tells_acceptance) routes = peering::routes_to_tell(txn, *peer);
    return done();
  });
  if (!read) return read.error();
  if (routes.serial == 0) return SignedList{};
  if (reasons == Reasons::without) {
    for (store::DomainAcceptance& domain : routes.domains)
      domain.reason.clear();
  }
  const auto keys = context.flow.keys.get();
  auto message =
      peering::sign_routes(head_to(context, fingerprint), routes, {keys->ring, keys->identity});
  if (!message) return message.error();
  return SignedList{routes.serial, *std::move(message)};
}

Status carry(const TalkContext& context, const store::Peer& peer, const Bytes& message,
             const TalkTime& time) {
  const auto answered = tell_peer(context, peer, message, time);
  if (answered || !may_go_by_mail(peer, context.flow.clock.now())) {
    return answered ? done() : Status(answered.error());
  }
  if (message.size() <= peering::kMaxDocumentMailBytes) {
    return mail_document(context, peer.fingerprint, message, peering::kMaxDocumentAge);
  }
  const auto shorter = sign_list(context, peer.fingerprint, Reasons::without);
  if (!shorter) return shorter.error();
  return mail_document(context, peer.fingerprint, shorter->message, peering::kMaxDocumentAge);
}

}  // namespace

AcceptanceTelling::Due AcceptanceTelling::due(const store::ReadTransaction& txn,
                                              SteadyTime now) const {
  Due due;
  for (const store::AcceptanceNews& news : store::acceptance_news(txn)) {
    if (!retries_.may_try(news.peer, now)) continue;
    auto peer = peering::find_trusted_peer(txn, news.peer);
    if (peer && peer->tells_acceptance) {
      due.peers.push_back(*std::move(peer));
    } else {
      due.too_old.push_back(news);
    }
  }
  return due;
}

void AcceptanceTelling::tell(const TalkContext& context, const store::Peer& peer,
                             const TalkTime& time) {
  const auto list = sign_list(context, peer.fingerprint);
  const std::string name = printable(peer.name, 80);
  if (!list || list->serial == 0) {
    retries_.note(peer.fingerprint, context.flow.clock.steady(), false);
    if (!list) log_error("the list of accepted domains for {}: {}", name, list.error().text);
    return;
  }
  const Status carried = carry(context, peer, list->message, time);
  retries_.note(peer.fingerprint, context.flow.clock.steady(), carried.ok());
  if (!carried) {
    return log_info("{} cannot be told which of its domains are accepted here: {}", name,
                    carried.error().text);
  }
  end_news(context.flow, {{peer.fingerprint, list->serial, {}}});
  log_debug("{} was told which of its domains are accepted here", name);
}

Bytes acceptance_for(const TalkContext& context, const Fingerprint& peer) {
  auto list = sign_list(context, peer);
  if (!list) return {};
  return std::move(list->message);
}

void end_news(FlowContext& flow, const std::vector<store::AcceptanceNews>& news) {
  if (news.empty()) return;
  const Status written = flow.store.write([&](store::WriteTransaction& txn) {
    for (const store::AcceptanceNews& item : news)
      store::end_acceptance_news(txn, item.peer, item.serial);
    return done();
  });
  if (!written) log_error("peering: {}", written.error().text);
}

}  // namespace culvert::node
