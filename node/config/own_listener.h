// Whether a next hop is one of the node's own listeners: mail would go round in circles. Pure; any
// thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "node/config/config.h"
#include "node/net/this_machine.h"

namespace culvert::node {

struct OwnListener {
  std::string key;  // `smtp.inside.listen`
  SocketAddress address{};
  bool takes_mail = true;
};

// Compares with the listeners' configured addresses; a port that the system chooses (0) matches
// nothing. A listener on all addresses is on those of the machine's interfaces. `0.0.0.0` as a
// target is this machine.
std::optional<OwnListener> own_listener_at(const Config& config, const SocketAddress& target,
                                           const std::vector<IpAddress>& machine_addresses);

// The same for a host as written: an address, or a name that this machine knows as its own without
// asking anybody.
std::optional<OwnListener> own_listener_of(const Config& config, const NextHop& hop,
                                           const ThisMachine& machine);

// A sentence that follows the name of the hop.
std::string own_listener_text(const OwnListener& listener);

}  // namespace culvert::node
