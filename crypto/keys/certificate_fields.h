// Finds the fields of a certificate in its DER (RFC 5280, 4.1), for what Botan does not report or
// does not accept. Botan's times end at the year 3100, but a certificate without end is valid to
// 99991231235959Z (4.1.2.5). Some names have characters that Botan does not expect
// (name_strings.h). For the sources of crypto/keys only. Thread-safe.
#pragma once

#include <optional>
#include <string>

#include "crypto/base/bytes.h"
#include "crypto/base/clock.h"

namespace culvert::crypto {

// Whole elements, borrowed from the certificate.
struct CertificateFields {
  ByteView signed_body;  // TBSCertificate: what the issuer signed
  ByteView serial;       // content octets of the INTEGER
  ByteView issuer;
  ByteView not_before;
  ByteView not_after;
  ByteView subject;
};

// Nothing if `der` does not have the outline of a certificate.
std::optional<CertificateFields> find_certificate_fields(ByteView der);

// The time in a DER UTCTime or GeneralizedTime; nothing for any other element.
std::optional<Time> time_in(ByteView element);

// A copy of `der` in which other times and other kinds of string replace those that Botan refuses.
// `fields` are the fields of `der`. The signature of the copy is no longer valid, its times mean
// nothing, and its names are not those in `fields`.
Bytes with_usual_fields(ByteView der, const CertificateFields& fields);

// The subject for people (name_text); empty if it cannot be found. `der` may be anything.
std::string subject_text_in(ByteView der);

}  // namespace culvert::crypto
