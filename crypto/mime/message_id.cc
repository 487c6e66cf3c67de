#include "crypto/mime/message_id.h"

#include <algorithm>

#include "crypto/base/log.h"
#include "crypto/mime/comments.h"

namespace culvert::crypto {
namespace {

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

}  // namespace

std::string message_id_in(std::string_view body) {
  const std::string text = unfolded(body);
  std::string_view id = text;
  // An id may hold parentheses, and a comment may hold angle brackets.
  const std::size_t begin = skip_comments(text, 0);
  id.remove_prefix(std::min(begin, id.size()));
  if (id.starts_with('<')) {
    id.remove_prefix(1);
    id = id.substr(0, id.find('>'));
  }
  return printable(trimmed(id), kMaxMessageIdOctets);
}

std::string message_id_of(const std::vector<HeaderField>& fields) {
  const auto bodies = bodies_of(fields, "Message-ID");
  return bodies.empty() ? std::string() : message_id_in(bodies.front());
}

}  // namespace culvert::crypto
