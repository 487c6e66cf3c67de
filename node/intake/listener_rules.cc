#include "node/intake/listener_rules.h"

#include "crypto/base/hidden_route.h"
#include "node/smtp/replies.h"
#include "peering/tunnel_header.h"

namespace culvert::node {

Decision check_own_sender(const Config& config, const ReversePath& sender) {
  if (!sender || !may_be_local(sender->domain(), config.node.domains)) return std::nullopt;
  const auto what = hidden_route(*sender);
  return what ? Decision(replies::hidden_route(*sender, *what)) : std::nullopt;
}

bool is_for_peering(const Transaction& transaction) {
  return !transaction.recipients.empty() &&
         peering::is_peering_address(transaction.recipients.front().recipient.mailbox);
}

}  // namespace culvert::node
