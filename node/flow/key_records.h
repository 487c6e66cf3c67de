// How a key of this node and its certificate stand in the store: the key as a secret under its role
// and id, so that renewed keys stand beside old ones, and the certificate with the secret's name.
#pragma once

#include "crypto/keys/certificate_maker.h"
#include "store/keyring.h"

namespace culvert::node {

void put_key(store::WriteTransaction& txn, store::CertificateRole role,
             const crypto::KeyAndCertificate& made, Time now);

}  // namespace culvert::node
