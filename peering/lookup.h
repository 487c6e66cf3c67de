// What peering needs from the network, as an interface in front of node/net's HTTPS client.
// Blocking: called in workers and commands only.
#pragma once

#include <string>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"
#include "crypto/keys/certificate.h"

namespace culvert::peering {

class PeerCarrier {
 public:
  virtual ~PeerCarrier() = default;

  // `GET url/peering/1/card`: the signed card, unverified. temporary errors if nobody answers,
  // permanent `refused` for an answer other than 200.
  virtual Result<Bytes> fetch_card(const std::string& url) = 0;

  // `POST url/peering/1/message` to a server that shows a TLS certificate issued by `identity`,
  // whatever the host name. The answer's octets, perhaps none; permanent `refused` for 403.
  virtual Result<Bytes> post_message(const std::string& url, const crypto::Certificate& identity,
                                     ByteView message) = 0;
};

// The paths of both below a peering URL.
inline constexpr std::string_view kCardPath = "/peering/1/card";
inline constexpr std::string_view kMessagePath = "/peering/1/message";
inline constexpr std::string_view kMessageMediaType = "application/vnd.culvert.peering";

}  // namespace culvert::peering
