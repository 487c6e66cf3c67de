#include "crypto/mime/entity.h"

#include <algorithm>
#include <span>

#include "crypto/base/ascii.h"
#include "crypto/mime/header_fields.h"

namespace culvert::crypto {
namespace {

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
      has_comment_ = has_comment_ || c == '(';
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

  bool at_end() const { return text_.empty(); }
  bool at(char c) const { return text_.starts_with(c); }
  bool has_comment() const { return has_comment_; }

 private:
  std::string_view text_;
  bool has_comment_ = false;
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

struct Parameters {
  std::vector<ContentType::Parameter> all;
  bool is_exact = true;  // see ContentType
};

// A reader that splits at each `;` would see something else in any other value.
bool is_plain_value(std::string_view value) {
  return !has_control(value) && value.find(';') == std::string_view::npos;
}

// What follows the value of a field: `; name=value`, repeated. Damaged ones are skipped.
Parameters parameters_from(Reader& reader) {
  Parameters found;
  while (true) {
    reader.skip_space();
    found.is_exact = found.is_exact && (reader.at_end() || reader.at(';'));
    if (!reader.skip_past(';')) break;
    reader.take(';');
    std::string name = lower_case(reader.token());
    if (name.empty() && (reader.at_end() || reader.at(';'))) continue;
    auto value = !name.empty() && reader.take('=') ? reader.value() : std::nullopt;
    found.is_exact = found.is_exact && value && is_plain_value(*value);
    if (value) found.all.push_back({std::move(name), *std::move(value)});
  }
  found.is_exact = found.is_exact && !reader.has_comment();
  return found;
}

// True if readers differ in where a quoted string ends or what it holds: some keep a backslash, and
// some keep the line end of a fold. Counting the quotes is enough where nothing else is odd.
bool has_odd_quotes(std::string_view body) {
  bool in_quotes = false;
  for (const char c : body) {
    if (c == '"') in_quotes = !in_quotes;
    if (c == '\\' || (c == '\r' && in_quotes)) return true;
  }
  return false;
}

// RFC 8551, 3.2.1.
constexpr std::string_view kSignatureSuffix = ".p7s";
constexpr std::string_view kCmsSuffixes[] = {".p7m", ".p7c", kSignatureSuffix, ".p7z"};

using Suffixes = std::span<const std::string_view>;

bool has_suffix(std::string_view file_name, Suffixes suffixes) {
  const std::string name = lower_case(file_name);
  return std::any_of(suffixes.begin(), suffixes.end(),
                     [&name](std::string_view suffix) { return name.ends_with(suffix); });
}

// True for a Content-Disposition (RFC 2183) whose file name has such a suffix.
bool disposes_of(std::string_view body, Suffixes suffixes) {
  const std::string text = unfolded(body);
  Reader reader(text);
  for (const auto& parameter : parameters_from(reader).all) {
    if (parameter.name == "filename" && has_suffix(parameter.value, suffixes)) return true;
  }
  return false;
}

// True for a file of no particular type that has such a name (RFC 8551, 3.9).
bool is_file_named(const EntityKind& kind, const std::vector<HeaderField>& fields,
                   Suffixes suffixes) {
  if (kind.type.media_type != "application/octet-stream") return false;
  const auto name = kind.type.parameter("name");
  if (name && has_suffix(*name, suffixes)) return true;
  const auto dispositions = bodies_of(fields, "Content-Disposition");
  return dispositions.size() == 1 && disposes_of(dispositions.front(), suffixes);
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
  Parameters parameters = parameters_from(reader);
  const bool is_exact = parameters.is_exact && !has_odd_quotes(body);
  return ContentType{lower_case(type + "/" + subtype), std::move(parameters.all), is_exact};
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

SmimeForm smime_form(const std::vector<HeaderField>& fields) {
  const auto kind = entity_kind(fields);
  if (!kind) return SmimeForm::none;
  if (is_pkcs7_mime(kind->type)) return SmimeForm::pkcs7_mime;
  if (kind->type.media_type == "multipart/signed") return SmimeForm::multipart_signed;
  return is_file_named(*kind, fields, kCmsSuffixes) ? SmimeForm::pkcs7_mime : SmimeForm::none;
}

bool is_pkcs7_signature(const ContentType& type) {
  return type.media_type == "application/pkcs7-signature" ||
         type.media_type == "application/x-pkcs7-signature";
}

bool is_signature_file(const EntityKind& kind, const std::vector<HeaderField>& fields) {
  return is_file_named(kind, fields, {&kSignatureSuffix, 1});
}

bool is_structural_field(std::string_view name) {
  const std::string bare = bare_field_name(name);
  return bare == "mime-version" || bare.starts_with("content-");
}

}  // namespace culvert::crypto
