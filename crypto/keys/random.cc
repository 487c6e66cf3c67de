#include "crypto/keys/random.h"

#include <botan/system_rng.h>

#include <cstdio>
#include <cstdlib>
#include <exception>

namespace culvert::crypto {

void fill_random(MutableBytes into) {
  try {
    Botan::system_rng().randomize(into);
  } catch (const std::exception&) {
    std::fputs("culvert: the operating system gives no random octets\n", stderr);
    std::abort();
  }
}

Bytes random_bytes(std::size_t count) {
  Bytes out(count);
  fill_random(out);
  return out;
}

SecretBytes random_secret(std::size_t count) {
  SecretBytes out(count);
  fill_random(out.writable());
  return out;
}

}  // namespace culvert::crypto
