#include "node/flow/trace_fields.h"

#include <fmt/format.h>

#include <algorithm>

#include "crypto/base/log.h"

namespace culvert::node {
namespace {

std::string_view mark_of(ReceivedFrom::Side side) {
  return side == ReceivedFrom::Side::inside ? "(Culvert)" : "(Culvert outside)";
}

// Safe inside and outside a comment: no parentheses, quotes, semicolons or control characters.
std::string plain(std::string_view text) {
  std::string out = printable(text, 120);
  std::replace_if(
      out.begin(), out.end(),
      [](char c) { return std::string_view("()<>;\"\\,").find(c) != std::string_view::npos; }, '?');
  return out;
}

std::string_view word(Outcome::Path path) {
  switch (path) {
    case Outcome::Path::tunnel:
      return "tunnel";
    case Outcome::Path::smime:
      return "smime";
    case Outcome::Path::clear:
      return "clear";
  }
  return "clear";
}

std::string_view word(Outcome::Signed signature) {
  switch (signature) {
    case Outcome::Signed::yes:
      return "yes";
    case Outcome::Signed::no:
      return "no";
    case Outcome::Signed::bad:
      return "bad";
    case Outcome::Signed::relay:
      return "relay";
  }
  return "no";
}

// protocol.md, "Marks and reports": yes is pass, bad is fail, relay and no are none.
std::string_view smime_result(Outcome::Signed signature) {
  switch (signature) {
    case Outcome::Signed::yes:
      return "pass";
    case Outcome::Signed::bad:
      return "fail";
    case Outcome::Signed::no:
    case Outcome::Signed::relay:
      return "none";
  }
  return "none";
}

}  // namespace

std::string received_field(const ReceivedFrom& from, const std::string& own_name,
                           const std::string& id, Time when) {
  std::string out = "Received:";
  if (!from.address.empty()) {
    out += fmt::format(" from {} ([{}])\r\n", from.hello.empty() ? "unknown" : plain(from.hello),
                       plain(from.address));
    if (!from.tls.empty()) out += fmt::format("\t(using {})\r\n", plain(from.tls));
    out += "\t";
  } else {
    out += " ";
  }
  return out + fmt::format("by {} {} with {} id {};\r\n\t{}\r\n", own_name, mark_of(from.side),
                           plain(from.protocol), plain(id), to_rfc5322(when));
}

std::string outcome_fields(const Outcome& outcome, const std::string& own_name) {
  std::string result = fmt::format("Culvert-Result: {}", word(outcome.path));
  if (!outcome.peer.empty()) result += "; peer=" + plain(outcome.peer);
  result += fmt::format("; signed={}; encrypted={}", word(outcome.signature),
                        outcome.encrypted.empty() ? "no" : plain(outcome.encrypted));
  if (outcome.expected == Outcome::Expected::tunnel) result += "; expected=tunnel";
  if (!outcome.why.empty()) result += "; why=" + plain(outcome.why);
  result += "\r\n";
  return result + fmt::format("Authentication-Results: {};\r\n\tsmime={}\r\n", own_name,
                              smime_result(outcome.signature));
}

}  // namespace culvert::node
