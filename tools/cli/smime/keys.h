// The keys and certificates given to the smime commands, in files of any usual form.
#pragma once

#include <string>
#include <vector>

#include "crypto/cms/recipient.h"
#include "crypto/keys/memory_key_ring.h"
#include "tools/cli/command.h"

namespace culvert::cli {

// All certificates in a file: PEM, DER, PKCS#7, or PKCS#12 without a password. A certificate that
// cannot be read is named on standard error and left out. A usage error if none is left.
Result<std::vector<crypto::Certificate>> certificates_in(const Arguments& arguments,
                                                         const std::string& file);

// The certificates in all files of that option.
Result<std::vector<crypto::Certificate>> given_certificates(const Arguments& arguments,
                                                            std::string_view option);

// A key that signs, with its certificate.
struct GivenSigner {
  crypto::PrivateKey key;
  crypto::Certificate certificate;
  std::vector<crypto::Certificate> others;  // in the same files; may be a chain
};
// The key of --key, and its certificate from --cert or the same file. --password-file opens the
// file. --cert chooses among several keys, and among several certificates for the key. permanent
// errors of read_key_file; a usage error if key or certificate is missing or they do not match. The
// options may have other names.
struct KeyOptionNames {
  std::string_view key = "--key";
  std::string_view certificate = "--cert";
};
Result<GivenSigner> given_signer(const Arguments& arguments, const KeyOptionNames& names = {});
// Checks that the key has a size with which this program signs and to which it encrypts. Only RSA
// keys can fail. permanent `bad-key-size`.
Status check_size(const crypto::Certificate& certificate);
// Checks that the certificate is valid now and may sign mail: otherwise no reader would believe the
// signature. permanent `certificate-expired`, `usage-not-allowed`, `bad-key-size`.
Status check_signer(const crypto::Certificate& certificate, Time now);

// Adds to `ring` the keys of every --key, every --kek, and the password of --password-file, which
// also opens the files. A key goes with its certificates in the same file or in --cert. Without
// --cert, a key that has no certificate is tried on every recipient.
Status add_given_keys(const Arguments& arguments, crypto::MemoryKeyRing& ring);

// The keys of every --kek, `ID:HEXFILE`: an identifier in hexadecimal, and a file with the 16, 24
// or 32 octets of the key in hexadecimal.
Result<std::vector<crypto::SharedKey>> given_shared_keys(const Arguments& arguments);

// Adds to `ring` the tunnel encryption keys of the configured node.
Status add_node_keys(const Arguments& arguments, crypto::MemoryKeyRing& ring);

}  // namespace culvert::cli
