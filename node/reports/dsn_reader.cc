#include "node/reports/dsn_reader.h"

#include <algorithm>

#include "crypto/base/limits.h"
#include "crypto/mime/entity.h"
#include "crypto/mime/header_reader.h"

namespace culvert::node {
namespace {

constexpr std::string_view kUnknownStatus = "5.0.0";
constexpr std::size_t kMaxBoundaryOctets = 70;  // RFC 2046, 5.1.1
constexpr std::size_t kMaxStatusDigits = 3;     // RFC 3463, 2

Error not_a_report(std::string why) { return permanent_error("not-a-report", std::move(why)); }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// Goes through a multipart body, delimiter by delimiter (RFC 2046, 5.1.1).
class Delimiters {
 public:
  Delimiters(std::string_view body, std::string_view boundary)
      : body_(body), line_("--" + std::string(boundary)) {}

  struct Found {
    std::size_t begins = 0;  // the delimiter's line
    std::size_t ends = 0;    // what follows that line
    bool closing = false;
  };
  // The next one, or nothing.
  std::optional<Found> next() {
    while (at_ < body_.size()) {
      const std::size_t begins = at_;
      const std::size_t end = body_.find("\r\n", begins);
      // A line that is cut off may be anything.
      if (end == std::string_view::npos && !body_.substr(begins).starts_with(line_ + "--")) break;
      at_ = end == std::string_view::npos ? body_.size() : end + 2;
      std::string_view line = body_.substr(begins, std::min(end, body_.size()) - begins);
      if (!line.starts_with(line_)) continue;
      line.remove_prefix(line_.size());
      const bool closing = line.starts_with("--");
      if (closing) line.remove_prefix(2);
      if (trimmed(line).empty()) return Found{begins, at_, closing};
    }
    return std::nullopt;
  }

 private:
  std::string_view body_;
  std::string line_;
  std::size_t at_ = 0;
};

// The second part of a multipart/report.
Result<std::string_view> second_part(std::string_view message) {
  const auto top = crypto::split_entity(message);
  const auto kind = crypto::entity_kind(top.header);
  if (!kind || kind->type.media_type != "multipart/report" ||
      kind->encoding != crypto::TransferEncoding::identity) {
    return not_a_report("it is no multipart/report");
  }
  const auto type = kind->type.parameter("report-type");
  if (!type || !crypto::same_name(*type, "delivery-status")) {
    return not_a_report("it reports something else than deliveries");
  }
  const auto boundary = kind->type.parameter("boundary");
  if (!boundary || boundary->empty() || boundary->size() > kMaxBoundaryOctets) {
    return not_a_report("its boundary is not right");
  }
  Delimiters delimiters(top.body, *boundary);
  const auto first = delimiters.next();
  const auto second = first && !first->closing ? delimiters.next() : std::nullopt;
  const auto third = second && !second->closing ? delimiters.next() : std::nullopt;
  if (!third) return not_a_report("its second part is not there, or not whole");
  return top.body.substr(second->ends, third->begins - second->ends);
}

Result<std::string_view> status_part(std::string_view message) {
  const auto part = second_part(message);
  if (!part) return part;
  const auto entity = crypto::split_entity(*part);
  const auto kind = crypto::entity_kind(entity.header);
  const bool right = kind && (kind->type.media_type == "message/delivery-status" ||
                              kind->type.media_type == "message/global-delivery-status");
  if (!right || kind->encoding != crypto::TransferEncoding::identity) {
    return not_a_report("its second part is no delivery status");
  }
  return entity.body;
}

// Digits at the front, without leading zeros in a longer number; nothing if there are none.
std::string_view number_at(std::string_view text) {
  std::size_t length = 0;
  while (length < text.size() && is_digit(text[length]))
    ++length;
  const bool right = length > 0 && length <= kMaxStatusDigits && (length == 1 || text[0] != '0');
  return right ? text.substr(0, length) : std::string_view{};
}

// The code alone; a comment may follow it.
std::string status_of(std::string_view body) {
  const std::string text = crypto::unfolded(body);
  const std::string_view code = std::string_view(text).substr(0, text.find_first_of(" \t(;"));
  if (code.size() < 5 || (code[0] != '4' && code[0] != '5') || code[1] != '.') {
    return std::string(kUnknownStatus);
  }
  const std::string_view subject = number_at(code.substr(2));
  const std::size_t dot = 2 + subject.size();
  if (subject.empty() || dot >= code.size() || code[dot] != '.') return std::string(kUnknownStatus);
  const std::string_view detail = number_at(code.substr(dot + 1));
  if (detail.empty() || dot + 1 + detail.size() != code.size()) return std::string(kUnknownStatus);
  return std::string(code);
}

// Reads `rfc822; address` or `utf-8; address`. The address may be in angle brackets.
std::optional<Mailbox> mailbox_of(std::string_view body) {
  const std::string text = crypto::unfolded(body);
  const std::size_t semicolon = text.find(';');
  if (semicolon == std::string::npos) return std::nullopt;
  const std::string_view type = trimmed(std::string_view(text).substr(0, semicolon));
  if (!crypto::same_name(type, "rfc822") && !crypto::same_name(type, "utf-8")) return std::nullopt;
  std::string_view address = trimmed(std::string_view(text).substr(semicolon + 1));
  if (address.starts_with('<') && address.ends_with('>')) {
    address = address.substr(1, address.size() - 2);
  }
  auto mailbox = Mailbox::parse(address);
  return mailbox ? std::optional(*std::move(mailbox)) : std::nullopt;
}

// One group of fields about one recipient (RFC 3464, 2.3).
Result<ReportedRecipient> read_recipient(std::string_view group) {
  const auto fields = crypto::fields_of(group);
  const auto finals = crypto::bodies_of(fields, "Final-Recipient");
  const auto originals = crypto::bodies_of(fields, "Original-Recipient");
  const auto actions = crypto::bodies_of(fields, "Action");
  const auto codes = crypto::bodies_of(fields, "Status");
  if (finals.size() != 1 || actions.size() != 1 || originals.size() > 1 || codes.size() > 1) {
    return not_a_report("what it says of a recipient is not clear");
  }
  ReportedRecipient recipient;
  recipient.final_recipient = mailbox_of(finals.front());
  if (!originals.empty()) recipient.original_recipient = mailbox_of(originals.front());
  recipient.failed = crypto::same_name(crypto::unfolded(actions.front()), "failed");
  recipient.status = codes.empty() ? std::string(kUnknownStatus) : status_of(codes.front());
  return recipient;
}

// Takes off the next group of fields: all lines before the next empty one.
std::string_view take_group(std::string_view& rest) {
  while (rest.starts_with("\r\n"))
    rest.remove_prefix(2);
  const std::string_view group = crypto::split_entity(rest).header;
  rest.remove_prefix(group.size());
  return group;
}

}  // namespace

Result<std::vector<ReportedRecipient>> read_dsn(std::string_view message) {
  const auto part = status_part(message.substr(0, kMaxDsnBytes));
  if (!part) return part.error();
  std::string_view rest = *part;
  take_group(rest);  // of the message as a whole
  std::vector<ReportedRecipient> recipients;
  for (std::string_view group = take_group(rest); !group.empty(); group = take_group(rest)) {
    if (recipients.size() == kMaxRecipients) return not_a_report("it names too many recipients");
    auto recipient = read_recipient(group);
    if (!recipient) return recipient.error();
    recipients.push_back(*std::move(recipient));
  }
  if (recipients.empty()) return not_a_report("it names no recipient");
  return recipients;
}

}  // namespace culvert::node
