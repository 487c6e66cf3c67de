// RSAES-OAEP-params (RFC 8017, A.2.1; RFC 4055, 4.1): digests and label of RSA-OAEP, read strictly,
// because whoever can change them chooses how a key is decrypted.
#pragma once

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"
#include "crypto/keys/rsa_transport.h"

namespace culvert::crypto {

// The parameters of id-RSAES-OAEP, one whole element. An absent field means its default: SHA-1,
// MGF1 with SHA-1, an empty label. `bad-key-parameters` for anything but a SEQUENCE of the three
// fields in order, with digests of the SHA family (SHA-1 and SHA-2).
Result<RsaTransport> read_oaep_parameters(ByteView parameters);

// The same in DER. Fields with their default value are left out.
Bytes der_oaep_parameters(const RsaTransport& transport);

}  // namespace culvert::crypto
