// The fields that this node writes on top of a message: Received (RFC 5321, 4.4), Culvert-Result
// and Authentication-Results (RFC 8601 with smime= of RFC 7281). All values go through `printable`
// here: nothing that a mail or a peer supplied can make a second field.
#pragma once

#include <string>
#include <string_view>

#include "crypto/base/clock.h"
#include "crypto/base/names.h"

namespace culvert::node {

// Who handed a message in, how and from where.
struct ReceivedFrom {
  std::string hello;     // name in EHLO or HELO
  std::string address;   // of the client, without port; empty: this node made it
  std::string protocol;  // ESMTP, ESMTPS, SMTP, UTF8SMTPS …
  std::string tls;       // version and cipher, or empty
  // Whether our own people handed it in. Opened mail came from outside.
  enum class Side { outside, inside } side = Side::outside;
};

// `Received: from … by OWN_NAME (Culvert) with … id …; date` with CRLF, folded; for mail from
// outside `(Culvert outside)`. own_marks.h reads it back.
std::string received_field(const ReceivedFrom& from, const std::string& own_name,
                           const std::string& id, Time when);

// What is known about an incoming message.
struct Outcome {
  enum class Path { tunnel, smime, clear };
  enum class Signed { yes, no, bad, relay };
  enum class Expected { nothing_else, tunnel };

  Path path = Path::clear;
  std::string peer;  // the route's domain; empty: none
  Signed signature = Signed::no;
  std::string encrypted;  // algorithm; empty: no
  Expected expected = Expected::nothing_else;
  std::string why;  // one word or short text; empty: nothing to say
};

// Both fields, with CRLF: Culvert-Result first.
std::string outcome_fields(const Outcome& outcome, const std::string& own_name);

}  // namespace culvert::node
