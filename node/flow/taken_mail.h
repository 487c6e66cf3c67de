// A message that is whole and accepted, with where it goes, before it is put into the queue.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "store/queue.h"

namespace culvert::node {

// Mail that waits longer comes back to its sender.
inline constexpr std::chrono::hours kQueueLifetime{5 * 24};

// A recipient that was accepted, and where its copy goes.
struct PlannedRecipient {
  Recipient recipient;
  store::DeliveryPath path = store::DeliveryPath::clear;
  std::string destination;  // a domain's text, or empty
  std::string why;          // for the trace
};

// A message that is whole and accepted, before its commit.
struct TakenMail {
  store::Message message;  // without its body, but with its size
  std::vector<PlannedRecipient> recipients;
};

// One entry for each path and destination, in the order of first appearance.
std::vector<store::QueueEntry> entries_for(const TakenMail& mail, Time now);

// Under whom its trace is found.
std::vector<Mailbox> traced_addresses(const TakenMail& mail);

}  // namespace culvert::node
