// Which extensions a certificate may have (RFC 5280, 4.2). For the sources of crypto/keys alone.
#pragma once

#include <string_view>

namespace Botan {
class X509_Certificate;
}

namespace culvert::crypto {

// Why nobody may use the key of such a certificate, for the log: one that is critical and not known
// may restrict it to anything; one that is there twice or cannot be read says nothing for sure.
// Empty if there is nothing.
std::string_view objection_to_extensions(const Botan::X509_Certificate& x509);

}  // namespace culvert::crypto
