// The forms of values in the configuration and in command options. Pure; any thread. Every failure
// is permanent, code `bad-value`; its text continues a sentence that names the key: "is not a size;
// write a number with B, KB, …".
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "crypto/base/result.h"
#include "node/config/config.h"

namespace culvert::node {

// Digits and a unit: B, KB, MB, GB (powers of 1000), KiB, MiB, GiB (of 1024); no sign, no fraction.
Result<std::uint64_t> parse_size(std::string_view text);

// Digits and a unit: s, m, h, d; no sign, no fraction, no sum.
Result<std::chrono::seconds> parse_duration(std::string_view text);

// `127.0.0.1:25`, `[::1]:25`; the port may be 0.
Result<SocketAddress> parse_listen_address(std::string_view text);
// The same with a port that is not 0, or an address alone, which means port 53.
Result<SocketAddress> parse_resolver(std::string_view text);

// CIDR with host bits zero, or one address.
Result<IpNetwork> parse_network(std::string_view text);
// True if others on the Internet use addresses of the network: it lies in no block of private,
// shared, loopback, link-local, unique-local or documentation space (RFC 6890). A network that is
// only partly in such a block counts as public.
bool is_public_network(const IpNetwork& network);

// `https://host[:port]`, with at most a final slash, which is dropped.
Result<std::string> parse_peering_url(std::string_view url);

// `header: NAME: VALUE` of smtp.inside.require; NAME is an RFC 5322 field-name.
Result<RequiredHeader> parse_required_header(std::string_view text);

}  // namespace culvert::node
