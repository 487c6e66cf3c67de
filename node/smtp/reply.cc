#include "node/smtp/reply.h"

#include <algorithm>

#include "crypto/base/log.h"
#include "node/smtp/limits.h"

namespace culvert::node {
namespace {

constexpr std::size_t kMaxSummaryOctets = 500;
// For one piece of text before it is broken into lines; the rest is cut off.
constexpr std::size_t kMaxTextOctets = 2000;

// Printable ASCII: one `?` for each other character.
std::string ascii_text(std::string_view text) {
  std::string out;
  for (const char c : printable(text, kMaxTextOctets)) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet < 0x80) {
      out.push_back(c);
    } else if (octet >= 0xc0) {
      out.push_back('?');
    }
  }
  return out;
}

// Breaks at the last space that fits, or in the middle of an endless word.
std::vector<std::string> broken_lines(std::string_view text) {
  std::vector<std::string> out;
  while (text.size() > kMaxReplyTextBytes) {
    const std::size_t space = text.rfind(' ', kMaxReplyTextBytes);
    const bool at_word = space != std::string_view::npos && space > 0;
    out.emplace_back(text.substr(0, at_word ? space : kMaxReplyTextBytes));
    text.remove_prefix(at_word ? space + 1 : kMaxReplyTextBytes);
  }
  out.emplace_back(text);
  return out;
}

}  // namespace

std::string Reply::text() const {
  std::string out;
  for (const std::string& line : lines) {
    if (!out.empty()) out.push_back(' ');
    out += line;
  }
  return out;
}

std::string Reply::summary() const {
  std::string out = std::to_string(code);
  if (!enhanced.empty()) out += " " + enhanced;
  const std::string said = text();
  if (!said.empty()) out += " " + said;
  return printable(out, kMaxSummaryOctets);
}

Reply make_reply(int code, std::string_view enhanced, std::string_view text) {
  return {code, std::string(enhanced), {std::string(text)}};
}

Reply reply_for(const Error& error) {
  if (error.code == "disk-full") {
    return make_reply(452, "4.3.1", "the disk of this node is full; please try again later");
  }
  if (error.code == "quarantine-full") return make_reply(452, "4.3.1", error.text);
  if (error.code == "header-too-large") return make_reply(554, "5.3.4", error.text);
  if (error.code == "too-large") return make_reply(552, "5.3.4", error.text);
  switch (error.fault) {
    case Fault::temporary:
      return make_reply(451, "4.3.0", error.text);
    case Fault::permanent:
      return make_reply(554, "5.0.0", error.text);
    case Fault::internal:
      break;
  }
  return make_reply(451, "4.3.0",
                    "something is wrong with this node, and its log says what; please try again "
                    "later");
}

std::string wire_form(const Reply& reply) {
  std::vector<std::string> lines;
  for (const std::string& line : reply.lines) {
    for (std::string& part : broken_lines(ascii_text(line)))
      lines.push_back(std::move(part));
  }
  if (lines.empty()) lines.emplace_back();
  const std::string code = std::to_string(reply.code);
  const std::string enhanced = reply.enhanced.empty() ? "" : ascii_text(reply.enhanced) + " ";
  std::string out;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    out += code;
    out.push_back(i + 1 == lines.size() ? ' ' : '-');
    out += enhanced;
    out += lines[i];
    out += "\r\n";
  }
  return out;
}

}  // namespace culvert::node
