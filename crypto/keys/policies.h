// Certificate policies along a chain (RFC 5280, 6.1). We start from any policy and require none
// ourselves, so policies matter only where an issuer requires one. For the sources of crypto/keys
// only.
#pragma once

#include <cstddef>
#include <limits>
#include <set>
#include <string>

#include "crypto/keys/certificate_parts.h"

namespace culvert::crypto {

class Policies {
 public:
  // Add the certificates below the anchor in order, and the end of the chain with `add_last`. False
  // if the chain cannot go on: an extension cannot be read, or a policy is required and there is
  // none.
  bool add_issuer(const CertificateParts& issuer);
  bool add_last(const CertificateParts& certificate);

 private:
  enum class AnyPolicy { counts, is_inhibited };

  void meet(const CertificateParts& certificate, AnyPolicy any);
  bool map(const CertificateParts& issuer);
  void constrain(const CertificateParts& issuer);
  bool holds() const { return explicit_ > 0 || !expected_.empty(); }

  static constexpr std::size_t kNever = std::numeric_limits<std::size_t>::max();

  // The part of the policy tree that the next certificate may match. It leaves out how a policy
  // came to be allowed, which does not affect whether there is one. Empty once there is none.
  std::set<std::string> expected_{"2.5.29.32.0"};
  // The number of certificates until a policy is required, until mapping ends, and until anyPolicy
  // ends.
  std::size_t explicit_ = kNever;
  std::size_t mapping_ = kNever;
  std::size_t any_ = kNever;
};

}  // namespace culvert::crypto
