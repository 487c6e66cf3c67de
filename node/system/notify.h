// Tells systemd that the service is ready or stopping (sd_notify(3)), when it runs under systemd.
#pragma once

#include <string_view>

namespace culvert::node {

// Sends `state` (`READY=1`, `STOPPING=1`) to $NOTIFY_SOCKET; does nothing without it. Failures are
// ignored: they are not worth stopping for.
void notify_service_manager(std::string_view state);

}  // namespace culvert::node
