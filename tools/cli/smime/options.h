// The command-line options that the smime commands share.
#pragma once

#include <optional>
#include <string>

#include "crypto/base/bytes.h"
#include "crypto/smime/profile.h"
#include "crypto/smime/trust.h"
#include "crypto/smime/wrapping.h"
#include "tools/cli/command.h"

namespace culvert::cli {

inline const Option kInOption{"--in", "FILE", "what to read; default: standard input"};
inline const Option kOutOption{"--out", "FILE",
                               "what to write; default: standard output. If the command "
                               "fails, no file of that name is left, not even an older one"};
inline const Option kDerOption{"--der", "", "write DER (BER if it is long)"};
inline const Option kPemOption{"--pem", "", "write PEM"};
inline const Option kSmimeOption{"--smime", "", "write a MIME entity (the default)"};
inline const Option kProfileOption{"--profile", "NAME",
                                   "algorithms: modern (the default), compatible or energy"};
inline const Option kPasswordOption{"--password-file", "FILE",
                                    "its first line is the password of what is encrypted with one"};
inline const Option kLegacyOption{"--legacy", "",
                                  "also read what protects nothing any more: PKCS#12 without a MAC "
                                  "or encrypted with RC4; for decrypt and inspect also content "
                                  "under RC2"};
inline const Option kMessageOption{
    "--message", "",
    "the input is a whole message: its header fields are protected inside (RFC 9788)"};

inline const Option kIgnoreCaseOption{
    "--ignore-case", "",
    "addresses that differ in capital and small letters before the @ are the same"};

// How --ignore-case says to compare local parts.
crypto::LocalParts given_local_parts(const Arguments& arguments);

// The profile of --profile, or modern. A usage error for an unknown name.
Result<crypto::Profile> given_profile(const Arguments& arguments);

// The wrapping that the flags ask for; a MIME entity without a flag. A usage error for two flags.
Result<crypto::Wrapping> wrapping_of(const Arguments& arguments);

// True if the result goes to standard output, where nothing else may go then.
bool writes_to_standard_output(const Arguments& arguments);

// The first line of the --password-file, without its line end; nothing if the option was not given.
// An empty line is the empty password, which some key files have. permanent `not-readable`,
// `too-large`.
Result<std::optional<SecretBytes>> given_password(const Arguments& arguments);

}  // namespace culvert::cli
