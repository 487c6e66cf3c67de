// How a key of this node and its certificate are stored: the key as a secret under its role and id,
// so that a renewed key does not replace the old one; the certificate with the name of that secret.
#pragma once

#include "crypto/keys/certificate_maker.h"
#include "store/keyring.h"

namespace culvert::node {

void put_key(store::WriteTransaction& txn, store::CertificateRole role,
             const crypto::KeyAndCertificate& made, Time now);

}  // namespace culvert::node
