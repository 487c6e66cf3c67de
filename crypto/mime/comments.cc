#include "crypto/mime/comments.h"

namespace culvert::crypto {

std::size_t skip_comments(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (depth > 0 && c == '\\') {
      ++at;
    } else if (c == '(') {
      ++depth;
    } else if (c == ')' && depth > 0) {
      --depth;
    } else if (depth == 0 && c != ' ' && c != '\t') {
      return at;
    }
  }
  return text.size();
}

std::string without_comments(std::string_view text) {
  std::string out;
  bool in_quotes = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!in_quotes && text[at] == '(') {
      at = skip_comments(text, at);
      if (at == text.size()) break;
    }
    const char c = text[at];
    out.push_back(c);
    if (c == '"') in_quotes = !in_quotes;
    if (c == '\\' && at + 1 < text.size()) out.push_back(text[++at]);
  }
  return out;
}

}  // namespace culvert::crypto
