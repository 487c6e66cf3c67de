// The keys with which the manifest says that a sealed vector opens.
#pragma once

#include "crypto/keys/files/pem_key.h"
#include "tests/crypto/cms/support.h"
#include "tests/crypto/vectors/manifest.h"

namespace culvert::crypto::testing {

// Puts the key that an entry of `open` stands for into a ring.
inline void add_key(const std::filesystem::path& root, const nlohmann::json& entry,
                    MemoryKeyRing& ring, ContentRule rule = ContentRule::any) {
  if (entry.contains("password")) {
    return ring.set_password(SecretBytes(as_bytes(entry.at("password").get<std::string>())));
  }
  if (entry.contains("kek")) {
    const Bytes key = *from_hex(entry.at("kek").get<std::string>());
    return ring.add_shared_key(*from_hex(entry.at("kekid").get<std::string>()),
                               SecretBytes(ByteView(key)));
  }
  const auto key = private_key_from_pem(read_text(root / entry.at("key").get<std::string>()));
  const auto certificate =
      Certificate::from_pem(read_text(root / entry.at("certificate").get<std::string>()));
  ASSERT_TRUE(key && certificate) << entry.dump();
  EXPECT_TRUE(ring.add(*key, *certificate, rule)) << entry.dump();
}

inline void add_keys(const std::filesystem::path& root, const nlohmann::json& file,
                     MemoryKeyRing& ring, ContentRule rule = ContentRule::any) {
  if (!file.contains("open")) return;
  for (const auto& entry : file.at("open"))
    add_key(root, entry, ring, rule);
}

}  // namespace culvert::crypto::testing
