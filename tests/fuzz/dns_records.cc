// RDATA from the network: nothing crashes, and a name that is read is a host name which, written
// back, is read as itself.
#include <algorithm>
#include <cstdlib>

#include "node/net/dns_records.h"

namespace {

using culvert::Bytes;
using culvert::ByteView;

Bytes write_mx(const culvert::node::MxRecord& mx) {
  Bytes wire{static_cast<std::uint8_t>(mx.preference >> 8),
             static_cast<std::uint8_t>(mx.preference)};
  std::string_view rest = mx.exchange;
  while (!rest.empty()) {
    const std::size_t dot = std::min(rest.find('.'), rest.size());
    wire.push_back(static_cast<std::uint8_t>(dot));
    culvert::append(wire, rest.substr(0, dot));
    rest.remove_prefix(std::min(dot + 1, rest.size()));
  }
  wire.push_back(0);
  return wire;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView rdata(data, size);
  if (const auto mx = culvert::node::parse_mx(rdata)) {
    const auto again = culvert::node::parse_mx(write_mx(*mx));
    if (!again || again->exchange != mx->exchange || again->preference != mx->preference)
      std::abort();
  }
  (void)culvert::node::parse_srv(rdata);
  if (const auto text = culvert::node::parse_txt(rdata); text && text->size() >= size) std::abort();
  (void)culvert::node::parse_address(rdata);
  return 0;
}
