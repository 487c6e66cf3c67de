#include "store/keyring.h"

#include <algorithm>

#include "store/record.h"
#include "store/table.h"

namespace culvert::store {

namespace {

// Fields of StoredCertificate. Frozen.
enum : std::uint32_t {
  kRole = 1,
  kDer = 2,
  kIssuer = 3,
  kSerial = 4,
  kKeyName = 5,
  kNotBefore = 6,
  kNotAfter = 7,
  kCreated = 8,
  kAnnounced = 9,
  kLeftCard = 10,
  kListedSerial = 11,
};

// A digest, because the name of an issuer may be longer than a key can be.
Bytes certificate_key(ByteView issuer, ByteView serial) {
  return crypto::index_digest({issuer, serial});
}

Bytes copy(ByteView octets) { return {octets.begin(), octets.end()}; }

}  // namespace

const char* role_name(CertificateRole role) {
  switch (role) {
    case CertificateRole::identity:
      return "identity";
    case CertificateRole::tunnel_sign:
      return "tunnel-sign";
    case CertificateRole::tunnel_encrypt:
      return "tunnel-encrypt";
    case CertificateRole::tls:
      return "tls";
    case CertificateRole::starttls:
      return "starttls";
  }
  return "";
}

Bytes encode(const StoredCertificate& certificate) {
  return RecordWriter()
      .integer(kRole, static_cast<std::int64_t>(certificate.role))
      .bytes(kDer, certificate.der)
      .bytes(kIssuer, certificate.issuer)
      .bytes(kSerial, certificate.serial)
      .text(kKeyName, certificate.key_name)
      .time(kNotBefore, certificate.not_before)
      .time(kNotAfter, certificate.not_after)
      .time(kCreated, certificate.created)
      .time(kAnnounced, certificate.announced)
      .time(kLeftCard, certificate.left_card)
      .integer(kListedSerial, static_cast<std::int64_t>(certificate.listed_serial))
      .take();
}

Result<StoredCertificate> decode_stored_certificate(ByteView record) {
  auto in = RecordReader::parse(record);
  if (!in) return in.error();
  StoredCertificate certificate;
  certificate.role = in->choice(kRole, CertificateRole::starttls);
  certificate.der = copy(in->bytes(kDer));
  certificate.issuer = copy(in->bytes(kIssuer));
  certificate.serial = copy(in->bytes(kSerial));
  certificate.key_name = in->text(kKeyName);
  certificate.not_before = in->time_or_zero(kNotBefore);
  certificate.not_after = in->time_or_zero(kNotAfter);
  certificate.created = in->time_or_zero(kCreated);
  certificate.announced = in->time(kAnnounced);
  certificate.left_card = in->time(kLeftCard);
  certificate.listed_serial = in->count(kListedSerial);
  if (const Status ok = in->status(); !ok) return ok.error();
  return certificate;
}

void put_certificate(WriteTransaction& txn, const StoredCertificate& certificate) {
  txn.put(Table::certificates, certificate_key(certificate.issuer, certificate.serial),
          encode(certificate));
}

std::optional<StoredCertificate> find_certificate(const ReadTransaction& txn, ByteView issuer,
                                                  ByteView serial) {
  return load<StoredCertificate>(txn, Table::certificates, certificate_key(issuer, serial),
                                 decode_stored_certificate);
}

std::vector<StoredCertificate> list_certificates(const ReadTransaction& txn) {
  auto all = load_all<StoredCertificate>(txn, Table::certificates, {}, decode_stored_certificate);
  std::stable_sort(all.begin(), all.end(),
                   [](const auto& a, const auto& b) { return a.not_before > b.not_before; });
  return all;
}

std::vector<StoredCertificate> list_certificates(const ReadTransaction& txn, CertificateRole role) {
  auto all = list_certificates(txn);
  std::erase_if(all, [role](const auto& certificate) { return certificate.role != role; });
  return all;
}

bool remove_certificate(WriteTransaction& txn, ByteView issuer, ByteView serial) {
  return txn.erase(Table::certificates, certificate_key(issuer, serial));
}

}  // namespace culvert::store
