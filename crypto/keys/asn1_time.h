// Times of certificates and signed attributes (RFC 5280, 4.1.2.5; RFC 5652, 11.3).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crypto/base/clock.h"

namespace culvert::crypto {

// UTCTime `YYMMDDHHMMSSZ` (50 to 99 are 1950 to 1999) or GeneralizedTime `YYYYMMDDHHMMSSZ`; the
// length tells them apart. Nothing for any other text or for a time that does not exist.
std::optional<Time> parse_asn1_time(std::string_view text);

// The form that RFC 5652, 11.3 requires: UTCTime until 2049, GeneralizedTime from 2050.
std::string asn1_time_text(Time t);

}  // namespace culvert::crypto
