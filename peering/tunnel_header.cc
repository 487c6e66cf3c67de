#include "peering/tunnel_header.h"

#include <algorithm>

#include "crypto/base/ascii.h"
#include "crypto/base/utf8.h"
#include "crypto/keys/digest.h"
#include "crypto/mime/header.h"

namespace culvert::peering {
namespace {

constexpr std::size_t kMaxLineOctets = 998;  // RFC 5322, 2.1.1
constexpr std::size_t kTokenBytes = 16;

bool serves(const std::vector<Domain>& own_domains, const Domain& domain) {
  return std::find(own_domains.begin(), own_domains.end(), domain) != own_domains.end();
}

// Lines that end in CRLF, none too long, no CR or LF elsewhere, no NUL.
bool has_sound_lines(std::string_view raw) {
  while (!raw.empty()) {
    const std::size_t end = raw.find("\r\n");
    if (end > kMaxLineOctets) return false;  // npos too
    const std::string_view line = raw.substr(0, end);
    if (line.find_first_of(std::string_view("\r\n\0", 3)) != line.npos) return false;
    raw.remove_prefix(end + 2);
  }
  return true;
}

// The fields that are copied from the original: who, when, and what robots and lists need.
bool is_shown_outside(std::string_view name) {
  const std::string bare = crypto::bare_field_name(name);
  return bare == "to" || bare == "cc" || bare == "date" || bare == "auto-submitted" ||
         bare.starts_with("list-");
}

class OuterFields {
 public:
  explicit OuterFields(bool utf8_allowed) : utf8_allowed_(utf8_allowed) {}

  // Copies the field unchanged, if it may stand outside.
  bool copy(const crypto::HeaderField& field) {
    if (!has_sound_lines(field.raw) || !is_utf8(field.raw) ||
        copied_ + field.raw.size() > kMaxOuterCopiedBytes) {
      return false;
    }
    if (!utf8_allowed_ && !is_ascii(field.raw)) return false;
    copied_ += field.raw.size();
    out_ += field.raw;
    return true;
  }
  void add(std::string_view name, std::string_view body) {
    out_ += std::string(name) + ": " + std::string(body) + "\r\n";
  }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
  std::size_t copied_ = 0;
  bool utf8_allowed_;
};

// The original's From if its one mailbox is ours, else the tunnel address.
void add_from(const OuterPlan& plan, const Mailbox& tunnel, OuterFields& fields) {
  const auto from = crypto::single_from(plan.original_header);
  if (!from || !serves(plan.own_domains, from->domain())) {
    fields.add("From", tunnel.text());
    return;
  }
  for (const crypto::HeaderField& field : crypto::fields_of(plan.original_header)) {
    if (crypto::same_field_name(field.name, "From") && fields.copy(field)) return;
  }
  // The field may not stand outside as it is. Its address alone always may, if it is ASCII.
  fields.add("From", from->needs_utf8() ? tunnel.text() : from->text());
}

ReversePath outer_sender(const OuterPlan& plan, const Mailbox& tunnel) {
  const ReversePath& sender = plan.envelope.sender;
  if (!sender || serves(plan.own_domains, sender->domain())) return sender;
  return tunnel;
}

// RFC 6531, 3.4: the transport needs SMTPUTF8 for these addresses.
bool is_carried_as_utf8(const ReversePath& sender, const SealedEnvelope& envelope) {
  return (sender && sender->needs_utf8()) ||
         std::any_of(envelope.recipients.begin(), envelope.recipients.end(),
                     [](const Recipient& r) { return r.mailbox.needs_utf8(); });
}

}  // namespace

bool is_peering_address(const Mailbox& mailbox) {
  return lower_case(mailbox.local_part()) == kPeeringLocalPart;
}

bool is_tunnel_address(const Mailbox& mailbox) {
  const std::string local = lower_case(mailbox.local_part());
  return local == kTunnelLocalPart || local.starts_with(std::string(kTunnelLocalPart) + "+");
}

Domain choose_culvert_from(const std::optional<Domain>& author, const ReversePath& sender,
                           const std::vector<Domain>& own_domains) {
  if (author && serves(own_domains, *author)) return *author;
  if (sender && serves(own_domains, sender->domain())) return sender->domain();
  return own_domains.front();
}

std::string tunnel_token(ByteView key, const SealedId& id, std::uint32_t attempt) {
  const std::uint8_t number[] = {
      static_cast<std::uint8_t>(attempt >> 24), static_cast<std::uint8_t>(attempt >> 16),
      static_cast<std::uint8_t>(attempt >> 8), static_cast<std::uint8_t>(attempt)};
  const std::uint8_t nul[] = {0};
  const crypto::Sha256 mac =
      crypto::hmac_sha256(key, {as_bytes("culvert1 tunnel token"), nul, id, number});
  return to_hex(ByteView(mac).first(kTokenBytes));
}

Mailbox tunnel_address(std::string_view token, const Domain& domain) {
  return Mailbox::make(std::string(kTunnelLocalPart) + "+" + std::string(token), domain).value();
}

std::optional<Bytes> token_in(const Mailbox& mailbox) {
  const std::string local = lower_case(mailbox.local_part());
  const std::string front = std::string(kTunnelLocalPart) + "+";
  if (!local.starts_with(front) || local.size() != front.size() + 2 * kTokenBytes) {
    return std::nullopt;
  }
  return from_hex(std::string_view(local).substr(front.size()));
}

OuterHeader make_outer_header(const OuterPlan& plan) {
  const Mailbox tunnel = tunnel_address(plan.token, plan.envelope.from);
  const ReversePath sender = outer_sender(plan, tunnel);
  // UTF-8 is allowed in the copied fields only if the addresses need SMTPUTF8 anyway: otherwise a
  // server on the way might refuse the mail for it.
  const bool utf8 = is_carried_as_utf8(sender, plan.envelope);
  OuterFields fields(utf8);
  add_from(plan, tunnel, fields);
  bool dated = false;
  for (const crypto::HeaderField& field : crypto::fields_of(plan.original_header)) {
    if (!is_shown_outside(field.name)) continue;
    const bool is_date = crypto::same_field_name(field.name, "Date");
    if (is_date && dated) continue;
    const bool copied = fields.copy(field);
    dated = dated || (is_date && copied);
  }
  // RFC 5322, 3.6 demands a date.
  if (!dated) fields.add("Date", to_rfc5322(plan.envelope.sealed));
  fields.add("Message-ID", plan.message_id);
  fields.add("Subject", "[...]");
  // By this a node that lost its keys sees what it cannot open (protocol.md, "The tunnel form").
  fields.add("Culvert-For", plan.envelope.to.text());
  fields.add("MIME-Version", "1.0");
  fields.add("Content-Type",
             "application/pkcs7-mime; smime-type=authEnveloped-data;\r\n name=smime.p7m");
  fields.add("Content-Transfer-Encoding", "base64");

  OuterHeader outer;
  outer.mail_from = sender;
  outer.needs_smtputf8 = utf8;
  outer.header = fields.take() + "\r\n";
  return outer;
}

}  // namespace culvert::peering
