// A key ring that computes once what it is asked for again: an input that a fuzzer altered
// somewhere else asks for the same agreement as the one before it, and need not pay for it.
#pragma once

#include <map>

#include "crypto/keys/key_ring.h"

namespace culvert::crypto::fuzz {

class RememberingRing final : public KeyRing {
 public:
  // `ring` must outlive this one. Not thread-safe.
  explicit RememberingRing(const KeyRing& ring) : ring_(ring) {}

  std::optional<HeldKey> find(const CertificateName& name) const override {
    return ring_.find(name);
  }
  Result<Bytes> sign(const KeyId&, SignatureScheme, ByteView) const override { std::abort(); }
  Result<SecretBytes> agree(const KeyId& key, ByteView public_value) const override {
    return remembered({'a', key, "", Bytes(public_value.begin(), public_value.end())},
                      [&] { return ring_.agree(key, public_value); });
  }
  Result<SecretBytes> decrypt(const KeyId& key, const RsaTransport& transport, ByteView encrypted,
                              std::size_t key_bytes) const override {
    return remembered({'d', key, description(transport) + std::to_string(key_bytes),
                       Bytes(encrypted.begin(), encrypted.end())},
                      [&] { return ring_.decrypt(key, transport, encrypted, key_bytes); });
  }
  Result<SecretBytes> decapsulate(const KeyId& key, ByteView ciphertext) const override {
    return remembered({'e', key, "", Bytes(ciphertext.begin(), ciphertext.end())},
                      [&] { return ring_.decapsulate(key, ciphertext); });
  }
  Result<SecretBytes> unwrap_shared(ByteView identifier, std::size_t wrap_key_bytes,
                                    ByteView wrapped) const override {
    return ring_.unwrap_shared(identifier, wrap_key_bytes, wrapped);
  }
  // More than kMostIterations are within the product's bounds, and would cost the fuzzer seconds.
  Result<SecretBytes> derive_from_password(const Pbkdf2& asked) const override {
    constexpr std::uint64_t kMostIterations = 100'000;
    if (asked.iterations > kMostIterations) return SecretBytes(asked.key_bytes);
    return remembered({'p', KeyId(),
                       std::to_string(static_cast<int>(asked.hash)) + " " +
                           std::to_string(asked.iterations) + " " + std::to_string(asked.key_bytes),
                       asked.salt},
                      [&] { return ring_.derive_from_password(asked); });
  }

 private:
  struct Question {
    char kind;
    KeyId key;
    std::string options;
    Bytes input;
    auto operator<=>(const Question&) const = default;
  };
  static constexpr std::size_t kMostAnswers = 4096;

  static std::string description(const RsaTransport& transport) {
    return std::to_string(static_cast<int>(transport.scheme)) + " " +
           std::to_string(static_cast<int>(transport.hash)) + " " +
           std::to_string(static_cast<int>(transport.mgf_hash)) + " " +
           std::string(as_text(transport.label)) + " ";
  }

  template <typename Compute>
  Result<SecretBytes> remembered(Question question, Compute compute) const {
    const auto found = answers_.find(question);
    if (found != answers_.end()) return copy(found->second);
    if (answers_.size() >= kMostAnswers) answers_.clear();
    return copy(answers_.emplace(std::move(question), compute()).first->second);
  }
  static Result<SecretBytes> copy(const Result<SecretBytes>& answer) {
    if (!answer) return answer.error();
    return answer->clone();
  }

  const KeyRing& ring_;
  mutable std::map<Question, Result<SecretBytes>> answers_;
};

}  // namespace culvert::crypto::fuzz
