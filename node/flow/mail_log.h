// What befalls a message, as lines of the log (crypto/base/log_line.h): one an event, written once
// the event is committed. Words and names are for programs to find, so they stay as they are:
//
//   received    from whom by SMTP, for whom     decided   on which path, and why
//   opened      out of a peer's seal            held      in quarantine, and why
//   delivered   to which host, with its reply   deferred  with host and reply, or why it waits
//   failed      for good, with host and reply   returned  reported to its sender
//   consumed    it was for this node itself     repeated  it had come before
//
// `id` is what `culvert trace` takes, and `message-id` too. Nothing of the content: the subject is
// never logged. The trace (store/trace.h) tells the same of one message. Any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/log_line.h"
#include "node/flow/flow_context.h"
#include "node/flow/taken_mail.h"
#include "store/quarantine.h"

namespace culvert::node {

// `message EVENT id=… message-id=<…>`: how every line about a message begins.
LogLine mail_line(std::string_view event, const store::MessageId& id,
                  std::string_view message_id = {});

// It was taken over: `received`, and `decided` for each path and destination.
void log_received(const FlowContext& context, const TakenMail& mail);
// Another path than was decided first.
void log_decided(const FlowContext& context, const store::MessageId& id, store::DeliveryPath path,
                 const std::string& destination);
// `mail` was in what came as `carrier`, sealed by the peer of that domain under that id.
void log_opened(const TakenMail& mail, const store::MessageId& carrier,
                const store::MessageId& culvert_id, std::string_view peer_domain);
// What came sealed ended so: `held`, `returned` or `repeated`, and why.
void log_held(std::string_view event, const store::QuarantineItem& item);
void log_consumed(const store::Message& message, std::string_view why);

// How an attempt ended, as far as the log tells it.
struct DeliveryTold {
  enum class What { delivered, deferred, failed };
  struct Group {
    What what = What::delivered;
    std::string reply{};  // of the host, or of this node if there was none
    std::vector<std::string> to{};
  };
  std::string host{};       // empty: none was asked
  std::string tls{};        // empty: none
  std::string sealed_as{};  // Message-ID of the tunnel message, which others on its way know
  std::vector<Group> groups{};

  // Recipients with the same end and reply share a line.
  void add(What what, const std::string& reply, const Mailbox& to);
  // What was deferred has waited too long.
  void expire(std::string_view why);
};
void log_delivery(const FlowContext& context, const store::QueueEntry& entry,
                  const store::Message& message, const DeliveryTold& told);
// A report about it goes to its sender.
void log_returned(const FlowContext& context, const store::MessageId& id,
                  std::string_view message_id, const store::QueueEntry& report);

}  // namespace culvert::node
