// Checks whether a certificate is meant for mail, and says why if it is not: to sign mail, to have
// its signature believed, to be encrypted to. chain.h checks trust and times. Each text is the end
// of a sentence about the certificate (`it is a CA certificate …`) and printable; empty if there is
// no objection. Thread-safe.
#pragma once

#include <string>

#include "crypto/keys/certificate.h"

namespace culvert::crypto {

// The objection to the signer of a signature that was read and is right (no such signature is by a
// key to which Certificate::objection applies). A CA certificate that may sign counts too (PKITS
// 4.6.8): small offices have a single certificate, which issued itself. It must also be allowed to
// issue for the names that it bears, so that a CA trusted within limits cannot exceed them by
// signing itself.
std::string objection_to_signer(const Certificate& certificate);

// The objection to our own signer. In addition, it objects if Certificate::objection does, and to a
// CA certificate, which many readers do not accept.
std::string objection_to_own_signer(const Certificate& certificate);

// The objection to encrypting for it. It objects if Certificate::objection does, and to a CA
// certificate, since that may be the holder's CA in the same file.
std::string objection_to_recipient(const Certificate& certificate);

}  // namespace culvert::crypto
