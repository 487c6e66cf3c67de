// How mail enters the queue, whoever made it: a listener, an opened seal, or this node itself.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "store/queue.h"
#include "store/trace.h"

namespace culvert::node {

// Mail that waits longer goes back to its sender.
inline constexpr std::chrono::hours kQueueLifetime{5 * 24};

// A recipient that was accepted, and where its copy goes.
struct PlannedRecipient {
  Recipient recipient;
  store::DeliveryPath path = store::DeliveryPath::clear;
  std::string destination;  // a domain's text, or empty
  std::string why;          // for the trace
};

// A message that is complete and accepted, before its commit.
struct TakenMail {
  store::Message message;  // without its body, but with its size
  std::vector<PlannedRecipient> recipients;
};

// One entry for each path and destination, in the order of first appearance.
std::vector<store::QueueEntry> entries_for(const TakenMail& mail, Time now);

// An entry of a new message, with number 0, due at once.
store::QueueEntry new_entry(const store::MessageId& id, store::DeliveryPath path,
                            std::string destination, std::vector<Recipient> recipients, Time now,
                            std::chrono::seconds lifetime = kQueueLifetime);

// Prepares message, entries and a trace that begins with `first` for the commit that keeps `body`
// (store::put_staged). internal `bad-message`.
Status stage_mail(store::RecordSink& out, const store::Message& message,
                  const store::StagedBody& body, const std::vector<store::QueueEntry>& entries,
                  const store::TraceEvent& first);
// The same in one step, with the body. Also temporary `disk-full`.
Status put_mail(store::WriteTransaction& txn, const store::Message& message,
                const store::StagedBody& body, const std::vector<store::QueueEntry>& entries,
                const store::TraceEvent& first);

}  // namespace culvert::node
