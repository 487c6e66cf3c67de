// Peering messages over HTTPS: does what peering asks of the network (peering/lookup.h), with the
// client of node/net. Blocking: workers and commands only. Thread-safe.
#pragma once

#include <string>

#include "node/config/config.h"
#include "node/net/https_client.h"
#include "peering/lookup.h"

namespace culvert::node {

// What a peer's node answered, and at what time by its clock, if it says so.
struct PeerAnswer {
  Result<Bytes> message;  // as peering::PeerCarrier::post_message gives it
  std::optional<Time> date;
};
PeerAnswer post_to_url(const std::string& url, const crypto::Certificate& identity,
                       ByteView message, const HttpsLimits& limits);

class HttpsCarrier final : public peering::PeerCarrier {
 public:
  explicit HttpsCarrier(const HttpsLimits& limits) : limits_(limits) {}

  Result<Bytes> fetch_card(const std::string& url) override;
  Result<Bytes> post_message(const std::string& url, const crypto::Certificate& identity,
                             ByteView message) override;

 private:
  HttpsLimits limits_;
};

// Private addresses are allowed only if `peering.private_addresses` says so, or if our own URL is
// at one.
AddressRule address_rule(const Config& config, const std::string& own_url);

}  // namespace culvert::node
