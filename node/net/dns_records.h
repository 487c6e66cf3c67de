// RDATA of single DNS records, read strictly: nothing missing, nothing left over. No I/O.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "crypto/base/bytes.h"
#include "node/net/network.h"

namespace culvert::node {

// RFC 1035, 3.3.9. `exchange` is lower case without final dot; empty is the root, which is the
// "null MX" of RFC 7505 if it is the only record.
struct MxRecord {
  std::uint16_t preference = 0;
  std::string exchange;
};

// RFC 2782. `target` as `exchange` above.
struct SrvRecord {
  std::uint16_t priority = 0;
  std::uint16_t weight = 0;
  std::uint16_t port = 0;
  std::string target;
};

// Each returns nothing if the octets are not exactly such a record. Names are in uncompressed wire
// form. Octets other than letters, digits, hyphen and underscore make a name unusable.
std::optional<MxRecord> parse_mx(ByteView rdata);
std::optional<SrvRecord> parse_srv(ByteView rdata);
// RFC 1035, 3.3.12: the name, as `exchange` above.
std::optional<std::string> parse_ptr(ByteView rdata);
// All character-strings of the record, joined (RFC 1035, 3.3.14; RFC 7208, 3.3).
std::optional<std::string> parse_txt(ByteView rdata);
// A (4 octets) or AAAA (16 octets).
std::optional<IpAddress> parse_address(ByteView rdata);

}  // namespace culvert::node
