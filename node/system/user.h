// The user who runs this process, by the system's name: for the log.
#pragma once

#include <string>

namespace culvert::node {

// `anna`; for root, also the user who became root by sudo, as far as sudo says: `root (sudo:
// anna)`. A number if the user has no name.
std::string user_of_this_process();

}  // namespace culvert::node
