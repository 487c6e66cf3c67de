#include "crypto/keys/key_bundle.h"

#include <algorithm>

namespace culvert::crypto {
namespace {

bool holds(const std::vector<Certificate>& all, const Certificate& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

BundledKey* owner_of(const Certificate& certificate, std::vector<BundledKey>& keys) {
  for (BundledKey& one : keys) {
    if (one.key.belongs_to(certificate)) return &one;
  }
  return nullptr;
}

void give(const FoundCertificate& found, ByteView local_id, BundledKey& to) {
  if (holds(to.certificates, found.certificate)) return;
  const bool named = !local_id.empty() && as_text(found.local_id) == as_text(local_id);
  to.certificates.insert(named ? to.certificates.begin() : to.certificates.end(),
                         found.certificate);
  if (to.name.empty()) to.name = found.name;
}

}  // namespace

KeyBundle bundle_of(std::vector<FoundKey> keys, const std::vector<FoundCertificate>& certificates) {
  KeyBundle bundle;
  std::vector<Bytes> local_ids;
  for (FoundKey& found : keys) {
    const auto same = [&](const BundledKey& one) { return one.key.key_id() == found.key.key_id(); };
    if (std::any_of(bundle.keys.begin(), bundle.keys.end(), same)) continue;
    bundle.keys.push_back({std::move(found.key), {}, std::move(found.name)});
    local_ids.push_back(std::move(found.local_id));
  }
  for (const FoundCertificate& found : certificates) {
    BundledKey* owner = owner_of(found.certificate, bundle.keys);
    if (owner != nullptr) {
      give(found, local_ids[static_cast<std::size_t>(owner - bundle.keys.data())], *owner);
    } else if (!holds(bundle.others, found.certificate)) {
      bundle.others.push_back(found.certificate);
    }
  }
  return bundle;
}

}  // namespace culvert::crypto
