#include "crypto/mime/header_protection.h"

#include <algorithm>
#include <set>
#include <utility>

#include "crypto/base/ascii.h"
#include "crypto/mime/header_fields.h"
#include "crypto/mime/header_reader.h"
#include "crypto/mime/mime_refusal.h"
#include "crypto/mime/trust_mark.h"

namespace culvert::crypto {
namespace {

bool is_signed(Protection seal) {
  return seal == Protection::signed_only || seal == Protection::signed_and_encrypted;
}

bool is_encrypted(Protection seal) {
  return seal == Protection::encrypted_only || seal == Protection::signed_and_encrypted;
}

bool holds_message(const std::optional<EntityKind>& kind) {
  return kind && kind->encoding == TransferEncoding::identity &&
         (kind->type.media_type == "message/rfc822" || kind->type.media_type == "message/global");
}

bool parameter_is(const ContentType& type, std::string_view name, std::string_view value) {
  const auto found = type.parameter(name);
  return found && lower_case(*found) == value;
}

InnerFrom compare_from(const std::vector<HeaderField>& inner,
                       const std::vector<HeaderField>& outer) {
  if (bodies_of(inner, "From").empty()) return InnerFrom::absent;
  const auto inside = single_from(inner);
  const auto outside = single_from(outer);
  return inside && outside && *inside == *outside ? InnerFrom::same : InnerFrom::differs;
}

// RFC 8551, 3.1: a message as payload is the message itself, unless `forwarded` says otherwise.
// Without that parameter, mail that somebody forwarded and signed looks the same: then From must
// equal the one outside.
bool is_wrapped_message(const ContentType& type, InnerFrom from) {
  if (type.parameter("forwarded")) return parameter_is(type, "forwarded", "no");
  return from == InnerFrom::same;
}

// Values outside, by name and body.
using OuterValues = std::set<std::pair<std::string, std::string>>;

void add_value(OuterValues& values, std::string_view name, std::string_view body) {
  values.emplace(lower_case(name), comparable(body));
}

// Reads `HP-Outer: name: body`; leaves out any other form.
void add_hp_outer(OuterValues& values, std::string_view body) {
  const std::string text = unfolded(body);
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos) return;
  std::string_view name = std::string_view(text).substr(0, colon);
  while (name.ends_with(' ') || name.ends_with('\t'))
    name.remove_suffix(1);
  if (is_field_name(name)) add_value(values, name, std::string_view(text).substr(colon + 1));
}

// The text as a reader sees it for whom a CR or LF alone ends a line and a NUL is nothing.
std::string read_leniently(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\0' || (text[i] == '\n' && i > 0 && text[i - 1] == '\r')) continue;
    if (text[i] == '\r' || text[i] == '\n') {
      out.append("\r\n");
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

bool claims_fields(std::string_view front) {
  const auto fields = fields_of(split_entity(front).header);
  for (const std::string_view body : bodies_of(fields, "Content-Type")) {
    const auto type = parse_content_type(body);
    if (!type) continue;
    for (const auto& parameter : type->parameters) {
      if (parameter.name == "hp" || parameter.name == "protected-headers" ||
          parameter.name == "forwarded") {
        return true;
      }
    }
  }
  return false;
}

class Opener {
 public:
  explicit Opener(const SealedHeader& sealed)
      : sealed_(sealed),
        outer_(fields_of(sealed.outer)),
        payload_(fields_of(sealed.payload.header)) {
    if (sealed.payload.wrapped) wrapped_ = fields_of(*sealed.payload.wrapped);
  }

  Result<OpenedHeader> open() {
    find_form();
    const bool is_wrapped = opened_.form == HeaderProtectionForm::wrapped;
    const auto& inner = is_wrapped ? wrapped_ : payload_;
    // The structural fields of the payload get into the header in any case, so its octets must be
    // good.
    if (has_stray_octets(sealed_.payload.header) ||
        (is_wrapped && has_stray_octets(*sealed_.payload.wrapped))) {
      return refuse(MimeRefusal::bad_header);
    }
    if (inner.size() > kMessageHeader.fields) return refuse(MimeRefusal::header_too_large);
    if (opened_.form != HeaderProtectionForm::none) {
      opened_.from = compare_from(inner, outer_);
      list_fields(inner);
    }
    opened_.is_restored = opened_.form != HeaderProtectionForm::none && is_signed(sealed_.seal) &&
                          opened_.from != InnerFrom::differs;
    write_header();
    return std::move(opened_);
  }

 private:
  void find_form() {
    const auto kind = entity_kind(payload_);
    if (!kind || sealed_.seal == Protection::unprotected) return;
    if (parameter_is(kind->type, "hp", "cipher")) {
      opened_.form = HeaderProtectionForm::rfc9788;
      hides_fields_ = true;
    } else if (parameter_is(kind->type, "hp", "clear")) {
      opened_.form = HeaderProtectionForm::rfc9788;
    } else if (parameter_is(kind->type, "protected-headers", "v1")) {
      opened_.form = HeaderProtectionForm::v1;
      hides_fields_ = true;
    } else if (sealed_.payload.wrapped && holds_message(kind) &&
               is_wrapped_message(kind->type, compare_from(wrapped_, outer_))) {
      opened_.form = HeaderProtectionForm::wrapped;
      hides_fields_ = true;
    }
  }

  // What is known outside: what the author left there according to HP-Outer, and whatever else is
  // there, whoever put it there.
  OuterValues outer_values(const std::vector<HeaderField>& inner) const {
    OuterValues values;
    for (const HeaderField& field : outer_)
      add_value(values, field.name, field.body);
    for (const HeaderField& field : inner) {
      if (same_field_name(field.name, kHpOuter)) add_hp_outer(values, field.body);
    }
    return values;
  }

  bool is_message_field(const HeaderField& field) const {
    return is_field_name(field.name) && !is_structural_field(field.name) &&
           !same_field_name(field.name, kHpOuter) && !is_transport_field(field.name) &&
           !is_trust_mark(field, sealed_.authserv_id);
  }

  // RFC 9788, 4.3.1. hp="clear" says that nothing was hidden, even if somebody encrypted it later.
  Protection protection_of(const HeaderField& field, const OuterValues& outside) const {
    const bool is_hidden =
        is_encrypted(sealed_.seal) && hides_fields_ &&
        outside.find({lower_case(field.name), comparable(field.body)}) == outside.end();
    if (!is_hidden) {
      return is_signed(sealed_.seal) ? Protection::signed_only : Protection::unprotected;
    }
    return sealed_.seal;
  }

  void list_fields(const std::vector<HeaderField>& inner) {
    const OuterValues outside = outer_values(inner);
    for (const HeaderField& field : inner) {
      if (!is_message_field(field)) continue;
      names_.insert(lower_case(field.name));
      std::string raw(field.raw);
      if (!raw.ends_with("\r\n")) raw.append("\r\n");
      opened_.fields.push_back({std::string(field.name), unfolded(field.body), std::move(raw),
                                protection_of(field, outside)});
    }
  }

  // Whether a field from outside stays beside the restored ones. Every message has From and Date,
  // so these two stay if the author left them out inside; v1 never held all fields.
  bool stays(const HeaderField& field) const {
    if (is_structural_field(field.name) || same_field_name(field.name, kHpOuter) ||
        is_trust_mark(field, sealed_.authserv_id)) {
      return false;
    }
    if (!opened_.is_restored) return true;
    if (names_.count(lower_case(field.name)) > 0) return false;
    return opened_.form == HeaderProtectionForm::v1 || !is_user_facing_field(field.name) ||
           same_field_name(field.name, "From") || same_field_name(field.name, "Date");
  }

  void write_structural(const std::vector<HeaderField>& fields) {
    bool has_version = false;
    std::string text;
    for (const HeaderField& field : fields) {
      if (!is_structural_field(field.name)) continue;
      has_version = has_version || same_field_name(field.name, "MIME-Version");
      text.append(field.raw);
    }
    if (!has_version) opened_.header += "MIME-Version: 1.0\r\n";
    if (!text.empty() && !text.ends_with("\r\n")) text.append("\r\n");
    opened_.header += text;
  }

  void write_header() {
    for (const HeaderField& field : outer_) {
      if (is_field_name(field.name) && stays(field)) opened_.header += field.raw;
    }
    if (!opened_.header.empty() && !opened_.header.ends_with("\r\n")) opened_.header += "\r\n";
    const bool is_unwrapped = opened_.is_restored && opened_.form == HeaderProtectionForm::wrapped;
    if (opened_.is_restored) {
      for (const ProtectedField& field : opened_.fields)
        opened_.header += field.raw;
    }
    write_structural(is_unwrapped ? wrapped_ : payload_);
    // A message inside that stays a part: its header is part of the body.
    if (sealed_.payload.wrapped && !is_unwrapped) {
      opened_.header += "\r\n" + *sealed_.payload.wrapped;
    }
  }

  const SealedHeader& sealed_;
  std::vector<HeaderField> outer_;
  std::vector<HeaderField> payload_;
  std::vector<HeaderField> wrapped_;
  bool hides_fields_ = false;
  std::set<std::string> names_;
  OpenedHeader opened_;
};

}  // namespace

Result<PayloadHead> read_payload_head(Source& payload) {
  auto head = read_head(payload);
  if (!head) return head.error();
  PayloadHead out{std::move(head->header), std::nullopt, {}};
  if (!head->has_end() || !holds_message(entity_kind(out.header))) {
    out.rest = std::move(head->rest);
    return out;
  }
  JoinedSource body(head->take_body(), payload);
  auto inner = read_head(body);
  if (!inner) return inner.error();
  out.wrapped = std::move(inner->header);
  out.rest = std::move(inner->rest);
  return out;
}

bool may_claim_fields(std::string_view front) {
  return claims_fields(front) || claims_fields(read_leniently(front));
}

Result<OpenedHeader> open_header(const SealedHeader& sealed) { return Opener(sealed).open(); }

}  // namespace culvert::crypto
