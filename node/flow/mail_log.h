// What happens to a message, as log lines (crypto/base/log_line.h): one line for each event,
// written once the event is committed. Programs search for these words and names, so they never
// change:
//
//   received    from whom by SMTP, for whom     decided   on which path, and why
//   opened      out of a peer's seal            held      in quarantine, and why
//   delivered   to which host, with its reply   deferred  with host and reply, or why it waits
//   failed      for good, with host and reply   returned  reported to its sender
//   consumed    it was for this node itself     repeated  it had come before
//
// `culvert trace` takes `id`, and `message-id` too. No content is logged, not even the subject. The
// trace (store/trace.h) tells the same about one message. Any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/log_line.h"
#include "node/flow/flow_context.h"
#include "node/flow/taken_mail.h"
#include "store/quarantine.h"

namespace culvert::node {

// `message EVENT id=… message-id=<…>`: the beginning of every line about a message.
LogLine mail_line(std::string_view event, const store::MessageId& id,
                  std::string_view message_id = {});

// The message was taken: `received`, and `decided` for each path and destination.
void log_received(const FlowContext& context, const TakenMail& mail);
// The message takes another path than was decided first.
void log_decided(const FlowContext& context, const store::MessageId& id, store::DeliveryPath path,
                 const std::string& destination);
// `mail` was inside the message `carrier`. The peer of that domain sealed it under that id.
void log_opened(const TakenMail& mail, const store::MessageId& carrier,
                const store::MessageId& culvert_id, std::string_view peer_domain);
// How sealed mail ended: `held`, `returned` or `repeated`, and why.
void log_held(std::string_view event, const store::QuarantineItem& item);
void log_consumed(const store::Message& message, std::string_view why);

// How an attempt ended, as far as the log tells it.
struct DeliveryTold {
  enum class What { delivered, deferred, failed };
  struct Group {
    What what = What::delivered;
    std::string reply{};  // the host's, or this node's if there was none
    std::vector<std::string> to{};
  };
  std::string host{};       // empty: no host was asked
  std::string tls{};        // empty: none
  std::string sealed_as{};  // Message-ID of the tunnel message, which others on its way see
  std::vector<Group> groups{};

  // Recipients with the same outcome and reply share a line.
  void add(What what, const std::string& reply, const Mailbox& to);
  // Turns what was deferred into a failure, because it has waited too long.
  void expire(std::string_view why);
};
void log_delivery(const FlowContext& context, const store::QueueEntry& entry,
                  const store::Message& message, const DeliveryTold& told);
// A report about the message goes to its sender.
void log_returned(const FlowContext& context, const store::MessageId& id,
                  std::string_view message_id, const store::QueueEntry& report);

}  // namespace culvert::node
