// A chain that grows from an anchor down, one certificate at a time, by the rules of RFC 5280,
// section 6.1. Signatures and the names of issuers are for the caller to compare (chain.cc). For
// the sources of crypto/keys alone.
#pragma once

#include <cstddef>
#include <limits>
#include <string>

#include "crypto/keys/certificate_parts.h"
#include "crypto/keys/name_constraints.h"
#include "crypto/keys/policies.h"

namespace culvert::crypto {

// Where a certificate stands in a chain.
enum class ChainPlace { inner, last };

// Why a certificate cannot stand in a chain, for people: a sentence that names it; empty if it can.
using Objection = std::string;

// Whether a certificate may issue others, on its own account: a CA, valid at `t`, with a key that
// signs and is computed with. The names in a sentence are a stranger's, and printable.
Objection objection_to_issuer(const Certificate& certificate, Time t);
// Whether it has a key of a kind and size with which signatures of others are verified.
bool may_compute_with(const CertificateParts& certificate);

class ChainPath {
 public:
  // The anchor may be any certificate that objection_to_issuer lets pass. What it demands of those
  // below it holds (RFC 5280, 6.2, leaves that open), but for policies: anchors name none.
  explicit ChainPath(const CertificateParts& anchor);

  // The next certificate. After an objection the path is not used any more.
  Objection add(const CertificateParts& certificate, ChainPlace place);

 private:
  // What `issuer` demands of the certificates below it (6.1.4).
  Objection demand(const CertificateParts& issuer);

  Objection objection_;
  NameConstraints names_;
  Policies policies_;
  std::size_t issuers_left_ = std::numeric_limits<std::size_t>::max();
};

}  // namespace culvert::crypto
