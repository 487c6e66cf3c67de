#include "crypto/mime/header_fields.h"

#include <algorithm>
#include <array>

#include "crypto/base/log.h"
#include "crypto/mime/mime_refusal.h"

namespace culvert::crypto {
namespace {

template <std::size_t N>
bool is_one_of(std::string_view name, const std::array<std::string_view, N>& names) {
  return std::any_of(names.begin(), names.end(),
                     [name](std::string_view known) { return same_field_name(name, known); });
}

// `prefix` in lower case.
bool has_prefix(std::string_view name, std::string_view prefix) {
  return bare_field_name(name).starts_with(prefix);
}

}  // namespace

bool is_transport_field(std::string_view name) {
  static constexpr std::array<std::string_view, 8> kNames{
      "Received",     "Return-Path",    "Delivered-To",           "X-Original-To",
      "Received-SPF", "DKIM-Signature", "Authentication-Results", "DomainKey-Signature"};
  return is_one_of(name, kNames) || has_prefix(name, "arc-") || has_prefix(name, "culvert-");
}

bool is_user_facing_field(std::string_view name) {
  static constexpr std::array<std::string_view, 17> kNames{"Subject",
                                                           "From",
                                                           "To",
                                                           "Cc",
                                                           "Date",
                                                           "Reply-To",
                                                           "Followup-To",
                                                           "Mail-Followup-To",
                                                           "Mail-Reply-To",
                                                           "Sender",
                                                           "In-Reply-To",
                                                           "References",
                                                           "Comments",
                                                           "Keywords",
                                                           "Disposition-Notification-To",
                                                           "Return-Receipt-To",
                                                           "Organization"};
  return is_one_of(name, kNames) || has_prefix(name, "resent-");
}

bool is_blind_field(std::string_view name) {
  return same_field_name(name, "Bcc") || same_field_name(name, "Resent-Bcc");
}

bool is_field_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(),
                                      [](char c) { return c > 0x20 && c < 0x7f && c != ':'; });
}

Error no_field(const HeaderField& line) {
  constexpr std::size_t kShownOctets = 60;
  return permanent_error(refusal_code(MimeRefusal::bad_header),
                         "the line '" +
                             printable(line.raw.substr(0, line.raw.find("\r\n")), kShownOctets) +
                             "' of the header is no field: a name of visible ASCII letters and a "
                             "colon must begin it; correct it or leave it out");
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return c != '\t' && (static_cast<unsigned char>(c) < 0x20 || c == 0x7f);
  });
}

bool has_stray_octets(std::string_view header) {
  for (std::size_t i = header.find_first_of(std::string_view("\0\r\n", 3));
       i != std::string_view::npos; i = header.find_first_of(std::string_view("\0\r\n", 3), i)) {
    if (header.substr(i, 2) != "\r\n") return true;
    i += 2;
  }
  return false;
}

std::string comparable(std::string_view body) {
  std::string out;
  for (const char c : unfolded(body)) {
    const bool is_blank = c == ' ' || c == '\t';
    if (!is_blank) {
      out.push_back(c);
    } else if (!out.ends_with(' ')) {
      out.push_back(' ');
    }
  }
  return out;
}

}  // namespace culvert::crypto
