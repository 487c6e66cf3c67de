// The machine's list of certification authorities, and whether a server proved who it is (Botan
// inside). Inside node/net, for tls_*.cc only. Thread-safe.
#pragma once

#include <botan/certstor.h>
#include <botan/x509cert.h>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "crypto/base/result.h"
#include "node/net/server_proof.h"

namespace culvert::node {

// Reads one PEM file when a server is first verified, and again after `forget`.
class Authorities {
 public:
  using Store = Botan::Certificate_Store_In_Memory;

  explicit Authorities(std::string file) : file_(std::move(file)) {}
  // Shared, because the list may be read again while a handshake goes on. temporary
  // `no-authorities` if there is no file or no certificate in it; the next call looks again.
  Result<std::shared_ptr<const Store>> get();
  void forget();
  const std::string& file() const { return file_; }

 private:
  const std::string file_;
  std::mutex mutex_;
  std::shared_ptr<const Store> store_;
};

// Done if the server that shows this certificate chain (its own certificate first) proves by
// `proof` that it is `host`, a domain name in A-labels or a numeric address. `proof` is not
// `nothing`. Otherwise temporary `unverified-server`, or the error of `authorities`. The text names
// the host, what is wrong and what to do, and continues a sentence that names the address.
Status check_server(const ServerProof& proof, const std::string& host,
                    const std::vector<Botan::X509_Certificate>& chain, Authorities& authorities);

}  // namespace culvert::node
