// This node's card, made from its configuration and keys (peering/own_card.h): for `serve`, and for
// the commands that pair.
#pragma once

#include <string>

#include "node/config/config.h"
#include "node/flow/own_keys.h"
#include "peering/accepter.h"
#include "peering/own_card.h"
#include "store/store.h"

namespace culvert::node {

// The current card with `url`. If anything changed or a day has passed, a new card is numbered and
// committed first. `url` must not be empty. permanent `bad-card`; errors of the store.
Result<store::OwnCard> current_card(store::Store& store, const OwnKeys& keys, const Config& config,
                                    const std::string& url, Time now);

// True if `current_card` would make a new card because time has passed.
bool is_due_for_renewal(const store::OwnCard& card, Time now);

// `culvert peer accept`: pairs with the node that gave `code`. `own_url` is our peering URL. Errors
// of peering::accept_invitation, whose texts say what to do.
Result<peering::AcceptedPeer> accept_code(store::Store& store, const Config& config,
                                          const peering::ReadCode& code, const std::string& own_url,
                                          const peering::AcceptWish& wish);

}  // namespace culvert::node
