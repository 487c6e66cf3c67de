// Whether a certificate is meant for mail, and if not, why: to sign it, to have its signature
// believed, to be encrypted to. Trust and times are for chain.h. All texts are the end of a
// sentence about the certificate (`it is a CA certificate …`), printable; empty if there is no
// objection. Thread-safe.
#pragma once

#include <string>

#include "crypto/keys/certificate.h"

namespace culvert::crypto {

// To a signature that is read and right (none is by a key that Certificate::objection is against).
// A CA certificate that may sign counts too (PKITS 4.6.8): small offices have one certificate,
// which issued itself. What is asked of it besides: it may issue for the names that it bears, so
// that an authority which is trusted within limits does not speak beyond them by signing itself.
std::string objection_to_signer(const Certificate& certificate);

// To a signature of ours: in addition Certificate::objection, and a CA certificate, which many
// readers do not take.
std::string objection_to_own_signer(const Certificate& certificate);

// To encrypting for it: Certificate::objection, and a CA certificate, since it may be its holder's
// authority that stands in the same file.
std::string objection_to_recipient(const Certificate& certificate);

}  // namespace culvert::crypto
