// Where the fields of a certificate stand in its DER (RFC 5280, 4.1): for what Botan does not tell,
// or takes for impossible. Its times end at the year 3100, while a certificate without end is valid
// to 99991231235959Z (4.1.2.5), and some names have characters that it does not expect
// (name_strings.h). For the sources of crypto/keys alone. Thread-safe.
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

// Nothing if `der` has not the outline of a certificate.
std::optional<CertificateFields> find_certificate_fields(ByteView der);

// UTCTime or GeneralizedTime in DER; nothing for anything else.
std::optional<Time> time_in(ByteView element);

// `der`, of which `fields` are, with other times and kinds of strings for those that Botan refuses:
// its signature holds no more, its times say nothing, and its names are not those of the fields.
Bytes with_usual_fields(ByteView der, const CertificateFields& fields);

// The subject for people (name_text); empty if it cannot be found. `der` may be anything.
std::string subject_text_in(ByteView der);

}  // namespace culvert::crypto
