#include <algorithm>
#include <iterator>

#include "crypto/mime/header_fields.h"
#include "crypto/mime/header_limits.h"
#include "crypto/mime/header_protection.h"
#include "crypto/mime/mime_refusal.h"

namespace culvert::crypto {
namespace {

// RFC 5322, 2.1.1.
constexpr std::size_t kMaxLineOctets = 998;

bool encrypts(Protection seal) {
  return seal == Protection::encrypted_only || seal == Protection::signed_and_encrypted;
}

// The field as whole lines: the last line of a header may lack its line end.
std::string whole(const HeaderField& field) {
  std::string raw(field.raw);
  if (!raw.ends_with("\r\n")) raw.append("\r\n");
  return raw;
}

// What goes outside for a field: itself, something else, or nothing (RFC 9788, 3.2).
std::optional<std::string> outside_of(const HeaderField& field, HeaderConfidentiality policy) {
  switch (policy) {
    case HeaderConfidentiality::no_confidentiality:
      break;
    case HeaderConfidentiality::baseline:
      if (same_field_name(field.name, "Subject")) return "Subject: [...]\r\n";
      if (same_field_name(field.name, "Comments") || same_field_name(field.name, "Keywords")) {
        return std::nullopt;
      }
      break;
  }
  return whole(field);
}

// `HP-Outer: name: body`; the field outside keeps its folding. A first line that would become too
// long is folded after the new name.
std::string hp_outer(const std::string& outside) {
  const bool is_long = kHpOuter.size() + 2 + outside.find("\r\n") > kMaxLineOctets;
  return std::string(kHpOuter) + (is_long ? ":\r\n " : ": ") + outside;
}

bool is_showable(std::string_view body) {
  return body.find("=?") == std::string_view::npos &&
         std::all_of(body.begin(), body.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

using Parameters = std::vector<ContentType::Parameter>;

// Parameters that a message has from an earlier protection say nothing about this one.
bool is_protection_parameter(const ContentType::Parameter& parameter) {
  return parameter.name == "hp" || parameter.name == "hp-legacy-display" ||
         parameter.name == "protected-headers";
}

std::string in_quotes(std::string_view value) {
  std::string out = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  return out + "\"";
}

std::string parameter_lines(const Parameters& parameters) {
  std::string out;
  for (const auto& parameter : parameters) {
    out += ";\r\n " + parameter.name + "=" + in_quotes(parameter.value);
  }
  return out;
}

// The Content-Type rebuilt, without what must not be there twice.
std::string rebuilt_type(const ContentType& type, const Parameters& parameters) {
  Parameters kept;
  std::remove_copy_if(type.parameters.begin(), type.parameters.end(), std::back_inserter(kept),
                      is_protection_parameter);
  return "Content-Type: " + type.media_type + parameter_lines(kept) + parameter_lines(parameters) +
         "\r\n";
}

// The Content-Type with these parameters added. It stays as it is if they can follow it; otherwise
// it is rebuilt (a comment that does not end would swallow them, and `;` twice is nothing to some
// readers).
std::string type_with(const HeaderField* field, const ContentType& type,
                      const Parameters& parameters) {
  if (field == nullptr || unfolded(field->body).ends_with(';') ||
      std::any_of(type.parameters.begin(), type.parameters.end(), is_protection_parameter)) {
    return rebuilt_type(type, parameters);
  }
  std::string body(field->body);
  body += parameter_lines(parameters);
  const auto again = parse_content_type(body);
  const bool is_understood = again && again->media_type == type.media_type &&
                             std::all_of(parameters.begin(), parameters.end(), [&](const auto& p) {
                               return again->parameter(p.name) == p.value;
                             });
  if (!is_understood) return rebuilt_type(type, parameters);
  return std::string(field->name) + ":" + body + "\r\n";
}

class HeaderSplitter {
 public:
  explicit HeaderSplitter(const HeaderProtectionOptions& options) : options_(options) {}

  void take(const HeaderField& field) {
    if (is_blind_field(field.name) || same_field_name(field.name, kHpOuter)) return;
    if (is_structural_field(field.name)) {
      structural_.push_back(field);
    } else if (is_transport_field(field.name)) {
      head_.outer += whole(field);
    } else {
      protect(field);
    }
  }

  ProtectedHead finish(const EntityKind& kind) {
    head_.payload += hp_outer_;
    Parameters parameters{{"hp", encrypts(options_.seal) ? "cipher" : "clear"}};
    if (shows_hidden_fields(kind)) {
      head_.legacy_display = hidden_ + "\r\n";
      parameters.push_back({"hp-legacy-display", "1"});
    }
    add_structural(kind, parameters);
    return std::move(head_);
  }

 private:
  void protect(const HeaderField& field) {
    head_.payload += whole(field);
    if (!encrypts(options_.seal)) {
      head_.outer += whole(field);
      return;
    }
    const auto outside = outside_of(field, options_.confidentiality);
    if (outside) {
      head_.outer += *outside;
      hp_outer_ += hp_outer(*outside);
    }
    if ((!outside || *outside != whole(field)) && is_user_facing_field(field.name)) {
      const std::string body = unfolded(field.body);
      can_show_ = can_show_ && is_showable(body);
      hidden_ += std::string(field.name) + ": " + body + "\r\n";
    }
  }

  bool shows_hidden_fields(const EntityKind& kind) const {
    return options_.legacy_display == LegacyDisplay::include && !hidden_.empty() && can_show_ &&
           kind.type.media_type == "text/plain" && kind.encoding == TransferEncoding::identity &&
           std::none_of(structural_.begin(), structural_.end(), [](const HeaderField& f) {
             return same_field_name(f.name, "Content-Disposition");
           });
  }

  void add_structural(const EntityKind& kind, const Parameters& parameters) {
    bool has_type = false;
    for (const HeaderField& field : structural_) {
      const bool is_type = same_field_name(field.name, "Content-Type");
      has_type = has_type || is_type;
      head_.payload += is_type ? type_with(&field, kind.type, parameters) : whole(field);
    }
    if (!has_type) head_.payload += type_with(nullptr, kind.type, parameters);
  }

  const HeaderProtectionOptions& options_;
  ProtectedHead head_;
  std::string hp_outer_;
  std::vector<HeaderField> structural_;
  std::string hidden_;
  bool can_show_ = true;
};

}  // namespace

Result<ProtectedHead> protect_header(std::string_view header,
                                     const HeaderProtectionOptions& options) {
  if (has_stray_octets(header)) return refuse(MimeRefusal::bad_header);
  const auto fields = fields_of(header);
  const auto kind = entity_kind(fields);
  if (!kind) return refuse(MimeRefusal::ambiguous_type);
  HeaderSplitter splitter(options);
  for (const HeaderField& field : fields) {
    if (!is_field_name(field.name)) return no_field(field);
    splitter.take(field);
  }
  ProtectedHead head = splitter.finish(*kind);
  if (head.payload.size() > kMessageHeader.bytes ||
      fields_of(head.payload).size() > kMessageHeader.fields) {
    return refuse(MimeRefusal::header_too_large);
  }
  return head;
}

}  // namespace culvert::crypto
