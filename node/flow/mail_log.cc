#include "node/flow/mail_log.h"

#include <algorithm>

namespace culvert::node {
namespace {

using What = DeliveryTold::What;

void add_path(const FlowContext& context, LogLine& line, store::DeliveryPath path,
              const std::string& destination) {
  line.word("path", store::path_name(path));
  if (destination.empty()) return;
  line.word(context.path(path).seals ? "peer" : "destination", destination);
}

// The text between the brackets of `sender=<…>`.
std::string sender_text(const store::Message& message) {
  return message.sender ? message.sender->text() : std::string();
}

std::string_view text_of(const std::string& address) { return address; }
std::string text_of(const PlannedRecipient& r) { return r.recipient.mailbox.text(); }

template <typename All>
void add_recipients(LogLine& line, const All& all) {
  line.begin_list("to");
  for (const auto& one : all)
    line.item(text_of(one));
  line.end_list();
}

void log_decisions(const FlowContext& context, const TakenMail& mail) {
  std::vector<const PlannedRecipient*> told;
  for (const PlannedRecipient& first : mail.recipients) {
    const auto same = [&first](const PlannedRecipient& r) {
      return r.path == first.path && r.destination == first.destination;
    };
    const bool is_told =
        std::any_of(told.begin(), told.end(), [&](const auto* before) { return same(*before); });
    if (is_told) continue;
    told.push_back(&first);
    LogLine line = mail_line("decided", mail.message.id, mail.message.message_id);
    add_path(context, line, first.path, first.destination);
    line.begin_list("to");
    for (const PlannedRecipient& r : mail.recipients) {
      if (same(r)) line.item(r.recipient.mailbox.text());
    }
    line.end_list().text("why", first.why).write(LogLevel::info);
  }
}

std::string_view event_of(What what) {
  switch (what) {
    case What::delivered:
      return "delivered";
    case What::deferred:
      return "deferred";
    case What::failed:
      return "failed";
  }
  return "";
}

}  // namespace

LogLine mail_line(std::string_view event, const store::MessageId& id, std::string_view message_id) {
  LogLine line("message", event);
  line.word("id", id.hex());
  if (!message_id.empty()) line.address("message-id", message_id);
  return line;
}

void log_received(const FlowContext& context, const TakenMail& mail) {
  if (!is_logged(LogLevel::info)) return;
  const store::Message& message = mail.message;
  LogLine line = mail_line("received", message.id, message.message_id);
  line.word("side", message.listener == store::Listener::inside ? "inside" : "outside")
      .address("sender", sender_text(message));
  add_recipients(line, mail.recipients);
  line.number("size", message.size_bytes).text("client", message.client).write(LogLevel::info);
  log_decisions(context, mail);
}

void log_decided(const FlowContext& context, const store::MessageId& id, store::DeliveryPath path,
                 const std::string& destination) {
  if (!is_logged(LogLevel::info)) return;
  LogLine line = mail_line("decided", id);
  add_path(context, line, path, destination);
  line.write(LogLevel::info);
}

void log_opened(const TakenMail& mail, const store::MessageId& carrier,
                const store::MessageId& culvert_id, std::string_view peer_domain) {
  if (!is_logged(LogLevel::info)) return;
  const store::Message& message = mail.message;
  LogLine line = mail_line("opened", message.id, message.message_id);
  line.word("carrier", carrier.hex())
      .word("culvert-id", culvert_id.hex())
      .word("peer", peer_domain)
      .address("sender", sender_text(message));
  add_recipients(line, mail.recipients);
  line.number("size", message.size_bytes).write(LogLevel::info);
}

void log_held(std::string_view event, const store::QuarantineItem& item) {
  if (!is_logged(LogLevel::info)) return;
  LogLine line = mail_line(event, item.message.id, item.message.message_id);
  // What an envelope says about its origin counts only if that peer signed it.
  if (item.peer) line.word("peer", item.route_domain);
  line.address("sender", sender_text(item.message));
  line.begin_list("to");
  for (const Recipient& r : item.recipients)
    line.item(r.mailbox.text());
  line.end_list()
      .text("client", item.message.client)
      .word("reason", item.reason_code)
      .text("why", item.reason_text)
      .write(LogLevel::info);
}

void log_consumed(const store::Message& message, std::string_view why) {
  if (!is_logged(LogLevel::info)) return;
  mail_line("consumed", message.id, message.message_id)
      .address("sender", sender_text(message))
      .text("client", message.client)
      .text("why", why)
      .write(LogLevel::info);
}

void DeliveryTold::add(What what, const std::string& reply, const Mailbox& to) {
  const auto same = std::find_if(groups.begin(), groups.end(), [&](const Group& group) {
    return group.what == what && group.reply == reply;
  });
  Group& group = same == groups.end() ? groups.emplace_back(Group{what, reply}) : *same;
  group.to.push_back(to.text());
}

void DeliveryTold::expire(std::string_view why) {
  for (Group& group : groups) {
    if (group.what != What::deferred) continue;
    group.what = What::failed;
    group.reply = std::string(why) + group.reply;
  }
}

void log_delivery(const FlowContext& context, const store::QueueEntry& entry,
                  const store::Message& message, const DeliveryTold& told) {
  if (!is_logged(LogLevel::info)) return;
  for (const DeliveryTold::Group& group : told.groups) {
    LogLine line = mail_line(event_of(group.what), message.id, message.message_id);
    add_path(context, line, entry.path, entry.destination);
    line.address("sender", sender_text(message));
    add_recipients(line, group.to);
    line.text("host", told.host).text("tls", told.tls);
    if (!told.sealed_as.empty()) line.address("sealed-as", told.sealed_as);
    line.text(told.host.empty() ? "why" : "reply", group.reply).write(LogLevel::info);
  }
}

void log_returned(const FlowContext& context, const store::MessageId& id,
                  std::string_view message_id, const store::QueueEntry& report) {
  if (!is_logged(LogLevel::info)) return;
  LogLine line = mail_line("returned", id, message_id);
  add_path(context, line, report.path, report.destination);
  line.begin_list("to");
  for (const Recipient& r : report.recipients)
    line.item(r.mailbox.text());
  line.end_list().word("report", report.id.message.hex()).write(LogLevel::info);
}

}  // namespace culvert::node
