// A chain that grows from an anchor down, one certificate at a time, by the rules of RFC 5280,
// section 6.1. The caller compares signatures and issuer names (chain.cc). For the sources of
// crypto/keys only.
#pragma once

#include <cstddef>
#include <limits>
#include <string>

#include "crypto/keys/certificate_parts.h"
#include "crypto/keys/name_constraints.h"
#include "crypto/keys/policies.h"

namespace culvert::crypto {

// The position of a certificate in a chain.
enum class ChainPlace { inner, last };

// Why a certificate cannot be in a chain, for people: a sentence that names it; empty if it can.
using Objection = std::string;

// Checks whether a certificate by itself may issue others: a CA, valid at `t`, whose key can sign
// and is one that we verify with. The names in the sentence are a stranger's, and printable.
Objection objection_to_issuer(const Certificate& certificate, Time t);
// Whether we verify signatures with a key of this kind and size.
bool may_compute_with(const CertificateParts& certificate);

class ChainPath {
 public:
  // The anchor may be any certificate that objection_to_issuer accepts. Its demands on the
  // certificates below it apply (RFC 5280, 6.2, leaves that open), except for policies: anchors
  // name none.
  explicit ChainPath(const CertificateParts& anchor);

  // Adds the next certificate. After an objection, do not use the path any more.
  Objection add(const CertificateParts& certificate, ChainPlace place);

 private:
  // Applies what `issuer` demands of the certificates below it (6.1.4).
  Objection demand(const CertificateParts& issuer);

  Objection objection_;
  NameConstraints names_;
  Policies policies_;
  std::size_t issuers_left_ = std::numeric_limits<std::size_t>::max();
};

}  // namespace culvert::crypto
