// `culvert smime encrypt`: encrypts a file or a stream.
#include "crypto/smime/encrypt.h"

#include <algorithm>
#include <array>

#include "crypto/base/log.h"
#include "crypto/keys/chain.h"
#include "crypto/keys/mail_use.h"
#include "crypto/mime/entity.h"
#include "crypto/smime/message.h"
#include "crypto/smime/profile.h"
#include "tools/cli/commands.h"
#include "tools/cli/smime/author.h"
#include "tools/cli/smime/entity.h"
#include "tools/cli/smime/files.h"
#include "tools/cli/smime/keys.h"
#include "tools/cli/smime/options.h"

namespace culvert::cli {
namespace {

// The ciphers that every program that knows the form can open. Others are only read.
constexpr std::array<std::string_view, 4> kWritten{"aes256-gcm", "aes128-gcm", "aes256-cbc",
                                                   "aes128-cbc"};
constexpr std::string_view kCiphers = "aes256-gcm, aes128-gcm, aes256-cbc or aes128-cbc";

// A file often holds more than the recipient's certificate: the authority's, one that only signs,
// one for TLS. No possible recipient is left out silently, so an expired certificate refuses the
// file.
Result<std::vector<crypto::Certificate>> recipients_in(const Arguments& arguments,
                                                       const std::string& file, Time now) {
  auto found = certificates_in(arguments, file);
  if (!found) return found.error();
  for (const crypto::Certificate& one : *found) {
    if (one.is_ca() || one.objection().empty()) continue;
    return permanent_error("usage-not-allowed", "the certificate of " + one.shown_name() +
                                                    " cannot be used: " + one.objection());
  }
  const crypto::Certificate first = found->front();
  std::erase_if(*found, [](const crypto::Certificate& one) {
    return !crypto::objection_to_recipient(one).empty();
  });
  if (found->empty()) {
    return permanent_error("usage-not-allowed",
                           "the certificate of " + first.shown_name() +
                               " is not meant for encryption: " + objection_to_recipient(first));
  }
  for (const crypto::Certificate& one : *found) {
    if (!one.valid_at(now)) return crypto::certificate_expired(one);
    if (const Status fits = check_size(one); !fits) return fits.error();
  }
  return found;
}

Result<std::vector<crypto::Recipient>> recipients_of(const Arguments& arguments) {
  const auto shared = given_shared_keys(arguments);
  if (!shared) return shared.error();
  std::vector<crypto::Recipient> recipients(shared->begin(), shared->end());
  const Time now = SystemClock().now();
  for (const std::string& file : arguments.all("--to")) {
    const auto found = recipients_in(arguments, file, now);
    if (!found) return found.error();
    recipients.insert(recipients.end(), found->begin(), found->end());
  }
  if (recipients.empty()) return usage_error("say for whom: --to FILE, or --kek ID:HEXFILE");
  return recipients;
}

Result<crypto::EnvelopedOptions> options_of(const Arguments& arguments) {
  const auto profile = given_profile(arguments);
  if (!profile) return profile.error();
  auto recipients = recipients_of(arguments);
  if (!recipients) return recipients.error();
  crypto::EnvelopedOptions options = crypto::enveloped_options(*profile, *std::move(recipients));
  if (const auto name = arguments.value("--cipher")) {
    if (std::find(kWritten.begin(), kWritten.end(), *name) == kWritten.end()) {
      return usage_error("--cipher takes " + std::string(kCiphers));
    }
    options.cipher = crypto::find_cipher_named(*name);
  }
  if (arguments.has("--oaep") && arguments.has("--pkcs1")) {
    return usage_error("give one of --oaep and --pkcs1");
  }
  using Scheme = crypto::RsaTransport::Scheme;
  if (arguments.has("--oaep")) options.keys.rsa.scheme = Scheme::oaep;
  if (arguments.has("--pkcs1")) options.keys.rsa.scheme = Scheme::pkcs1_v15;
  if (arguments.has("--derive-key")) options.derivation = crypto::KeyDerivation::hkdf_sha256;
  return options;
}

// Who signs the message that is encrypted, and how.
struct MessageSigner {
  crypto::MemoryKeyRing keys;
  std::optional<crypto::SigningOptions> options;
  crypto::LocalParts local_parts = crypto::LocalParts::as_written;
};

Status add_signer(const Arguments& arguments, MessageSigner& signing) {
  if (!arguments.has("--sign-key") && !arguments.has("--sign-cert")) return done();
  if (!arguments.has("--message"))
    return usage_error("--sign-key is for whole messages: --message");
  const auto profile = given_profile(arguments);
  if (!profile) return profile.error();
  const auto signer = given_signer(arguments, {"--sign-key", "--sign-cert"});
  if (!signer) return signer.error();
  const Time now = SystemClock().now();
  if (const Status good = check_signer(signer->certificate, now); !good) return good.error();
  auto options = crypto::signing_options(*profile, signer->certificate, now);
  if (!options) return usage_error(options.error().text);
  signing.options = *std::move(options);
  signing.options->chain = signer->others;
  signing.local_parts = given_local_parts(arguments);
  return signing.keys.add(signer->key, signer->certificate);
}

Status run(const crypto::EncryptRequest& request, RewindableSource& input, Sink& to) {
  if (request.wrapping != crypto::Wrapping::mime) return crypto::encrypt(input, request, to);
  const auto entity = EntitySource::open(input, EntityPlace::cms);
  if (!entity) return entity.error();
  return crypto::encrypt(**entity, request, to);
}

// A message that is signed already says that its header fields were in clear, so it is not wrapped
// again.
Status run_message(const crypto::EnvelopedOptions& options, const MessageSigner& signing,
                   RewindableSource& input, Sink& to) {
  const auto entity = EntitySource::open(input, EntityPlace::sealed_message);
  if (!entity) return entity.error();
  if (crypto::smime_form((*entity)->header()) != crypto::SmimeForm::none) {
    return permanent_error("already-smime",
                           "the message is signed or encrypted already: give the original, with "
                           "--sign-key to have it signed and encrypted");
  }
  // The mark would be removed, and nobody could see afterwards that signed content was changed.
  if (signing.options && (*entity)->had_byte_order_mark()) {
    return permanent_error(
        "byte-order-mark",
        "the message begins with a byte order mark (U+FEFF), which is no part of "
        "mail: save it without one (UTF-8 without BOM)");
  }
  if (signing.options) {
    warn_if_for_another(signing.options->certificate, (*entity)->header(), signing.local_parts);
  }
  return crypto::seal_message(**entity, signing.keys, {.sign = signing.options, .encrypt = options},
                              to);
}

Result<Report> encrypt_to(const Arguments& arguments, Sink& output) {
  auto options = options_of(arguments);
  if (!options) return options.error();
  const auto wrapping = wrapping_of(arguments);
  if (!wrapping) return wrapping.error();
  const bool is_message = arguments.has("--message");
  if (is_message && *wrapping != crypto::Wrapping::mime) {
    return usage_error("--message makes a message: leave --der and --pem out");
  }
  MessageSigner signing;
  if (const Status added = add_signer(arguments, signing); !added) return added.error();
  const auto input = open_stream(arguments.value("--in"));
  if (!input) return input.error();
  const Status made = is_message ? run_message(*options, signing, **input, output)
                                 : run({*std::move(options), *wrapping, {}}, **input, output);
  if (!made) return made.error();
  return Report{};
}

}  // namespace

Command smime_encrypt_command() {
  return {
      .name = "smime encrypt",
      .summary = "encrypts a file or a stream",
      .operands = {},
      .options = {kInOption,
                  kOutOption,
                  {"--to", "FILE…",
                   "certificates of the recipients: PEM, DER or PKCS#7; those in it that are not "
                   "for encryption, such as their authority's, are passed over"},
                  {"--kek", "ID:HEXFILE…",
                   "a key that both sides hold: its identifier and a file, both in hexadecimal"},
                  {"--cipher", "NAME", std::string(kCiphers) + "; default: the profile's"},
                  {"--oaep", "", "RSA-OAEP for RSA keys"},
                  {"--pkcs1", "", "PKCS#1 v1.5 for RSA keys, for old mail programs"},
                  {"--derive-key", "", "derive the content key as RFC 9709 says"},
                  kProfileOption,
                  kMessageOption,
                  {"--sign-key", "FILE", "with --message: the private key that signs it"},
                  {"--sign-cert", "FILE…", "its certificate, if that is not in the same file"},
                  kIgnoreCaseOption,
                  kPasswordOption,
                  kLegacyOption,
                  kDerOption,
                  kPemOption,
                  kSmimeOption},
      .detail =
          "An AEAD cipher makes AuthEnvelopedData, any other EnvelopedData, which every "
          "mail program opens but nothing authenticates. With --smime an entity or a message in "
          "text gets CRLF for its line ends in LF; what has no MIME header, or one that says "
          "binary, stays as it is. With --der and --pem all octets do. Without --message the "
          "result has no From, To or Subject.",
      .example = "culvert smime encrypt --message --to bob.pem --in mail.eml --out sealed.eml",
      .run = writes_output<Secrecy::sealed, encrypt_to>};
}

}  // namespace culvert::cli
