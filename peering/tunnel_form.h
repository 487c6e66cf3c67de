// The fixed entity headers inside a tunnel message (protocol.md, "The tunnel form"), shared by the
// side that seals and the side that opens. Internal to peering. Frozen.
#pragma once

#include <string_view>

namespace culvert::peering {

// Between AuthEnvelopedData and SignedData.
inline constexpr std::string_view kSignedEntityHeader =
    "Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\r\n"
    "Content-Transfer-Encoding: binary\r\n"
    "\r\n";

// At the front of the signed content; the Culvert fields follow at once.
inline constexpr std::string_view kRfc822EntityHeader =
    "MIME-Version: 1.0\r\n"
    "Content-Type: message/rfc822\r\n"
    "Content-Transfer-Encoding: binary\r\n";
inline constexpr std::string_view kGlobalEntityHeader =
    "MIME-Version: 1.0\r\n"
    "Content-Type: message/global\r\n"
    "Content-Transfer-Encoding: binary\r\n";

inline std::string_view content_entity_header(bool smtputf8) {
  return smtputf8 ? kGlobalEntityHeader : kRfc822EntityHeader;
}

}  // namespace culvert::peering
