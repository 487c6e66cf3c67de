#include "peering/sealed_envelope.h"

#include <algorithm>

#include "crypto/base/bytes.h"
#include "crypto/base/limits.h"

namespace culvert::peering {
namespace {

Error bad_envelope(std::string text) { return permanent_error("bad-envelope", std::move(text)); }

// Takes the lines off one by one.
class Lines {
 public:
  explicit Lines(std::string_view all) : rest_(all) {}
  bool at_end() const { return rest_.empty(); }
  bool next_is(std::string_view name) const { return rest_.starts_with(std::string(name) + ": "); }

  // What follows `name: ` on the next line.
  Result<std::string_view> take(std::string_view name) {
    const std::size_t end = rest_.find("\r\n");
    if (end > kMaxEnvelopeLineOctets || !next_is(name)) {  // npos too
      return bad_envelope("field " + std::string(name) + " is not where it must be");
    }
    const std::size_t start = name.size() + 2;
    const std::string_view value = rest_.substr(start, end - start);
    rest_.remove_prefix(end + 2);
    if (value.find_first_of(std::string_view("\r\n\0", 3)) != value.npos) {
      return bad_envelope("a control character in " + std::string(name));
    }
    return value;
  }

 private:
  std::string_view rest_;
};

// Takes blank-separated parameters off, in the order in which they are asked for.
class Parameters {
 public:
  explicit Parameters(std::string_view all) : rest_(all) {}
  bool at_end() const { return rest_.empty(); }

  bool take_word(std::string_view word) {
    const std::string wanted = " " + std::string(word);
    if (!rest_.starts_with(wanted)) return false;
    if (rest_.size() > wanted.size() && rest_[wanted.size()] != ' ') return false;
    rest_.remove_prefix(wanted.size());
    return true;
  }

  // The value of `KEY=value`, empty if the next parameter is another one.
  std::string take_value(std::string_view key) {
    const std::string wanted = " " + std::string(key) + "=";
    if (!rest_.starts_with(wanted)) return {};
    const std::size_t end = rest_.find(' ', wanted.size());
    // An empty value stays in `rest_`, so that the whole field is refused.
    if (end == wanted.size() || rest_.size() == wanted.size()) return {};
    std::string value(rest_.substr(wanted.size(), end == rest_.npos ? end : end - wanted.size()));
    rest_.remove_prefix(end == rest_.npos ? rest_.size() : end);
    return value;
  }

 private:
  std::string_view rest_;
};

// Octets of the path at the front, `>` included; a quoted local part may hold blanks and `>`.
std::size_t path_length(std::string_view text) {
  if (text.empty() || text.front() != '<') return 0;
  bool quoted = false;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (quoted && text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      quoted = !quoted;
    } else if (text[i] == '>' && !quoted) {
      return i + 1;
    }
  }
  return 0;
}

// Reads a mailbox in exactly the spelling that we write.
Result<Mailbox> read_mailbox(std::string_view path) {
  const std::string_view inner = path.substr(1, path.size() - 2);
  auto mailbox = Mailbox::parse(inner);
  if (!mailbox || mailbox->text() != inner) return bad_envelope("a path is not in canonical form");
  return mailbox;
}

Result<Domain> read_domain(Result<std::string_view> text) {
  if (!text) return text.error();
  auto domain = Domain::parse(*text);
  if (!domain || domain->text() != *text) return bad_envelope("a domain is not in canonical form");
  return domain;
}

Status read_sender(std::string_view value, SealedEnvelope& into) {
  const std::size_t length = path_length(value);
  if (length == 0) return bad_envelope("Culvert-Sender is not a path");
  if (length > 2) {
    auto mailbox = read_mailbox(value.substr(0, length));
    if (!mailbox) return mailbox.error();
    into.sender = *std::move(mailbox);
  }
  Parameters parameters(value.substr(length));
  // BODY=7BIT means the same as no BODY.
  if (!parameters.take_word("BODY=7BIT") && parameters.take_word("BODY=8BITMIME")) {
    into.body = BodyKind::eight_bit_mime;
  }
  into.smtputf8 = parameters.take_word("SMTPUTF8");
  if (parameters.take_word("RET=FULL")) into.ret = Ret::full;
  if (into.ret == Ret::unset && parameters.take_word("RET=HDRS")) {
    into.ret = Ret::hdrs;
  }
  into.envid = parameters.take_value("ENVID");
  if (!into.envid.empty() && !is_envid(into.envid)) return bad_envelope("ENVID is not xtext");
  if (!parameters.at_end()) return bad_envelope("an unknown parameter in Culvert-Sender");
  return done();
}

Result<Recipient> read_recipient(std::string_view value) {
  const std::size_t length = path_length(value);
  if (length <= 2) return bad_envelope("Culvert-Recipient is not a path");
  auto mailbox = read_mailbox(value.substr(0, length));
  if (!mailbox) return mailbox.error();
  Recipient recipient{*std::move(mailbox), {}, {}};
  Parameters parameters(value.substr(length));
  const auto notify = Notify::from_text(parameters.take_value("NOTIFY"));
  recipient.orcpt = parameters.take_value("ORCPT");
  if (!notify || (!recipient.orcpt.empty() && !is_orcpt(recipient.orcpt)) || !parameters.at_end()) {
    return bad_envelope("a wrong parameter in Culvert-Recipient");
  }
  recipient.notify = *notify;
  return recipient;
}

std::string sender_value(const SealedEnvelope& envelope) {
  std::string value = path_text(envelope.sender);
  if (envelope.body == BodyKind::eight_bit_mime) value += " BODY=8BITMIME";
  if (envelope.smtputf8) value += " SMTPUTF8";
  if (envelope.ret == Ret::full) value += " RET=FULL";
  if (envelope.ret == Ret::hdrs) value += " RET=HDRS";
  if (!envelope.envid.empty()) value += " ENVID=" + envelope.envid;
  return value;
}

std::string recipient_value(const Recipient& recipient) {
  std::string value = "<" + recipient.mailbox.text() + ">";
  if (recipient.notify.given()) value += " NOTIFY=" + recipient.notify.text();
  if (!recipient.orcpt.empty()) value += " ORCPT=" + recipient.orcpt;
  return value;
}

std::string_view word(SealedOrigin origin) {
  switch (origin) {
    case SealedOrigin::inside:
      return "inside";
    case SealedOrigin::passed:
      return "passed";
    case SealedOrigin::node:
      return "node";
  }
  return "passed";
}

Result<SealedOrigin> read_origin(Lines& lines) {
  auto value = lines.take("Culvert-Origin");
  if (!value) return value.error();
  for (const auto origin : {SealedOrigin::inside, SealedOrigin::passed, SealedOrigin::node}) {
    if (*value == word(origin)) return origin;
  }
  return bad_envelope("Culvert-Origin is not a word that is known");
}

struct EnvelopeStart {
  TunnelForm form = TunnelForm::present;
  SealedId id{};
  Time sealed{};
};

// The three fields before the domains.
Result<EnvelopeStart> read_start(Lines& lines) {
  EnvelopeStart into;
  auto version = lines.take("Culvert-Tunnel");
  if (!version) return version.error();
  if (*version == "1") {
    into.form = TunnelForm::old;
  } else if (*version != "2") {
    return bad_envelope("the version of the tunnel form is not known");
  }
  auto id = lines.take("Culvert-Id");
  if (!id) return id.error();
  const auto octets = from_hex(*id);
  if (!octets || octets->size() != into.id.size() || to_hex(*octets) != *id) {
    return bad_envelope("Culvert-Id is not 32 hexadecimal digits");
  }
  std::copy(octets->begin(), octets->end(), into.id.begin());
  auto sealed = lines.take("Culvert-Sealed");
  if (!sealed) return sealed.error();
  const auto time = from_rfc3339(*sealed);
  if (!time) return bad_envelope("Culvert-Sealed is not a time");
  into.sealed = *time;
  return into;
}

}  // namespace

