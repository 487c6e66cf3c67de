// Certificate policies along a chain (RFC 5280, 6.1, with any policy to start from and nothing
// demanded by us): they matter only where an issuer demands that there be one. For the sources of
// crypto/keys alone.
#pragma once

#include <cstddef>
#include <limits>
#include <set>
#include <string>

#include "crypto/keys/certificate_parts.h"

namespace culvert::crypto {

class Policies {
 public:
  // The certificates below the anchor, in order; `add_last` for the end of the chain. False if the
  // chain cannot go on: an extension cannot be read, or a policy is demanded and there is none.
  bool add_issuer(const CertificateParts& issuer);
  bool add_last(const CertificateParts& certificate);

 private:
  enum class AnyPolicy { counts, is_inhibited };

  void meet(const CertificateParts& certificate, AnyPolicy any);
  bool map(const CertificateParts& issuer);
  void constrain(const CertificateParts& issuer);
  bool holds() const { return explicit_ > 0 || !expected_.empty(); }

  static constexpr std::size_t kNever = std::numeric_limits<std::size_t>::max();

  // Of the tree of policies, what the next certificate may bring: by which way it came to be
  // allowed makes no difference to whether there is one. Empty once there is none.
  std::set<std::string> expected_{"2.5.29.32.0"};
  // Certificates until a policy is demanded, until mapping ends, and until anyPolicy does.
  std::size_t explicit_ = kNever;
  std::size_t mapping_ = kNever;
  std::size_t any_ = kNever;
};

}  // namespace culvert::crypto
