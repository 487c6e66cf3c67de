#include "crypto/mime/entity.h"

#include <algorithm>

namespace culvert::crypto {
namespace {

std::string lower_case(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return out;
}

// token of RFC 2045, 5.1.
bool is_token_char(char c) {
  constexpr std::string_view kSpecials = "()<>@,;:\\\"/[]?=";
  return c > 0x20 && c < 0x7f && kSpecials.find(c) == std::string_view::npos;
}

// Reads from the front of one unfolded line.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  void skip_space() {
    int depth = 0;
    while (!text_.empty()) {
      const char c = text_.front();
      if (depth > 0 && c == '\\' && text_.size() > 1)
        text_.remove_prefix(1);
      else if (c == '(')
        ++depth;
      else if (c == ')' && depth > 0)
        --depth;
      else if (depth == 0 && c != ' ' && c != '\t')
        return;
      text_.remove_prefix(1);
    }
  }

  std::string token() {
    std::size_t length = 0;
    while (length < text_.size() && is_token_char(text_[length]))
      ++length;
    std::string out(text_.substr(0, length));
    text_.remove_prefix(length);
    return out;
  }

  bool take(char c) {
    skip_space();
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    skip_space();
    return true;
  }

  std::optional<std::string> value() {
    if (text_.empty() || text_.front() != '"') {
      std::string out = token();
      return out.empty() ? std::nullopt : std::optional(std::move(out));
    }
    std::string out;
    for (std::size_t i = 1; i < text_.size(); ++i) {
      if (text_[i] == '"') {
        text_.remove_prefix(i + 1);
        return out;
      }
      if (text_[i] == '\\' && i + 1 < text_.size()) ++i;
      out.push_back(text_[i]);
    }
    return std::nullopt;
  }

  bool skip_past(char c) {
    const std::size_t found = text_.find(c);
    if (found == std::string_view::npos) return false;
    text_.remove_prefix(found);
    return true;
  }

 private:
  std::string_view text_;
};

TransferEncoding encoding_from(std::string_view body) {
  const std::string text = unfolded(body);
  Reader reader(text);
  reader.skip_space();
  const std::string name = lower_case(reader.token());
  if (name == "7bit" || name == "8bit" || name == "binary") return TransferEncoding::identity;
  if (name == "base64") return TransferEncoding::base64;
  if (name == "quoted-printable") return TransferEncoding::quoted_printable;
  return TransferEncoding::unknown;
}

}  // namespace

std::optional<std::string_view> ContentType::parameter(std::string_view name) const {
  std::optional<std::string_view> found;
  for (const Parameter& p : parameters) {
    if (p.name != name) continue;
    if (found) return std::nullopt;
    found = p.value;
  }
  return found;
}

std::optional<ContentType> parse_content_type(std::string_view body) {
  const std::string text = unfolded(body);
  Reader reader(text);
  reader.skip_space();
  const std::string type = reader.token();
  if (type.empty() || !reader.take('/')) return std::nullopt;
  const std::string subtype = reader.token();
  if (subtype.empty()) return std::nullopt;
  ContentType out{lower_case(type + "/" + subtype), {}};
  while (reader.skip_past(';')) {
    reader.take(';');
    std::string name = lower_case(reader.token());
    if (name.empty() || !reader.take('=')) continue;
    if (auto value = reader.value()) out.parameters.push_back({std::move(name), *std::move(value)});
  }
  return out;
}

std::optional<EntityKind> entity_kind(const std::vector<HeaderField>& fields) {
  const auto types = bodies_of(fields, "Content-Type");
  const auto encodings = bodies_of(fields, "Content-Transfer-Encoding");
  if (types.size() > 1 || encodings.size() > 1) return std::nullopt;
  EntityKind kind{{"text/plain", {}}, TransferEncoding::identity};
  if (!types.empty()) {
    auto type = parse_content_type(types.front());
    if (!type) return std::nullopt;
    kind.type = *std::move(type);
  }
  if (!encodings.empty()) kind.encoding = encoding_from(encodings.front());
  return kind;
}

bool is_pkcs7_mime(const ContentType& type) {
  return type.media_type == "application/pkcs7-mime" ||
         type.media_type == "application/x-pkcs7-mime";
}

}  // namespace culvert::crypto
