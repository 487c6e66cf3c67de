// The key wrap of password recipients (RFC 3211, 2.3; id-alg-PWRI-KEK) over AES in CBC mode.
#pragma once

#include "crypto/base/result.h"
#include "crypto/cms/algorithms.h"

namespace culvert::crypto {

// The cipher inside, as the parameters of id-alg-PWRI-KEK name it.
struct PasswordWrap {
  std::string_view engine;  // as Botan names it
  std::size_t key_bytes;
  Bytes vector;  // one block
};

// `unsupported-recipient` for another wrap, or another cipher than AES-CBC; `bad-key-parameters`
// for a missing cipher or vector, or one of a wrong length.
Result<PasswordWrap> read_password_wrap(const AlgorithmName& name);

// True for at least two blocks, all whole, as a wrapped key has.
bool is_password_wrapped(ByteView wrapped);

// The key of `key_bytes` octets in `wrapped`. `key-unwrap-failed` takes the same time whatever is
// wrong with it, including its size. `key` has the size that `wrap` needs.
Result<SecretBytes> unwrap_by_password(const PasswordWrap& wrap, const SecretBytes& key,
                                       ByteView wrapped, std::size_t key_bytes);

}  // namespace culvert::crypto
