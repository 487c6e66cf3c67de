// What the tests of header protection share: a message, and its payload opened again.
#pragma once

#include <string>
#include <string_view>

#include "crypto/mime/header_protection.h"
#include "tests/crypto/mime/support.h"

namespace culvert::crypto::testing {

inline const std::string kMessage =
    "Received: from x by y; Mon, 23 Nov 2026 12:00:00 +0000\r\n"
    "From: <a@a.example>\r\n"
    "To: <b@b.example>,\r\n"
    " <c@c.example>\r\n"
    "Bcc: <d@d.example>\r\n"
    "Subject: the real subject\r\n"
    "Keywords: secret\r\n"
    "Date: Mon, 23 Nov 2026 12:00:00 +0000\r\n"
    "DKIM-Signature: v=1\r\n"
    "Culvert-Id: 1\r\n"
    "MIME-Version: 1.0\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n"
    "Content-Transfer-Encoding: 8bit\r\n";

inline HeaderProtectionOptions sealed_as(Protection seal) {
  HeaderProtectionOptions options;
  options.seal = seal;
  return options;
}

inline PayloadHead payload_of(std::string header, std::string body = "\r\nx") {
  PayloadHead head;
  head.header = std::move(header);
  head.rest = to_bytes(body);
  return head;
}

inline OpenedHeader opened(std::string_view outer, const PayloadHead& payload, Protection seal) {
  const auto header = open_header({outer, payload, seal, "gate.b.example"});
  EXPECT_TRUE(header.ok());
  return header ? *header : OpenedHeader{};
}

// `signed-and-encrypted`
inline std::string protection_text(Protection protection) {
  switch (protection) {
    case Protection::unprotected:
      return "unprotected";
    case Protection::signed_only:
      return "signed-only";
    case Protection::encrypted_only:
      return "encrypted-only";
    case Protection::signed_and_encrypted:
      return "signed-and-encrypted";
  }
  return {};
}

// `name: body [protection]`, one a line.
inline std::string listed(const OpenedHeader& header) {
  std::string out;
  for (const ProtectedField& field : header.fields) {
    out += field.name + ": " + field.body + " [" + protection_text(field.protection) + "]\n";
  }
  return out;
}

}  // namespace culvert::crypto::testing
