// Whom a message is sealed for, and how the content key gets there.
#pragma once

#include <variant>

#include "crypto/keys/certificate.h"
#include "crypto/keys/rsa_transport.h"

namespace culvert::crypto {

using Recipient = std::variant<Certificate>;

struct KeyOptions {
  RsaTransport rsa{};
  enum class Agreement { by_curve, sha256 } agreement = Agreement::by_curve;
};

}  // namespace culvert::crypto
