#include "node/smtp/parameters.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include "crypto/base/ascii.h"
#include "crypto/base/bytes.h"
#include "crypto/base/log.h"
#include "crypto/base/utf8.h"
#include "node/smtp/limits.h"

namespace culvert::node {
namespace {

struct Parameter {
  std::string key;  // upper case
  std::optional<std::string_view> value;
};

Reply bad_value(const std::string& key) {
  return make_reply(501, "5.5.4", "the value of " + printable(key, 40) + " is not acceptable");
}
Reply unknown_key(const std::string& key) {
  return make_reply(555, "5.5.4", "the parameter " + printable(key, 40) + " is not known here");
}

std::vector<Parameter> split(std::string_view text) {
  std::vector<Parameter> out;
  while (!text.empty()) {
    const std::size_t space = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, space);
    text.remove_prefix(std::min(space + 1, text.size()));
    if (word.empty()) continue;
    const std::size_t equals = word.find('=');
    Parameter parameter{upper_case(word.substr(0, equals)), std::nullopt};
    if (equals != std::string_view::npos) parameter.value = word.substr(equals + 1);
    out.push_back(std::move(parameter));
  }
  return out;
}

// Runs `take` over each parameter; `take` says whether it knows the key and accepts the value.
enum class Taken { yes, bad_value, unknown };

template <typename Take>
std::optional<Reply> take_each(std::string_view text, Take take) {
  std::vector<std::string> seen;
  for (const Parameter& parameter : split(text)) {
    if (std::find(seen.begin(), seen.end(), parameter.key) != seen.end()) {
      return make_reply(501, "5.5.4",
                        "the parameter " + printable(parameter.key, 40) + " is given twice");
    }
    switch (take(parameter)) {
      case Taken::yes:
        break;
      case Taken::bad_value:
        return bad_value(parameter.key);
      case Taken::unknown:
        return unknown_key(parameter.key);
    }
    seen.push_back(parameter.key);
  }
  return std::nullopt;
}

Taken taken_if(bool fine) { return fine ? Taken::yes : Taken::bad_value; }

bool take_size(std::string_view value, MailParameters& into) {
  std::uint64_t size = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), size);
  if (error != std::errc() || end != value.data() + value.size()) return false;
  into.size_bytes = size;
  return true;
}

bool take_body(std::string_view value, MailParameters& into) {
  const std::string kind = upper_case(value);
  into.body = kind == "8BITMIME" ? BodyKind::eight_bit_mime : BodyKind::seven_bit;
  return kind == "8BITMIME" || kind == "7BIT";
}

bool take_ret(std::string_view value, MailParameters& into) {
  const std::string what = upper_case(value);
  into.ret = what == "FULL" ? Ret::full : Ret::hdrs;
  return what == "FULL" || what == "HDRS";
}

bool take_envid(std::string_view value, MailParameters& into) {
  into.envid = value;
  return is_envid(value);
}

Taken take_mail(const Parameter& parameter, MailParameters& into) {
  const std::string_view value = parameter.value.value_or("");
  if (parameter.key == "SIZE") return taken_if(take_size(value, into));
  if (parameter.key == "BODY") return taken_if(take_body(value, into));
  if (parameter.key == "RET") return taken_if(take_ret(value, into));
  if (parameter.key == "ENVID") return taken_if(take_envid(value, into));
  if (parameter.key != "SMTPUTF8") return Taken::unknown;
  into.smtputf8 = true;
  return taken_if(!parameter.value.has_value());
}

// A non-ASCII value would also be sent to servers that have not offered SMTPUTF8.
bool take_orcpt(std::string_view value, Recipient& into) {
  into.orcpt = value;
  return is_orcpt(value) && is_ascii(value);
}

Taken take_rcpt(const Parameter& parameter, Recipient& into) {
  const std::string_view value = parameter.value.value_or("");
  if (parameter.key == "ORCPT") return taken_if(take_orcpt(value, into));
  if (parameter.key != "NOTIFY") return Taken::unknown;
  const auto notify = Notify::parse(value);
  if (notify) into.notify = *notify;
  return taken_if(notify.has_value());
}

}  // namespace

std::optional<Reply> parse_parameters(std::string_view text, MailParameters& into) {
  return take_each(text, [&](const Parameter& parameter) { return take_mail(parameter, into); });
}

std::optional<Reply> parse_parameters(std::string_view text, Recipient& into) {
  return take_each(text, [&](const Parameter& parameter) { return take_rcpt(parameter, into); });
}

std::string parameters_text(const MailParameters& parameters) {
  std::string out;
  if (parameters.size_bytes) out += " SIZE=" + std::to_string(*parameters.size_bytes);
  if (parameters.body == BodyKind::eight_bit_mime) out += " BODY=8BITMIME";
  if (parameters.smtputf8) out += " SMTPUTF8";
  if (parameters.ret == Ret::full) out += " RET=FULL";
  if (parameters.ret == Ret::hdrs) out += " RET=HDRS";
  if (!parameters.envid.empty()) out += " ENVID=" + parameters.envid;
  return out;
}

std::string parameters_text(const Recipient& recipient) {
  std::string out;
  if (recipient.notify.given()) out += " NOTIFY=" + recipient.notify.text();
  if (!recipient.orcpt.empty()) out += " ORCPT=" + recipient.orcpt;
  return out;
}

}  // namespace culvert::node
