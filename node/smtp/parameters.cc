#include "node/smtp/parameters.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/log.h"
#include "node/smtp/limits.h"

namespace culvert::node {
namespace {

struct Parameter {
  std::string key;  // upper case
  std::optional<std::string_view> value;
};

std::string upper(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return out;
}

bool is_visible(char c) { return c > 0x20 && c < 0x7f; }

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
    Parameter parameter{upper(word.substr(0, equals)), std::nullopt};
    if (equals != std::string_view::npos) parameter.value = word.substr(equals + 1);
    out.push_back(std::move(parameter));
  }
  return out;
}

// Runs `take` over each parameter; it says whether it knows the key and likes the value.
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
  const std::string kind = upper(value);
  into.body = kind == "8BITMIME" ? BodyKind::eight_bit_mime : BodyKind::seven_bit;
  return kind == "8BITMIME" || kind == "7BIT";
}

bool take_ret(std::string_view value, MailParameters& into) {
  const std::string what = upper(value);
  into.ret = what == "FULL" ? DsnReturn::full : DsnReturn::headers;
  return what == "FULL" || what == "HDRS";
}

bool take_envid(std::string_view value, MailParameters& into) {
  into.envid = value;
  return !value.empty() && value.size() <= kMaxEnvidOctets && decode_xtext(value).has_value();
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

// RFC 3461, 4.2: an address type, `;`, and the address as xtext; utf-8-addr-xtext (RFC 6533, 3) is
// kept as it is, for it is not ours to decode.
bool take_orcpt(std::string_view value, RcptParameters& into) {
  const std::size_t semicolon = value.find(';');
  if (value.size() > kMaxOrcptOctets || semicolon == std::string_view::npos) return false;
  const std::string_view type = value.substr(0, semicolon);
  const std::string_view address = value.substr(semicolon + 1);
  const bool type_is_atom = !type.empty() && std::all_of(type.begin(), type.end(), [](char c) {
    return c == '-' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  });
  const bool visible = std::all_of(address.begin(), address.end(), is_visible);
  if (!type_is_atom || address.empty() || !visible) return false;
  if (upper(type) != "UTF-8" && !decode_xtext(address)) return false;
  into.orcpt = value;
  return true;
}

Taken take_rcpt(const Parameter& parameter, RcptParameters& into) {
  const std::string_view value = parameter.value.value_or("");
  if (parameter.key == "ORCPT") return taken_if(take_orcpt(value, into));
  if (parameter.key != "NOTIFY") return Taken::unknown;
  const auto notify = parse_notify(value);
  if (notify) into.notify = *notify;
  return taken_if(notify.has_value());
}

}  // namespace

std::optional<Reply> parse_parameters(std::string_view text, MailParameters& into) {
  return take_each(text, [&](const Parameter& parameter) { return take_mail(parameter, into); });
}

std::optional<Reply> parse_parameters(std::string_view text, RcptParameters& into) {
  return take_each(text, [&](const Parameter& parameter) { return take_rcpt(parameter, into); });
}

std::string parameters_text(const MailParameters& parameters) {
  std::string out;
  if (parameters.size_bytes) out += " SIZE=" + std::to_string(*parameters.size_bytes);
  if (parameters.body == BodyKind::eight_bit_mime) out += " BODY=8BITMIME";
  if (parameters.smtputf8) out += " SMTPUTF8";
  if (parameters.ret == DsnReturn::full) out += " RET=FULL";
  if (parameters.ret == DsnReturn::headers) out += " RET=HDRS";
  if (!parameters.envid.empty()) out += " ENVID=" + parameters.envid;
  return out;
}

std::string parameters_text(const RcptParameters& parameters) {
  std::string out;
  if (parameters.notify.given()) out += " NOTIFY=" + notify_text(parameters.notify);
  if (!parameters.orcpt.empty()) out += " ORCPT=" + parameters.orcpt;
  return out;
}

std::string notify_text(const Notify& notify) {
  if (notify.never) return "NEVER";
  std::string out;
  const auto add = [&](bool wanted, std::string_view word) {
    if (!wanted) return;
    if (!out.empty()) out.push_back(',');
    out += word;
  };
  add(notify.success, "SUCCESS");
  add(notify.failure, "FAILURE");
  add(notify.delay, "DELAY");
  return out;
}

std::optional<Notify> parse_notify(std::string_view text) {
  const std::string words = upper(text);
  if (words == "NEVER") return Notify{.never = true};
  Notify notify;
  std::string_view rest = words;
  while (true) {
    const std::size_t comma = rest.find(',');
    const std::string_view word = rest.substr(0, comma);
    bool* const flag = word == "SUCCESS"   ? &notify.success
                       : word == "FAILURE" ? &notify.failure
                       : word == "DELAY"   ? &notify.delay
                                           : nullptr;
    if (!flag || *flag) return std::nullopt;
    *flag = true;
    if (comma == std::string_view::npos) return notify;
    rest.remove_prefix(comma + 1);
  }
}

std::string encode_xtext(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (is_visible(c) && c != '+' && c != '=') {
      out.push_back(c);
      continue;
    }
    const auto octet = static_cast<unsigned char>(c);
    out.push_back('+');
    out.push_back(kDigits[octet >> 4]);
    out.push_back(kDigits[octet & 15]);
  }
  return out;
}

std::optional<std::string> decode_xtext(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!is_visible(text[i]) || text[i] == '=') return std::nullopt;
    if (text[i] != '+') {
      out.push_back(text[i]);
      continue;
    }
    const std::string_view digits = text.substr(i + 1, 2);
    const auto octet = from_hex(digits);
    if (digits.size() != 2 || !octet || upper(digits) != digits) return std::nullopt;
    out.push_back(static_cast<char>(octet->front()));
    i += 2;
  }
  return out;
}

}  // namespace culvert::node
