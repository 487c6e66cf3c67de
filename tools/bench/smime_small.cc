// Measures how many messages of 10 KB one thread seals and opens in a second, as between peers:
// signed (opaque), encrypted (AES-256-GCM), in base64; read layer by layer with a verdict each.
//
//     culvert-bench-smime SECONDS FOLDER
//
// FOLDER holds p256.pem, p256.key, rsa.pem and rsa.key. Prints a line of JSON for each combination.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "crypto/base/clock.h"
#include "crypto/keys/files/pem_key.h"
#include "crypto/keys/memory_key_ring.h"
#include "crypto/smime/encrypt.h"
#include "crypto/smime/opened.h"
#include "crypto/smime/profile.h"
#include "crypto/smime/sign.h"

namespace culvert::bench {
namespace {

using crypto::Certificate;
using crypto::OpenedMessage;
using crypto::Wrapping;

constexpr std::size_t kMessageOctets = 10'000;
constexpr std::string_view kBinaryEntity =
    "Content-Type: application/pkcs7-mime; smime-type=signed-data; name=\"smime.p7m\"\r\n"
    "Content-Transfer-Encoding: binary\r\n\r\n";

template <typename T>
T must(Result<T> result, const char* what) {
  if (result) return *std::move(result);
  std::fprintf(stderr, "culvert-bench-smime: %s: %s\n", what, result.error().text.c_str());
  std::exit(1);
}
void must(const Status& status, const char* what) {
  if (status) return;
  std::fprintf(stderr, "culvert-bench-smime: %s: %s\n", what, status.error().text.c_str());
  std::exit(1);
}

std::string text_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

struct Identity {
  Identity(const std::string& folder, const std::string& name)
      : key(must(crypto::private_key_from_pem(text_of(folder + "/" + name + ".key")), "the key")),
        certificate(must(Certificate::from_pem(text_of(folder + "/" + name + ".pem")),
                         "the certificate")) {}
  crypto::PrivateKey key;
  Certificate certificate;
};

struct Combination {
  const char* signer_name;
  const Identity& signer;
  const char* recipient_name;
  const Identity& recipient;
  Wrapping inner;  // der: binary
};

Bytes message() {
  std::string text = "Content-Type: text/plain\r\n\r\n";
  while (text.size() < kMessageOctets)
    text += std::string(74, 'x') + "\r\n";
  text.resize(kMessageOctets, 'x');
  return to_bytes(text);
}

Bytes seal(ByteView content, const Combination& of, const crypto::KeyRing& keys) {
  crypto::SignRequest sign{
      {of.signer.key.key_id(), of.signer.certificate, SystemClock().now()}, of.inner, {}};
  sign.options.content = crypto::SigningOptions::Content::opaque;
  Bytes entity = of.inner == Wrapping::der ? to_bytes(kBinaryEntity) : Bytes();
  BytesSink signed_form(entity);
  ViewSource source(content);
  must(crypto::sign(source, keys, sign, signed_form), "signing");
  Bytes sealed;
  BytesSink sink(sealed);
  ViewSource inner(entity);
  must(crypto::encrypt(
           inner,
           {crypto::enveloped_options(crypto::Profile::modern, {of.recipient.certificate}),
            Wrapping::mime,
            {}},
           sink),
       "sealing");
  return sealed;
}

void open(ByteView sealed, ByteView content, const crypto::OpenRequest& request) {
  ViewSource source(sealed);
  const auto opened = must(OpenedMessage::open(source, request), "opening");
  if (!opened->is_signed() || !opened->is_encrypted()) std::abort();
  const Bytes got = must(read_all(opened->content(), kMessageOctets), "the content");
  if (as_text(got) != as_text(content)) std::abort();
}

// Calls `work` again and again for the `wanted` time. Returns the calls per second.
template <typename Work>
double rate(std::chrono::duration<double> wanted, Work work) {
  const auto start = std::chrono::steady_clock::now();
  std::chrono::duration<double> passed{};
  int count = 0;
  do {
    work();
    ++count;
    passed = std::chrono::steady_clock::now() - start;
  } while (passed < wanted);
  return count / passed.count();
}

void measure(const Combination& one, std::chrono::duration<double> wanted) {
  crypto::MemoryKeyRing keys;
  must(keys.add(one.signer.key, one.signer.certificate, crypto::ContentRule::any), "the keys");
  must(keys.add(one.recipient.key, one.recipient.certificate, crypto::ContentRule::any),
       "the keys");
  const crypto::Trust trust{{one.signer.certificate}, SystemClock().now()};
  const Bytes content = message();
  const Bytes sealed = seal(content, one, keys);
  const double seals = rate(wanted, [&] { (void)seal(content, one, keys); });
  const double opens = rate(wanted, [&] { open(sealed, content, {keys, trust}); });
  std::printf(
      "{\"signer\": \"%s\", \"recipient\": \"%s\", \"inner\": \"%s\", \"seal\": %.0f, "
      "\"open\": %.0f}\n",
      one.signer_name, one.recipient_name, one.inner == Wrapping::der ? "binary" : "base64", seals,
      opens);
  std::fflush(stdout);
}

void run(std::chrono::duration<double> wanted, const std::string& folder) {
  const Identity p256(folder, "p256");
  const Identity rsa(folder, "rsa");
  for (const Combination& one :
       {Combination{"P-256", p256, "P-256 ECDH", p256, Wrapping::mime},
        Combination{"P-256", p256, "P-256 ECDH", p256, Wrapping::der},
        Combination{"P-256", p256, "RSA-3072 OAEP", rsa, Wrapping::mime},
        Combination{"RSA-3072", rsa, "RSA-3072 OAEP", rsa, Wrapping::mime}}) {
    measure(one, wanted);
  }
}

}  // namespace
}  // namespace culvert::bench

int main(int count, char** words) {
  if (count != 3) {
    std::fputs("usage: culvert-bench-smime SECONDS FOLDER\n", stderr);
    return 2;
  }
  culvert::bench::run(std::chrono::duration<double>(std::atof(words[1])), words[2]);
  return 0;
}
