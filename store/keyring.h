// The node's own certificates with the names of their keys (secrets.h), and all tunnel certificates
// that it ever announced. Certificates are opaque octets; the caller that puts one says what is in
// it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/base/clock.h"
#include "store/transaction.h"

namespace culvert::store {

// Numbers are frozen.
enum class CertificateRole : std::uint8_t {
  identity = 0,
  tunnel_sign = 1,
  tunnel_encrypt = 2,
  tls = 3,       // the peering port
  starttls = 4,  // the self-signed one of the SMTP listeners
};
// `identity`, `tunnel-sign`, `tunnel-encrypt`, `tls`, `starttls`.
const char* role_name(CertificateRole role);

struct StoredCertificate {
  CertificateRole role = CertificateRole::identity;
  Bytes der{};
  Bytes issuer{};          // DER of the issuer's name
  Bytes serial{};          // content octets of the serial number
  std::string key_name{};  // of the secret; empty once the key is removed
  Time not_before{};
  Time not_after{};
  Time created{};
  std::optional<Time> announced{};  // when a card first carried it
  std::uint64_t listed_serial = 0;  // of that card; 0: it was so before serials were noted
  std::optional<Time> left_card{};  // when it left the card; its key goes 90 days later
  bool operator==(const StoredCertificate&) const = default;
};

Bytes encode(const StoredCertificate& certificate);
// internal `damaged-record`.
Result<StoredCertificate> decode_stored_certificate(ByteView record);

// Replaces the one of the same issuer and serial.
void put_certificate(WriteTransaction& txn, const StoredCertificate& certificate);
// By IssuerAndSerialNumber, as recipients are named in CMS.
std::optional<StoredCertificate> find_certificate(const ReadTransaction& txn, ByteView issuer,
                                                  ByteView serial);
// Of one role, newest `not_before` first.
std::vector<StoredCertificate> list_certificates(const ReadTransaction& txn, CertificateRole role);
std::vector<StoredCertificate> list_certificates(const ReadTransaction& txn);
bool remove_certificate(WriteTransaction& txn, ByteView issuer, ByteView serial);

}  // namespace culvert::store
