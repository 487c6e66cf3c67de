// One message on its way into the store: through the header gate into a sealed body. Used by one
// thread at a time.
#pragma once

#include <memory>

#include "node/intake/header_gate.h"
#include "store/bodies.h"

namespace culvert::node {

class StagedMail final : public Sink {
 public:
  // `store` must outlive it.
  StagedMail(const store::Store& store, const store::MessageId& id, GateRules rules)
      : id_(id), writer_(store, id), gate_(std::move(rules), writer_) {}

  Status write(ByteView octets) override { return gate_.write(octets); }

  const store::MessageId& id() const { return id_; }
  // Set once the header has ended, at the latest by `end_header`.
  const std::optional<HeaderFacts>& facts() const { return gate_.facts(); }
  // The message is complete: its header has ended even if nothing followed it.
  Status end_header() { return gate_.finish(); }
  // What was written so far, without what the gate took out.
  std::uint64_t size_bytes() const { return writer_.size_bytes(); }
  // True if `finish` waits for the disk and therefore belongs in a worker.
  bool in_file() const { return writer_.in_file(); }
  Result<store::StagedBody> finish() { return writer_.finish(); }

 private:
  store::MessageId id_;
  store::BodyWriter writer_;
  HeaderGate gate_;
};

}  // namespace culvert::node
