// Whether a certificate names a host (RFC 9525): by subjectAltName alone, never by its subject.
// Inside node/net, for tls_*.cc only. Pure.
#pragma once

#include <botan/x509cert.h>

#include <string>

namespace culvert::node {

// `host` is a domain name in A-labels, or a numeric address without brackets. A name matches whole
// and without case; `*` alone as the left-most label stands for exactly one label, if at least two
// follow it (RFC 9525, 6.3). An address matches an iPAddress only (7.1).
bool names_host(const Botan::X509_Certificate& certificate, const std::string& host);

// The certificate's names, for a text: `mail.x.example, *.x.example and 3 more`, or `no host`.
std::string names_of(const Botan::X509_Certificate& certificate);

}  // namespace culvert::node
