// What the parts of the mail flow share about the quarantine.
#pragma once

#include <utility>

#include "node/flow/quarantine_news.h"
#include "node/flow/quarantine_room.h"
#include "node/flow/source_rate.h"

namespace culvert::node {

// Peering messages by mail from one network. A partner with many domains proves all of them at
// once.
inline constexpr SourceRate::Limits kPeeringMailRate{.at_once = 1000, .a_second = 5};

struct Quarantine {
  // `store` must outlive it.
  Quarantine(const store::Store& store, std::function<QuarantineLimits()> limits)
      : room(store, std::move(limits)) {}

  QuarantineRoom room;
  QuarantineNews news;
  // Peering mail is never held, so it needs no room.
  SourceRate peering_mail{kPeeringMailRate};
};

}  // namespace culvert::node
