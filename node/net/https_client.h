// Outgoing HTTPS, blocking (libcurl inside): for workers and commands, never on a loop's thread.
// https only, no redirects, no proxies, no cookies, no public authorities. Thread-safe.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "crypto/base/bytes.h"
#include "crypto/base/clock.h"
#include "crypto/base/limits.h"
#include "crypto/base/result.h"

namespace culvert::node {

enum class AddressRule {
  public_only,      // a URL that leads to a private or special address is refused when connecting,
                    // so that a peer cannot point us at our own network
  private_allowed,  // `peering.private_addresses`, or our own URL is private
};

struct HttpsLimits {
  AddressRule addresses = AddressRule::public_only;
  std::size_t max_answer_bytes = kMaxPeeringMessageBytes;
  std::chrono::milliseconds connect_time{10'000};
  std::chrono::milliseconds total_time{30'000};
};

struct HttpsAnswer {
  int status = 0;  // any; a refusal such as 403 is an answer, not an error
  std::string content_type;
  Bytes body;
  std::optional<Time> date{};  // by the server's clock, in whole seconds; nothing if the server
                               // does not say
};

// Fetches what is public and verified by its own signature (a card), over TLS without asking who
// the server is. Errors (https_get and https_post), all with the URL in the text and what to do:
// temporary `unreachable` (refused, no route, no such name, timed out), `tls-failed`; permanent
// `bad-url`, `address-refused`, `wrong-peer` (certificate not of the pinned identity), `too-large`.
Result<HttpsAnswer> https_get(const std::string& url, const HttpsLimits& limits);

// Posts `body`. The server's certificate must be issued by `identity_pem`, the peer's one identity
// certificate; its host name does not matter. Nothing is sent before that is checked. A first
// `accept` knows only a fingerprint: it fetches the card first, takes the identity certificate with
// that fingerprint from it, and posts with that.
struct HttpsPost {
  std::string url;
  std::string content_type;
  ByteView body;
  std::string identity_pem;
};
Result<HttpsAnswer> https_post(const HttpsPost& post, const HttpsLimits& limits);

}  // namespace culvert::node
