// DNS with DNSSEC validation (libunbound inside, with its own cache and threads).
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"
#include "node/net/callback.h"

namespace culvert::node {

// RFC 1035, 3.2.2; RFC 3596; RFC 2782. The numbers of the registry.
enum class DnsType : int { a = 1, ptr = 12, mx = 15, txt = 16, aaaa = 28, srv = 33 };

// What the DNS said. Only `nxdomain` and `nodata` mean that there is nothing. With `bogus`,
// `no_keys` and `failed` nobody knows, and mail has to wait.
struct DnsAnswer {
  enum class Outcome {
    found,     // `records` is not empty
    nodata,    // the name exists, but has no record of this type
    nxdomain,  // the name does not exist
    bogus,     // DNSSEC validation failed: an attack or a broken zone
    no_keys,   // there is an answer, but not the keys to validate it with
    failed,    // SERVFAIL, REFUSED, no answer in time, no resolver
  };
  Outcome outcome = Outcome::failed;
  bool secure = false;         // validated from the trust anchor, absence included
  std::vector<Bytes> records;  // RDATA of the type asked for, uncompressed; see dns_records.h
  std::string why;             // for the log: why it failed or is bogus
  std::string zone;            // whose keys or signatures failed (dns_failure.h); may be empty

  // True if nobody knows whether the record exists.
  bool says_nothing() const {
    return outcome == Outcome::bogus || outcome == Outcome::no_keys || outcome == Outcome::failed;
  }
};

struct ResolverOptions {
  // `192.0.2.53`, `2001:db8::53`, or with a port `127.0.0.1@5353`. Empty: the system's.
  std::vector<std::string> resolvers;
  // A file of DS or DNSKEY records. Empty: the system's (dns-root-data), else the built-in one.
  std::string trust_anchor_file;
  enum class Validate { yes, no } validate = Validate::yes;  // no: no answer is `secure` or `bogus`
  // These zones and all names below them are not validated: private zones without signatures.
  std::vector<std::string> insecure;
  // A query that takes longer is `failed`.
  std::chrono::milliseconds timeout{20'000};
};

class Resolver {
 public:
  // permanent `bad-resolver` or `bad-trust-anchor`; internal `no-resolver`.
  static Result<std::unique_ptr<Resolver>> make(const ResolverOptions& options);
  // Answers pending queries with `failed`, then joins its thread.
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  // Asks for `name` (ASCII, at most 253 octets, final dot optional). CNAMEs are followed.
  // `on_answer` runs once, in the resolver's own thread, never inside this call: it should post to
  // a loop and return. Any thread.
  void query(const std::string& name, DnsType type, Callback<DnsAnswer> on_answer);

 private:
  struct Impl;
  explicit Resolver(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace culvert::node
