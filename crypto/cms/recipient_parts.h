// Parts that several kinds of RecipientInfo share.
#pragma once

#include <optional>

#include "crypto/base/result.h"
#include "crypto/cms/algorithms.h"
#include "crypto/cms/ber_reader.h"
#include "crypto/cms/refusal.h"

namespace culvert::crypto {

// A content key wrapped under another symmetric key. A longer one is no content key.
inline constexpr std::size_t kMaxWrappedKeyBytes = 256;

// KeyEncryptionAlgorithmIdentifier and EncryptedKey, the end of some kinds of recipient.
struct WrappedKey {
  AlgorithmName wrap;
  Bytes wrapped;
};
// Reads both and leaves the element that `in` is in. Demands the end of that element and of the
// input.
Result<WrappedKey> read_wrapped_key_at_end(BerReader& in);
inline constexpr std::size_t kMaxUkmBytes = 1024;

// A key wrap, and the AlgorithmIdentifier that names it, in DER. The name goes into derivations
// with its parameters as they were sent.
struct Wrap {
  const WrapRow* row;
  Bytes name;
};

// `unsupported-recipient` for a wrap that is not in the table or weaker than `least`,
// `bad-key-parameters` for parameters other than absent or NULL.
Result<Wrap> wrap_of(const AlgorithmName& algorithm, Strength least = Strength::strong);
// The same for what we write: without parameters.
Wrap wrap_named(const WrapRow& row);

// [number] EXPLICIT UserKeyingMaterial OPTIONAL, if it is the next element. An empty one is not the
// same as none.
Result<std::optional<Bytes>> read_ukm(BerReader& from, std::uint8_t identifier);

// An INTEGER that is not negative. One beyond 64 bits is read as the largest number.
Result<std::uint64_t> read_count(BerReader& from);

// The error for `ring_error`, which a key ring gave: the same fault, and the word of the refusal if
// it is permanent.
Error refuse_for(Refusal refusal, const Error& ring_error);

}  // namespace culvert::crypto
