#include "node/config/unverified_hops.h"

#include <fmt/format.h>

namespace culvert::node {
namespace {

void look_at(NamedHop named, std::vector<UnverifiedHop>& found) {
  const NextHop& hop = *named.hop;
  if (hop.proof.by != ServerProof::By::nothing || hop.is_loopback()) return;
  const bool smtps = hop.tls == NextHop::Tls::from_start;
  std::string text = fmt::format(
      "nobody checks who answers at {}{}, so whoever stands in between can read this mail; {}",
      hop.text(), smtps ? " (verify=off)" : "",
      smtps ? "remove verify=off, or write ?pin=sha256:… of its certificate"
            : "write " + hop.text() + "?tls=verify, or ?pin=sha256:… of its certificate");
  found.push_back({std::move(named.key), std::move(named.domain), hop.line, std::move(text)});
}

}  // namespace

std::vector<UnverifiedHop> unverified_hops(const Config& config) {
  std::vector<UnverifiedHop> found;
  for (NamedHop& named : named_hops(config.delivery))
    look_at(std::move(named), found);
  return found;
}

}  // namespace culvert::node
