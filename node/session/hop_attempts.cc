#include "node/session/hop_attempts.h"

namespace culvert::node {

HopAttempts::Again HopAttempts::after(const Failed& failed) {
  if (failed.in_handshake && tls_ == TlsUse::opportunistic) {
    tls_ = TlsUse::never;
    return Again::without_tls;
  }
  const bool was_kept = failed.messages > 0 && (!failed.has_envelope || failed.is_before_body);
  const bool has_next = failed.messages == 0 && !failed.has_envelope && address_ + 1 < addresses_;
  if (!was_kept && !has_next) return Again::no;
  tls_ = wanted_;
  if (was_kept) return Again::same_address;
  ++address_;
  return Again::next_address;
}

}  // namespace culvert::node
