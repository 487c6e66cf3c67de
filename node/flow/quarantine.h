// What the parts of the mail flow share about the quarantine.
#pragma once

#include <utility>

#include "node/flow/quarantine_news.h"
#include "node/flow/quarantine_room.h"

namespace culvert::node {

struct Quarantine {
  // `store` must outlive it.
  Quarantine(const store::Store& store, std::function<QuarantineLimits()> limits)
      : room(store, std::move(limits)) {}

  QuarantineRoom room;
  QuarantineNews news;
};

}  // namespace culvert::node
