// Keeps what this node says of itself fresh: its tunnel keys, and the card that lists them.
#pragma once

#include <memory>
#include <string>

#include "node/flow/flow_context.h"
#include "store/invitations.h"

namespace culvert::node {

class CardKeeper {
 public:
  // `flow` must outlive it.
  explicit CardKeeper(FlowContext& flow)
      : flow_(flow), card_(std::make_shared<const store::OwnCard>()) {}

  // The card that partners get; empty before the first `tend`. Any thread.
  const Live<store::OwnCard>& card() const { return card_; }

  // Renews what is due, and makes a new card if anything on it changed. Cheap if nothing is due.
  // One thread at a time. Does nothing while `url` is empty.
  void tend(const std::string& url);

 private:
  void renew_keys_if_due();
  void load_keys();
  void renew_card_if_needed(const std::string& url);

  FlowContext& flow_;
  Live<store::OwnCard> card_;
  std::shared_ptr<const Config> seen_config_;
  std::shared_ptr<const OwnKeys> seen_keys_;
  SteadyTime renewal_tried_{};
};

}  // namespace culvert::node
