// Where a delivery connects, and where it connects again when that failed. Pure.
#pragma once

#include <cstddef>

#include "node/smtp/client_dialog.h"

namespace culvert::node {

class HopAttempts {
 public:
  // `addresses` of the next hop, at least one, and the TLS that is wanted.
  HopAttempts(std::size_t addresses, TlsUse wanted) : addresses_(addresses), wanted_(wanted) {}

  std::size_t address() const { return address_; }  // index of the one in use
  TlsUse tls() const { return tls_; }

  // A connection that failed while a delivery waited for it.
  struct Failed {
    bool in_handshake = false;
    std::size_t messages = 0;     // that it had carried before
    bool has_envelope = false;    // the delivery was begun on this connection
    bool is_before_body = false;  // the body was not
  };
  enum class Again { no, without_tls, same_address, next_address };

  // Connects once more if that may do better:
  // - without TLS, if the handshake failed and TLS is not required: encryption that anybody may
  //   strip is worth no bounce;
  // - at the same address, if a connection that was kept turns out to be dead;
  // - at the next address, as long as no message was begun here.
  Again after(const Failed& failed);

 private:
  const std::size_t addresses_;
  const TlsUse wanted_;
  std::size_t address_ = 0;
  TlsUse tls_ = wanted_;  // never, once an opportunistic handshake has failed at this address
};

}  // namespace culvert::node
