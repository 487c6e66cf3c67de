// Where the node of a domain says that peers reach it: the SRV record `_culvert._tcp.DOMAIN`
// (protocol.md, "Pairing"). Blocking: commands only.
#pragma once

#include <string>

#include "crypto/base/names.h"
#include "crypto/base/result.h"
#include "node/config/config.h"

namespace culvert::node {

// `https://HOST:PORT` of the record with the lowest priority. DNS decides nothing: people compare
// the number of the node that answers there. permanent `no-srv` if there is none; temporary
// `dns-failed`; errors of Resolver::make.
Result<std::string> url_by_srv(const Config& config, const Domain& domain);

}  // namespace culvert::node
