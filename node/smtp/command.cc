#include "node/smtp/command.h"

#include <algorithm>
#include <array>
#include <utility>

#include "crypto/base/ascii.h"
#include "crypto/base/utf8.h"
#include "node/smtp/limits.h"
#include "node/smtp/parameters.h"

namespace culvert::node {
namespace {

constexpr std::array<std::pair<std::string_view, Verb>, 22> kVerbs = {{
    {"EHLO", Verb::ehlo},    {"HELO", Verb::helo},       {"STARTTLS", Verb::starttls},
    {"MAIL", Verb::mail},    {"RCPT", Verb::rcpt},       {"DATA", Verb::data},
    {"RSET", Verb::rset},    {"NOOP", Verb::noop},       {"VRFY", Verb::vrfy},
    {"EXPN", Verb::expn},    {"HELP", Verb::help},       {"QUIT", Verb::quit},
    {"AUTH", Verb::auth},    {"BDAT", Verb::bdat},       {"ETRN", Verb::etrn},
    {"GET", Verb::foreign},  {"POST", Verb::foreign},    {"PUT", Verb::foreign},
    {"HEAD", Verb::foreign}, {"OPTIONS", Verb::foreign}, {"CONNECT", Verb::foreign},
    {"PRI", Verb::foreign},
}};

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

// `KEYWORD:<path> parameters`, split.
struct PathArgument {
  std::string_view path;  // between the brackets
  std::string_view parameters;
};

// The index of the `>` that ends a path, or npos; a `>` inside a quoted string does not count.
std::size_t path_end(std::string_view text) {
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (quoted && text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      quoted = !quoted;
    } else if (!quoted && text[i] == '>') {
      return i;
    }
  }
  return std::string_view::npos;
}

std::optional<PathArgument> split_path(std::string_view argument, std::string_view keyword) {
  if (!equal_ignoring_case(argument.substr(0, keyword.size()), keyword)) return std::nullopt;
  argument.remove_prefix(keyword.size());
  // RFC 5321 allows no space here, but well-known clients send one.
  if (argument.starts_with(' ')) argument.remove_prefix(1);
  if (!argument.starts_with('<')) return std::nullopt;
  argument.remove_prefix(1);
  const std::size_t end = path_end(argument);
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view parameters = argument.substr(end + 1);
  if (!parameters.empty() && parameters.front() != ' ') return std::nullopt;
  return PathArgument{argument.substr(0, end), parameters};
}

Reply needs_smtputf8() {
  return make_reply(553, "5.6.7", "a UTF-8 address needs SMTPUTF8 in the MAIL command");
}

Result<Mailbox> parse_recipient(std::string_view path, const RcptContext& context) {
  if (context.postmaster_domain && equal_ignoring_case(path, "postmaster")) {
    return Mailbox::make(path, *context.postmaster_domain);
  }
  return Mailbox::parse(path);
}

}  // namespace

Command parse_command(std::string_view line) {
  if (std::any_of(line.begin(), line.end(), is_control)) return {};
  while (line.ends_with(' '))
    line.remove_suffix(1);
  const std::size_t space = std::min(line.find(' '), line.size());
  const std::string_view word = line.substr(0, space);
  std::string_view argument = line.substr(space);
  while (argument.starts_with(' '))
    argument.remove_prefix(1);
  for (const auto& [name, verb] : kVerbs) {
    if (equal_ignoring_case(word, name)) return {verb, argument};
  }
  return {Verb::unknown, argument};
}

Parsed<MailCommand> parse_mail(std::string_view argument) {
  const auto split = split_path(argument, "FROM:");
  if (!split) return make_reply(501, "5.5.2", "the form is MAIL FROM:<address> [parameters]");
  MailCommand command;
  if (auto refusal = parse_parameters(split->parameters, command.parameters)) return *refusal;
  if (!command.parameters.smtputf8 && !is_ascii(split->path)) return needs_smtputf8();
  if (split->path.empty()) return command;
  auto mailbox = Mailbox::parse(split->path);
  if (!mailbox) return make_reply(553, "5.1.7", mailbox.error().text);
  command.sender = *std::move(mailbox);
  return command;
}

Parsed<Recipient> parse_rcpt(std::string_view argument, const RcptContext& context) {
  const auto split = split_path(argument, "TO:");
  if (!split) return make_reply(501, "5.5.2", "the form is RCPT TO:<address> [parameters]");
  if (!context.smtputf8 && !is_ascii(split->path)) return needs_smtputf8();
  auto mailbox = parse_recipient(split->path, context);
  if (!mailbox) return make_reply(553, "5.1.3", mailbox.error().text);
  Recipient recipient{*std::move(mailbox), {}, {}};
  if (auto refusal = parse_parameters(split->parameters, recipient)) return *refusal;
  return recipient;
}

std::optional<std::string> parse_hello(std::string_view argument) {
  const auto fine = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view(".-_:[]").find(c) != std::string_view::npos;
  };
  if (argument.empty() || argument.size() > kMaxHelloOctets ||
      !std::all_of(argument.begin(), argument.end(), fine)) {
    return std::nullopt;
  }
  return std::string(argument);
}

std::string mail_argument(const MailCommand& command) {
  return "FROM:" + path_text(command.sender) + parameters_text(command.parameters);
}

std::string rcpt_argument(const Recipient& recipient) {
  return "TO:<" + recipient.mailbox.text() + ">" + parameters_text(recipient);
}

}  // namespace culvert::node
