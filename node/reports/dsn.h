// The delivery status notification that tells a sender what finally failed, what waits, or what was
// handed to a system that will not report (RFC 3461 to 3464). It never carries content: at most
// header fields, and for sealed mail not even the subject (reliability.md, "Attacks with a name").
// If our signature covers a report about mail whose author nobody vouches for, the report carries
// no word of a stranger except the addresses that RFC 3464 demands. Pure.
#pragma once

#include <string>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/clock.h"
#include "crypto/base/names.h"

namespace culvert::node {

// The enhanced code for mail that was not delivered in time, or that waits (RFC 3463, 3.5).
inline constexpr std::string_view kExpiredStatus = "4.4.7";

// What became of the message for one recipient.
struct RecipientReport {
  Mailbox recipient;
  std::string orcpt;  // as given with RCPT; may be empty
  // Enhanced code, such as `5.1.1`. Empty: the general one, such as `5.0.0`.
  std::string status;
  std::string reply;        // what the next hop or this node said; printable
  std::string remote_host;  // who said it; empty: this node
};

// The Action of RFC 3464, 2.3.3: failed, delayed, relayed.
enum class DsnAbout { failure, delay, relay };

struct DsnRequest {
  std::string node_name;
  Domain own_domain;       // From: of the report
  Mailbox to;              // the original sender
  std::string envid;       // as given with MAIL; may be empty
  std::string boundary;    // random, at most 60 characters of [0-9a-z]
  std::string message_id;  // of the report, without angle brackets
  Time arrival{};          // of the original
  Time now{};
  std::vector<RecipientReport> recipients;  // not empty
  std::string original_header;              // of the original, as stored; may be empty
  enum class Original { clear, sealed } original = Original::clear;
  // own: no field of the original, no ENVID, no ORCPT, no reply and no name of another server;
  // recipients are only in the machine-readable part.
  enum class Words { all, own } words = Words::all;
  DsnAbout about = DsnAbout::failure;  // of all recipients
};

// The complete message: CRLF line ends, 7-bit unless an address needs UTF-8.
Bytes make_dsn(const DsnRequest& request);

}  // namespace culvert::node
