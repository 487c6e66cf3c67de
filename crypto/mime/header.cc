#include "crypto/mime/header.h"

#include "crypto/base/ascii.h"

namespace culvert::crypto {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t'; }
// Visible ASCII: no blank, no control, and nothing that no name has and some reader skips.
bool is_seen(char c) { return c > 0x20 && static_cast<unsigned char>(c) < 0x7f; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front()))
    text.remove_prefix(1);
  while (!text.empty() && is_space(text.back()))
    text.remove_suffix(1);
  return text;
}

// One past the CRLF that ends the line at `at`, or the end of the text.
std::size_t line_end(std::string_view text, std::size_t at) {
  const std::size_t found = text.find("\r\n", at);
  return found == std::string_view::npos ? text.size() : found + 2;
}

HeaderField field_from(std::string_view raw) {
  std::string_view text = raw;
  if (text.ends_with("\r\n")) text.remove_suffix(2);
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || is_space(text.front())) return {{}, text, raw};
  return {trimmed(text.substr(0, colon)), text.substr(colon + 1), raw};
}

}  // namespace

bool same_name(std::string_view a, std::string_view b) { return equal_ignoring_case(a, b); }

bool same_field_name(std::string_view a, std::string_view b) {
  while (true) {
    while (!a.empty() && !is_seen(a.front()))
      a.remove_prefix(1);
    while (!b.empty() && !is_seen(b.front()))
      b.remove_prefix(1);
    if (a.empty() || b.empty()) return a.empty() && b.empty();
    if (lower_case(a.front()) != lower_case(b.front())) return false;
    a.remove_prefix(1);
    b.remove_prefix(1);
  }
}

std::string bare_field_name(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (is_seen(c)) out.push_back(lower_case(c));
  }
  return out;
}

std::vector<HeaderField> fields_of(std::string_view header) {
  std::vector<HeaderField> fields;
  std::size_t at = 0;
  while (at < header.size()) {
    std::size_t end = line_end(header, at);
    while (end < header.size() && is_space(header[end]))
      end = line_end(header, end);
    fields.push_back(field_from(header.substr(at, end - at)));
    at = end;
  }
  return fields;
}

std::vector<std::string_view> bodies_of(const std::vector<HeaderField>& fields,
                                        std::string_view name) {
  std::vector<std::string_view> bodies;
  for (const HeaderField& field : fields) {
    if (same_field_name(field.name, name)) bodies.push_back(field.body);
  }
  return bodies;
}

std::string without_fields(const std::vector<HeaderField>& fields,
                           const std::function<bool(const HeaderField&)>& unwanted) {
  std::string kept;
  for (const HeaderField& field : fields) {
    if (field.name.empty() || !unwanted(field)) kept.append(field.raw);
  }
  return kept;
}

std::string unfolded(std::string_view body) {
  std::string out;
  out.reserve(body.size());
  for (std::size_t i = 0; i < body.size(); ++i) {
    if (body[i] == '\r' && i + 1 < body.size() && body[i + 1] == '\n') {
      ++i;
      continue;
    }
    out.push_back(body[i]);
  }
  return std::string(trimmed(out));
}

}  // namespace culvert::crypto
