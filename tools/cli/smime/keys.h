// Keys and certificates that the smime commands are given, in files of any usual form.
#pragma once

#include <string>
#include <vector>

#include "crypto/cms/recipient.h"
#include "crypto/keys/memory_key_ring.h"
#include "tools/cli/command.h"

namespace culvert::cli {

// All certificates in a file, at least one: PEM, DER, PKCS#7 or PKCS#12 without a password. One
// that cannot be read is named on standard error, and the rest counts. A usage error for a file
// that holds none.
Result<std::vector<crypto::Certificate>> certificates_in(const Arguments& arguments,
                                                         const std::string& file);

// Those in all files of that option.
Result<std::vector<crypto::Certificate>> given_certificates(const Arguments& arguments,
                                                            std::string_view option);

// A key that signs, with its certificate.
struct GivenSigner {
  crypto::PrivateKey key;
  crypto::Certificate certificate;
  std::vector<crypto::Certificate> others;  // in the same files; may be a chain
};
// The key of --key and its certificate out of --cert or the same file; --password-file opens it. Of
// several keys --cert says which; of several certificates for it the one in --cert counts.
// permanent errors of read_key_file; a usage error if one is missing or they do not fit. The
// options may have other names.
struct KeyOptionNames {
  std::string_view key = "--key";
  std::string_view certificate = "--cert";
};
Result<GivenSigner> given_signer(const Arguments& arguments, const KeyOptionNames& names = {});
// Whether its key is of a size that this program signs with and encrypts to; other than RSA keys
// are. permanent `bad-key-size`.
Status check_size(const crypto::Certificate& certificate);
// No reader would believe what a certificate signs that is not valid now, or not for signing mail.
// permanent `certificate-expired`, `usage-not-allowed`, `bad-key-size`.
Status check_signer(const crypto::Certificate& certificate, Time now);

// Puts into `ring` the keys of every --key with the certificates in the same file or in --cert,
// or else to be tried on every recipient; every --kek, and the password of --password-file, which
// also opens the files.
Status add_given_keys(const Arguments& arguments, crypto::MemoryKeyRing& ring);

// The keys of every --kek, `ID:HEXFILE`: an identifier in hexadecimal, and a file that holds the
// key's 16, 24 or 32 octets in hexadecimal.
Result<std::vector<crypto::SharedKey>> given_shared_keys(const Arguments& arguments);

// Puts into `ring` the tunnel encryption keys of the node that the configuration names.
Status add_node_keys(const Arguments& arguments, crypto::MemoryKeyRing& ring);

}  // namespace culvert::cli
