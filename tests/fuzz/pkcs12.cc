// Key files of every form under one password, with and without a MAC: what is read is written as
// PKCS#12 and read again as the same.
#include "crypto/keys/files/pkcs12.h"

#include <cstdlib>

#include "crypto/keys/files/key_file.h"

namespace culvert::crypto::fuzz {
namespace {

constexpr std::string_view kPassword = "secret";

void expect(bool good) {
  if (!good) std::abort();
}

void expect_equal(const KeyBundle& a, const KeyBundle& b) {
  expect(a.keys.size() == b.keys.size() && a.others == b.others);
  for (std::size_t i = 0; i < a.keys.size(); ++i) {
    expect(a.keys[i].key.key_id() == b.keys[i].key.key_id());
    expect(a.keys[i].certificates == b.keys[i].certificates);
    expect(a.keys[i].name == b.keys[i].name);
  }
}

void check(const Result<KeyBundle>& read) {
  if (!read || read->keys.size() > kMaxWrittenKeys) return;
  const auto written = write_pkcs12(*read, kPassword, 1);
  expect(written.ok());
  if (written->size() > kMaxKeyFileBytes) return;
  const auto again = read_pkcs12(*written, kPassword);
  expect(again.ok());
  expect_equal(*read, *again);
}

void check_input(ByteView input) {
  check(read_pkcs12(input, kPassword, OldForms::read));
  check(read_key_file(input, kPassword));
}

}  // namespace
}  // namespace culvert::crypto::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  culvert::crypto::fuzz::check_input({octets, size});
  return 0;
}