Result<std::string> write_sealed_envelope(const SealedEnvelope& envelope) {
  const bool old = envelope.form == TunnelForm::old;
  std::string out = std::string("Culvert-Tunnel: ") + (old ? "1" : "2") + "\r\n";
  out += "Culvert-Id: " + to_hex(envelope.id) + "\r\n";
  out += "Culvert-Sealed: " + to_rfc3339(envelope.sealed) + "\r\n";
  out += "Culvert-From: " + envelope.from.text() + "\r\n";
  out += "Culvert-To: " + envelope.to.text() + "\r\n";
  if (!old) out += "Culvert-Origin: " + std::string(word(envelope.origin)) + "\r\n";
  out += "Culvert-Sender: " + sender_value(envelope) + "\r\n";
  for (const Recipient& recipient : envelope.recipients) {
    out += "Culvert-Recipient: " + recipient_value(recipient) + "\r\n";
  }
  // Reading it back ensures that a reader understands what we mean, whatever a client supplied.
  auto read_back = read_sealed_envelope(out);
  if (!read_back) return read_back.error();
  if (!(*read_back == envelope)) return bad_envelope("the envelope cannot be written");
  return out;
}

Result<SealedEnvelope> read_sealed_envelope(std::string_view fields) {
  if (fields.size() > kMaxEnvelopeBytes) return bad_envelope("the sealed envelope is too large");
  Lines lines(fields);
  auto start = read_start(lines);
  if (!start) return start.error();
  auto from = read_domain(lines.take("Culvert-From"));
  if (!from) return from.error();
  auto to = read_domain(lines.take("Culvert-To"));
  if (!to) return to.error();
  SealedEnvelope parsed{
      .id = start->id, .sealed = start->sealed, .from = *from, .to = *to, .form = start->form};
  if (parsed.form == TunnelForm::present) {
    auto origin = read_origin(lines);
    if (!origin) return origin.error();
    parsed.origin = *origin;
  }
  auto sender = lines.take("Culvert-Sender");
  if (!sender) return sender.error();
  if (const Status read = read_sender(*sender, parsed); !read) return read.error();
  // A node speaks for itself only in reports and peering mail, which have the null sender.
  if (parsed.origin == SealedOrigin::node && parsed.sender) {
    return bad_envelope("mail of the node itself with a sender");
  }
  while (!lines.at_end() && parsed.recipients.size() < kMaxRecipients) {
    auto value = lines.take("Culvert-Recipient");
    if (!value) return value.error();
    auto recipient = read_recipient(*value);
    if (!recipient) return recipient.error();
    parsed.recipients.push_back(*std::move(recipient));
  }
  if (parsed.recipients.empty() || !lines.at_end()) {
    return bad_envelope("no recipient, or more than a message may have");
  }
  return parsed;
}

}  // namespace culvert::peering
