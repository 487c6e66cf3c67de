#include "crypto/keys/files/key_bundle.h"

#include <algorithm>
#include <optional>

#include "crypto/base/log.h"
#include "crypto/keys/certificate_fields.h"

namespace culvert::crypto {
namespace {

bool holds(const std::vector<Certificate>& all, const Certificate& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

struct Owner {
  BundledKey& key;
  bool named;  // the file itself ties the certificate to this key
};

std::optional<Owner> owner_of(const FoundCertificate& found, std::vector<BundledKey>& keys,
                              const std::vector<Bytes>& local_ids) {
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (!keys[i].key.belongs_to(found.certificate)) continue;
    return Owner{keys[i], !local_ids[i].empty() && local_ids[i] == found.local_id};
  }
  return std::nullopt;
}

void give(const FoundCertificate& found, BundledKey& to) {
  if (holds(to.certificates, found.certificate)) return;
  to.certificates.push_back(found.certificate);
  if (to.name.empty()) to.name = found.name;
}

}  // namespace

std::string reason_in_words(const Error& error) {
  return error.detail.empty() ? error.text : error.text + " (" + printable(error.detail) + ")";
}

bool is_outline_named_by(ByteView der, const CertificateName& name) {
  const auto* by_serial = std::get_if<IssuerAndSerial>(&name);
  const auto fields = find_certificate_fields(der);
  return by_serial != nullptr && fields && as_text(fields->issuer) == as_text(by_serial->issuer) &&
         as_text(fields->serial) == as_text(by_serial->serial);
}

std::string certificate_in_words(std::size_t number, ByteView der) {
  const std::string subject = subject_text_in(der);
  const std::string words = "certificate " + std::to_string(number);
  return subject.empty() ? words : words + " (" + subject + ")";
}

KeyBundle bundle_of(std::vector<FoundKey> keys, const std::vector<FoundCertificate>& certificates) {
  KeyBundle bundle;
  std::vector<Bytes> local_ids;
  for (FoundKey& found : keys) {
    const auto same = [&](const BundledKey& one) { return one.key.key_id() == found.key.key_id(); };
    if (std::any_of(bundle.keys.begin(), bundle.keys.end(), same)) continue;
    bundle.keys.push_back({std::move(found.key), {}, std::move(found.name)});
    local_ids.push_back(std::move(found.local_id));
  }
  // First those that the file itself ties to a key, so that they come first in its list.
  for (const FoundCertificate& found : certificates) {
    const auto owner = owner_of(found, bundle.keys, local_ids);
    if (owner && owner->named) give(found, owner->key);
  }
  for (const FoundCertificate& found : certificates) {
    const auto owner = owner_of(found, bundle.keys, local_ids);
    if (owner) {
      give(found, owner->key);
    } else if (!holds(bundle.others, found.certificate)) {
      bundle.others.push_back(found.certificate);
    }
  }
  return bundle;
}

}  // namespace culvert::crypto
