#include "node/delivery/attempt.h"

#include <algorithm>

#include "node/delivery/paths.h"
#include "peering/tunnel_header.h"
#include "peering/tunnel_seal.h"

namespace culvert::node {

bool Attempt::under_tunnel_address() const {
  if (!seal || !message.sender) return false;
  const auto& own = seal->own_domains;
  return std::find(own.begin(), own.end(), message.sender->domain()) == own.end();
}

ClientEnvelope Attempt::envelope() const {
  ClientEnvelope out;
  out.mail.sender = message.sender;
  if (under_tunnel_address()) out.mail.sender = peering::tunnel_address(seal->token, seal->from);
  const std::uint64_t plain = message.size_bytes + message.added_header.size();
  if (seal) {  // its outer header is ASCII, unless an address needs more
    out.mail.parameters.size_bytes = peering::sealed_size_estimate(plain, entry.recipients.size());
  } else {
    out.mail.parameters.smtputf8 = message.smtputf8;
    out.mail.parameters.size_bytes = plain;
    out.mail.parameters.body = message.body_kind;
    out.mail.parameters.ret = message.ret;
    out.mail.parameters.envid = message.envid;
  }
  for (const Recipient& r : entry.recipients)
    // The sender's requests for reports travel inside the seal.
    out.recipients.push_back(seal ? Recipient{r.mailbox} : r);
  return out;
}

AttemptPlan plan_attempt(const FlowContext& context, store::QueueEntry entry,
                         store::Message message) {
  const PathRow& row = path_row(entry.path);
  // In an altered store nobody can tell whom mail would be sealed for, whether it may go in clear,
  // or whose signature counts.
  if (context.store.is_altered() && !row.traits.needs_no_trust) {
    return Postpone{kWaitForTrust, context.store.altered()};
  }
  return row.plan(context, std::move(entry), std::move(message));
}

}  // namespace culvert::node
