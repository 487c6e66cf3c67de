// A peering message is acted on once: a repeated id gets the stored answer and changes nothing
// (protocol.md, "Carriers"). Inside transactions.
#pragma once

#include <optional>

#include "peering/document.h"
#include "store/transaction.h"

namespace culvert::peering {

// The stored answer (perhaps empty), if this sender's id was answered before.
std::optional<Bytes> stored_answer(const store::ReadTransaction& txn,
                                   const VerifiedDocument& document);

// Remembers that the document was acted on, with its answer. False if it was remembered before: the
// caller then changes nothing.
bool remember_answer(store::WriteTransaction& txn, const VerifiedDocument& document,
                     ByteView answer);

// Forgets answers older than kAnsweredIdAge, a bounded number in each call.
void forget_old_answers(store::WriteTransaction& txn, Time now);

}  // namespace culvert::peering
