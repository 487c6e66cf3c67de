#include "node/peers/card_keeper.h"

#include <algorithm>

#include "crypto/base/log.h"
#include "node/flow/key_renewal.h"
#include "node/peers/own_card.h"

namespace culvert::node {
namespace {

// The pair has a third of its life left.
constexpr std::chrono::seconds kRenewalRetry{60};

bool all_are_listed(const OwnKeys& keys) {
  return std::all_of(keys.signing.begin(), keys.signing.end(),
                     [](const OwnSigner& signer) { return signer.listed_since.has_value(); });
}

}  // namespace

void CardKeeper::tend(const std::string& url) {
  if (url.empty()) return;
  renew_keys_if_due();
  renew_card_if_needed(url);
}

void CardKeeper::renew_keys_if_due() {
  const Time now = flow_.clock.now();
  const SteadyTime steady = flow_.clock.steady();
  if (now < flow_.keys.get()->renewal) return;
  if (renewal_tried_ != SteadyTime{} && steady < renewal_tried_ + kRenewalRetry) return;
  renewal_tried_ = steady;
  const auto renewed = renew_tunnel_keys(flow_.store, now, Renewal::if_due);
  if (!renewed) {
    return log_error("the tunnel certificates are not renewed yet: {} {}", renewed.error().text,
                     renewed.error().detail);
  }
  load_keys();
}

void CardKeeper::load_keys() {
  auto fresh = load_own_keys(flow_.store, flow_.clock.now());
  if (!fresh) return log_error("own keys: {}", fresh.error().text);
  flow_.keys.set(*std::move(fresh));
}

void CardKeeper::renew_card_if_needed(const std::string& url) {
  const auto config = flow_.config.get();
  const auto keys = flow_.keys.get();
  const Time now = flow_.clock.now();
  const bool same = config == seen_config_ && keys == seen_keys_ && !card_.get()->card.empty();
  if (same && !is_due_for_renewal(*card_.get(), now)) return;
  auto renewed = current_card(flow_.store, *keys, *config, url, now);
  if (!renewed) {
    return log_error("own card: {} {}", renewed.error().text, renewed.error().detail);
  }
  card_.set(std::make_shared<const store::OwnCard>(*std::move(renewed)));
  // Partners get signatures by a new certificate only once it is known which card lists it.
  if (!all_are_listed(*keys)) load_keys();
  seen_config_ = config;
  seen_keys_ = flow_.keys.get();
}

}  // namespace culvert::node
