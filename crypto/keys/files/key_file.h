// Reads private keys and certificates from a file of any usual form: PEM (RFC 7468) with any mix of
// blocks, DER of a key (RFC 5958) or a certificate (RFC 5280), PKCS#12 (RFC 7292). The octets tell
// the form, never the file name. Thread-safe.
//
// PEM blocks read: `PRIVATE KEY`, `ENCRYPTED PRIVATE KEY`, `RSA PRIVATE KEY`, `EC PRIVATE KEY`,
// `CERTIFICATE`, `X509 CERTIFICATE`, `PKCS12` and `PFX`; others are skipped. PKCS#7 is not read
// here: it is CMS.
#pragma once

#include <optional>
#include <string_view>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"
#include "crypto/keys/files/key_bundle.h"
#include "crypto/keys/files/old_forms.h"

namespace culvert::crypto {

// `octets` is the whole file, at most kMaxKeyFileBytes; it may be wiped after the call. `password`
// is UTF-8 and applies to everything in the file; nothing if there is none. A file that needs no
// password accepts any. The result has at least one key or certificate. One that cannot be used
// does not spoil the rest; the result names it. A stranger's file costs at most a second and
// 64 MiB. permanent, with one line that says what the file is and what is missing:
//   `password-needed`   something in it is encrypted, and no password was given
//   `wrong-password`    it is not the password, or the file was altered
//   `bad-password`      it is not UTF-8, or too long
//   `bad-key-file`, `bad-pem`, `bad-key`, `key-not-supported`, `bad-certificate`
//                       damaged, too large, or not supported
Result<KeyBundle> read_key_file(ByteView octets,
                                std::optional<std::string_view> password = std::nullopt,
                                OldForms old_forms = OldForms::refuse);

}  // namespace culvert::crypto
