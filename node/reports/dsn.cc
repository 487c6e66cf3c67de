#include "node/reports/dsn.h"

#include <fmt/format.h>

#include "crypto/base/log.h"
#include "crypto/base/utf8.h"
#include "crypto/mime/header.h"

namespace culvert::node {
namespace {

// Header fields that a report gives back. More would tell what nobody needs.
constexpr std::string_view kReturnedFields[] = {"From", "To",         "Cc",
                                                "Date", "Message-ID", "Subject"};
constexpr std::size_t kMaxReturnedFieldOctets = 2000;

// What a report says about all its recipients.
struct Wording {
  DsnAbout about;
  const char* action;  // RFC 3464, 2.3.3
  const char* status;  // if a recipient has none
  const char* subject;
  const char* happened;  // behind "Your message of … ": "to:" or "for:" follows
  const char* outlook;
};
constexpr Wording kWordings[] = {
    {DsnAbout::failure, "failed", "5.0.0", "Undelivered mail", "could not be delivered",
     "It will not be tried again."},
    {DsnAbout::delay, "delayed", "4.0.0", "Delayed mail", "could not be delivered yet",
     "You need not do anything: it is tried further, and you will hear if it fails."},
    {DsnAbout::relay, "relayed", "2.0.0", "Relayed mail",
     "was handed to a mail system that does not confirm delivery", "You will hear if it fails."},
};

const Wording& wording_of(const DsnRequest& request) {
  for (const Wording& wording : kWordings) {
    if (wording.about == request.about) return wording;
  }
  return kWordings[0];
}

std::string status_of(const RecipientReport& each, const DsnRequest& request) {
  return each.status.empty() ? wording_of(request).status : printable(each.status, 12);
}

bool quotes(const DsnRequest& request) { return request.words == DsnRequest::Words::all; }

// All words are ours, and no address is quoted: an address may spell out a message, too.
std::string text_without_quotes(const DsnRequest& request) {
  return fmt::format(
      "This is the mail gateway {}.\r\n\r\n"
      "A message of {} that came under your address {}.\r\n"
      "The report below names the recipients. Who wrote the message is not certain, so\r\n"
      "nothing of it is quoted here.\r\n\r\n"
      "{} The report below is meant for your administrator.\r\n",
      request.node_name, to_rfc5322(request.arrival), wording_of(request).happened,
      wording_of(request).outlook);
}

std::string text_part(const DsnRequest& request) {
  if (!quotes(request)) return text_without_quotes(request);
  std::string out = fmt::format(
      "This is the mail gateway {}.\r\n\r\n"
      "Your message of {} {}, to:\r\n\r\n",
      request.node_name, to_rfc5322(request.arrival), wording_of(request).happened);
  for (const RecipientReport& each : request.recipients) {
    out += fmt::format("  {}\r\n    {}\r\n", each.recipient.text(), printable(each.reply, 400));
  }
  return out + fmt::format("\r\n{} The report below is meant for your administrator.\r\n",
                           wording_of(request).outlook);
}

std::string recipient_block(const RecipientReport& each, const DsnRequest& request) {
  const bool utf8 = each.recipient.needs_utf8();
  std::string out;
  if (quotes(request) && !each.orcpt.empty()) {
    out += "Original-Recipient: " + printable(each.orcpt, 500) + "\r\n";
  }
  out += fmt::format("Final-Recipient: {}; {}\r\nAction: {}\r\nStatus: {}\r\n",
                     utf8 ? "utf-8" : "rfc822", each.recipient.text(), wording_of(request).action,
                     status_of(each, request));
  // What other servers say repeats what they were sent.
  if (!quotes(request)) return out;
  if (!each.remote_host.empty()) {
    out += fmt::format("Remote-MTA: dns; {}\r\n", printable(each.remote_host, 250));
  }
  return out + fmt::format("Diagnostic-Code: {}; {}\r\n",
                           each.remote_host.empty() ? "x-culvert" : "smtp",
                           printable(each.reply, 900));
}

std::string status_part(const DsnRequest& request) {
  std::string out = fmt::format("Reporting-MTA: dns; {}\r\n", request.node_name);
  if (quotes(request) && !request.envid.empty()) {
    out += "Original-Envelope-Id: " + printable(request.envid, 200) + "\r\n";
  }
  out += fmt::format("Arrival-Date: {}\r\n", to_rfc5322(request.arrival));
  for (const RecipientReport& each : request.recipients)
    out += "\r\n" + recipient_block(each, request);
  return out;
}

std::string returned_header(const DsnRequest& request) {
  std::string out;
  if (!quotes(request)) return out;
  for (const crypto::HeaderField& field : crypto::fields_of(request.original_header)) {
    for (const std::string_view name : kReturnedFields) {
      if (!crypto::same_field_name(field.name, name)) continue;
      const bool masked =
          request.original == DsnRequest::Original::sealed && crypto::same_name(name, "Subject");
      if (masked) out += "Subject: [...]\r\n";
      if (!masked && field.raw.size() <= kMaxReturnedFieldOctets) out += field.raw;
    }
  }
  if (!out.empty() && !out.ends_with("\r\n")) out += "\r\n";
  return out;
}

std::string part(const std::string& boundary, std::string_view type, std::string_view body) {
  const std::string_view encoding = is_ascii(body) ? "7bit" : "8bit";
  return fmt::format("--{}\r\nContent-Type: {}\r\nContent-Transfer-Encoding: {}\r\n\r\n{}\r\n",
                     boundary, type, encoding, body);
}

}  // namespace

Bytes make_dsn(const DsnRequest& request) {
  std::string out = fmt::format(
      "From: Mail gateway <postmaster@{}>\r\nTo: <{}>\r\nSubject: {}\r\n"
      "Date: {}\r\nMessage-ID: <{}>\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
      "Content-Type: multipart/report; report-type=delivery-status;\r\n\tboundary=\"{}\"\r\n\r\n",
      request.own_domain.text(), request.to.text(), wording_of(request).subject,
      to_rfc5322(request.now), request.message_id, request.boundary);
  const std::string text = text_part(request);
  const std::string status = status_part(request);
  const std::string header = returned_header(request);
  out += part(request.boundary, "text/plain; charset=utf-8", text);
  out +=
      part(request.boundary,
           is_ascii(status) ? "message/delivery-status" : "message/global-delivery-status", status);
  if (!header.empty()) {
    out += part(request.boundary,
                is_ascii(header) ? "text/rfc822-headers" : "message/global-headers", header);
  }
  out += "--" + request.boundary + "--\r\n";
  return to_bytes(out);
}

}  // namespace culvert::node
