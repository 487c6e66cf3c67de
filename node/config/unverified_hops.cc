#include "node/config/unverified_hops.h"

#include <fmt/format.h>

namespace culvert::node {
namespace {

void look_at(const NextHop& hop, std::string key, std::optional<Domain> domain,
             std::vector<UnverifiedHop>& found) {
  if (hop.proof.by != ServerProof::By::nothing || hop.is_loopback()) return;
  const bool smtps = hop.tls == NextHop::Tls::from_start;
  std::string text = fmt::format(
      "nobody checks who answers at {}{}, so whoever stands in between can read this mail; {}",
      hop.text(), smtps ? " (verify=off)" : "",
      smtps ? "remove verify=off, or write ?pin=sha256:… of its certificate"
            : "write " + hop.text() + "?tls=verify, or ?pin=sha256:… of its certificate");
  found.push_back({std::move(key), std::move(domain), hop.line, std::move(text)});
}

}  // namespace

std::vector<UnverifiedHop> unverified_hops(const Config& config) {
  std::vector<UnverifiedHop> found;
  look_at(config.delivery.inside, "delivery.inside", std::nullopt, found);
  if (config.delivery.outside) {
    look_at(*config.delivery.outside, "delivery.outside", std::nullopt, found);
  }
  for (const auto& [domain, hop] : config.delivery.hosts) {
    look_at(hop, "delivery.hosts." + domain.text(), domain, found);
  }
  return found;
}

}  // namespace culvert::node
