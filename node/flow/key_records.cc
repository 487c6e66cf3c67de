#include "node/flow/key_records.h"

#include "store/secrets.h"

namespace culvert::node {

void put_key(store::WriteTransaction& txn, store::CertificateRole role,
             const crypto::KeyAndCertificate& made, Time now) {
  const crypto::Certificate& certificate = made.certificate;
  store::StoredCertificate record;
  record.role = role;
  record.der = certificate.der();
  record.issuer = certificate.issuer();
  record.serial = certificate.serial();
  record.key_name = std::string(store::role_name(role)) + "/" + made.key.key_id().hex();
  record.not_before = certificate.not_before();
  record.not_after = certificate.not_after();
  record.created = now;
  store::put_secret(txn, record.key_name, made.key.pkcs8());
  store::put_certificate(txn, record);
}

}  // namespace culvert::node
