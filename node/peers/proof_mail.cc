#include "node/peers/proof_mail.h"

#include "crypto/base/log.h"
#include "crypto/mime/base64.h"
#include "crypto/mime/entity.h"
#include "crypto/mime/header.h"
#include "crypto/mime/header_reader.h"
#include "node/flow/taken_mail.h"
#include "peering/challenge_news.h"
#include "peering/lookup.h"
#include "peering/tunnel_header.h"
#include "store/queue.h"

namespace culvert::node {
namespace {

constexpr std::size_t kMaxReplyOctets = 400;

Mailbox reserved_address(const Domain& domain) {
  return Mailbox::make(peering::kPeeringLocalPart, domain).value();
}

std::string message_id_for(const store::MessageId& id, const Config& config) {
  return id.hex() + "@" + config.node.name.text();
}

// The message to be sealed. It is an ordinary one, so that it takes the way of all mail.
Bytes write_mail(const PeeringMailRequest& request, const Config& config,
                 const store::MessageId& id, Time now) {
  Bytes out;
  append(out, "From: " + reserved_address(config.node.domains.front()).text() + "\r\n");
  append(out, "To: " + reserved_address(request.domain).text() + "\r\n");
  append(out, "Date: " + to_rfc5322(now) + "\r\n");
  append(out, "Message-ID: <" + message_id_for(id, config) + ">\r\n");
  append(out, "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n");
  append(out, "Content-Type: " + std::string(peering::kMessageMediaType) + "\r\n");
  append(out, "Content-Transfer-Encoding: base64\r\n\r\n");
  BytesSink sink(out);
  crypto::Base64Encoder base64(sink);
  // Writing to memory cannot fail.
  static_cast<void>(base64.write(request.message));
  static_cast<void>(base64.finish());
  return out;
}

}  // namespace

Status send_peering_mail(FlowContext& context, const PeeringMailRequest& request) {
  const auto config = context.config.get();
  const Time now = context.clock.now();
  store::Message message;
  message.id = store::MessageId::make(now);
  message.received = now;
  message.listener = store::Listener::own;
  message.origin = store::Origin::node;
  message.from_domain = config->node.domains.front().text();
  message.message_id = message_id_for(message.id, *config);
  store::BodyWriter body(context.store, message.id);
  if (auto written = body.write(write_mail(request, *config, message.id, now)); !written) {
    return written;
  }
  auto staged = body.finish();
  if (!staged) return staged.error();
  message.body = staged->ref();
  message.size_bytes = staged->ref().size_bytes;

  auto entry = new_entry(message.id, store::DeliveryPath::proof, request.domain.text(),
                         {{reserved_address(request.domain), {}, {}}}, now, request.lifetime);
  entry.peer = request.peer;
  const Status put = context.store.write([&](store::WriteTransaction& txn) -> Status {
    if (request.content == PeeringMailRequest::Content::challenge) {
      peering::note_challenge_mail(txn, {request.domain, request.peer}, message.id.view());
    }
    return put_mail(txn, message, *staged, {entry},
                    {now, "peering", {{"to", request.domain.text()}}});
  });
  if (put) context.wake_dispatcher();
  return put;
}

void note_peering_mail(store::WriteTransaction& txn, const store::QueueEntry& entry,
                       const DeliveryTold& told, Time next_try, Time now) {
  using Step = peering::ChallengeStep;
  if (!entry.peer || told.groups.empty()) return;
  const auto domain = Domain::parse(entry.destination);
  if (!domain) return;
  const DeliveryTold::Group& group = told.groups.front();
  Step step;
  step.reply =
      (told.host.empty() ? "" : told.host + ": ") + printable(group.reply, kMaxReplyOctets);
  switch (group.what) {
    case DeliveryTold::What::delivered:
      step.what = Step::What::delivered;
      break;
    case DeliveryTold::What::deferred:
      step.what = Step::What::waits;
      step.next_try = next_try;
      break;
    case DeliveryTold::What::failed:
      step.what = Step::What::failed;
      break;
  }
  peering::note_challenge_step(txn, {*domain, *entry.peer}, entry.id.message.view(), step, now);
}

Result<Bytes> peering_message_of(ByteView mail) {
  ViewSource source(mail);
  auto head = crypto::read_head(source);
  if (!head) return head.error();
  const auto kind = crypto::entity_kind(head->header);
  if (!kind || kind->type.media_type != peering::kMessageMediaType ||
      kind->encoding != crypto::TransferEncoding::base64 || mail.size() < head->header.size() + 2) {
    return permanent_error("not-peering", "the message is not a peering message");
  }
  return crypto::from_base64(as_text(mail.subspan(head->header.size() + 2)));
}

}  // namespace culvert::node
