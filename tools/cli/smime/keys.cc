#include "tools/cli/smime/keys.h"

#include <algorithm>
#include <utility>

#include "crypto/base/log.h"
#include "crypto/cms/certs_only.h"
#include "crypto/keys/chain.h"
#include "crypto/keys/files/key_file.h"
#include "crypto/keys/mail_use.h"
#include "crypto/keys/rsa_transport.h"
#include "crypto/smime/cms_input.h"
#include "tools/cli/smime/files.h"
#include "tools/cli/smime/options.h"
#include "tools/cli/standard_streams.h"

namespace culvert::cli {
namespace {

Error about(const std::string& file, Error error) {
  error.text = "'" + printable(file, 80) + "': " + error.text;
  return error;
}

// Tells people on standard error, because the command goes on without these.
void tell_left_out(const std::string& file, const std::vector<crypto::LeftOut>& left_out) {
  for (const crypto::LeftOut& one : left_out) {
    tell_people("note: '" + printable(file, 80) + "': " + one.what +
                " is left out: " + crypto::reason_in_words(one.error) + "\n");
  }
}

crypto::OldForms old_forms_of(const Arguments& arguments) {
  return arguments.has("--legacy") ? crypto::OldForms::read : crypto::OldForms::refuse;
}

void tell_notes(const std::string& file, const crypto::KeyBundle& bundle) {
  tell_left_out(file, bundle.left_out);
  if (bundle.weakness.empty()) return;
  tell_people("note: '" + printable(file, 80) + "': " + bundle.weakness + "\n");
}

Result<crypto::KeyBundle> read_bundle(const Arguments& arguments, const std::string& file,
                                      const std::optional<SecretBytes>& password) {
  const auto text = read_small_file(file, crypto::kMaxKeyFileBytes);
  if (!text) return text.error();
  std::optional<std::string_view> opens;
  if (password) opens = as_text(password->view());
  auto bundle = crypto::read_key_file(text->view(), opens, old_forms_of(arguments));
  if (!bundle) return about(file, bundle.error());
  tell_notes(file, *bundle);
  return bundle;
}

// The certificates of a CMS object without signers, in any wrapping; an Error for anything else.
Result<crypto::CertificateList> read_pkcs7(ByteView text) {
  ViewSource source(text);
  const auto cms = crypto::CmsInput::open(source, crypto::PemLabels::cms_certificate);
  if (!cms) return cms.error();
  return crypto::read_certificate_list((*cms)->der(), crypto::kMaxBundledCertificates);
}

// All certificates in a file of keys.
Result<std::vector<crypto::Certificate>> read_key_certificates(const Arguments& arguments,
                                                               const std::string& file,
                                                               ByteView text) {
  const auto bundle = crypto::read_key_file(text, std::nullopt, old_forms_of(arguments));
  if (!bundle) return about(file, bundle.error());
  tell_notes(file, *bundle);
  std::vector<crypto::Certificate> all;
  for (const crypto::BundledKey& key : bundle->keys)
    all.insert(all.end(), key.certificates.begin(), key.certificates.end());
  all.insert(all.end(), bundle->others.begin(), bundle->others.end());
  return all;
}

// Every key that was given, each with its certificates.
struct GivenKeys {
  std::vector<crypto::BundledKey> keys;
  std::vector<crypto::Certificate> named;  // from --cert
  std::vector<crypto::Certificate> others;
};

// Certificates for the key from --cert come before those that its file ties to it.
void add_given_certificates(const GivenKeys& given, crypto::BundledKey& key) {
  std::vector<crypto::Certificate> own;
  for (const auto* group : {&given.named, &std::as_const(key.certificates), &given.others}) {
    for (const crypto::Certificate& one : *group) {
      const bool is_there = std::find(own.begin(), own.end(), one) != own.end();
      if (!is_there && key.key.belongs_to(one)) own.push_back(one);
    }
  }
  key.certificates = std::move(own);
}

// A key is useless if none of its certificates may be used.
Status check_usable(const crypto::BundledKey& key) {
  const auto& all = key.certificates;
  const bool is_usable = all.empty() || std::any_of(all.begin(), all.end(), [](const auto& one) {
                           return one.objection().empty();
                         });
  if (is_usable) return done();
  return permanent_error("usage-not-allowed", "the certificate of " + all.front().shown_name() +
                                                  " cannot be used: " + all.front().objection());
}

Result<GivenKeys> given_keys(const Arguments& arguments, const std::optional<SecretBytes>& password,
                             const KeyOptionNames& names = {}) {
  GivenKeys given;
  auto certificates = given_certificates(arguments, names.certificate);
  if (!certificates) return certificates.error();
  given.named = *std::move(certificates);
  for (const std::string& file : arguments.all(names.key)) {
    auto bundle = read_bundle(arguments, file, password);
    if (!bundle) return bundle.error();
    if (bundle->keys.empty()) {
      return usage_error("'" + printable(file, 80) + "' holds no private key");
    }
    given.others.insert(given.others.end(), bundle->others.begin(), bundle->others.end());
    for (crypto::BundledKey& key : bundle->keys)
      given.keys.push_back(std::move(key));
  }
  for (crypto::BundledKey& key : given.keys) {
    add_given_certificates(given, key);
    if (const Status usable = check_usable(key); !usable) return usable.error();
  }
  return given;
}

std::string subject_of(const crypto::BundledKey& key) {
  return key.certificates.empty() ? "one without certificate"
                                  : key.certificates.front().subject_text();
}

// The only key, or the one of several that has a certificate in --cert.
Result<crypto::BundledKey> chosen_key(GivenKeys& given, const KeyOptionNames& names) {
  if (given.keys.empty()) {
    return usage_error("give a key to sign with (" + std::string(names.key) + " FILE)");
  }
  if (given.keys.size() == 1) return std::move(given.keys.front());
  std::string subjects;
  std::vector<crypto::BundledKey*> chosen;
  for (crypto::BundledKey& key : given.keys) {
    subjects += (subjects.empty() ? "" : "; ") + subject_of(key);
    const bool is_named =
        std::any_of(given.named.begin(), given.named.end(),
                    [&](const crypto::Certificate& one) { return key.key.belongs_to(one); });
    if (is_named) chosen.push_back(&key);
  }
  if (chosen.size() == 1) return std::move(*chosen.front());
  return usage_error(std::string(names.key) + " holds " + std::to_string(given.keys.size()) +
                     " private keys; say which one by its certificate alone (" +
                     std::string(names.certificate) + " FILE): " + subjects);
}

Error no_certificate_for_key(const KeyOptionNames& names) {
  return usage_error("no certificate in " + std::string(names.certificate) + " is for the key in " +
                     std::string(names.key));
}

Error no_certificate(const KeyOptionNames& names) {
  return usage_error("no certificate for the key was given (" + std::string(names.certificate) +
                     " FILE)");
}

// True if --cert holds a certificate of somebody else and none for the key: a mistake. Issuers in
// --cert are not a mistake; they only go with the signature.
bool names_another(const std::vector<crypto::Certificate>& named, const crypto::PrivateKey& key) {
  const auto is_own = [&](const crypto::Certificate& one) { return key.belongs_to(one); };
  return std::none_of(named.begin(), named.end(), is_own) &&
         std::any_of(named.begin(), named.end(), [](const auto& one) { return !one.is_ca(); });
}

// The first certificate that may sign now: a file often still holds one that was renewed. If --cert
// gives certificates for the key, only they count.
crypto::Certificate best_certificate(const crypto::BundledKey& key,
                                     const std::vector<crypto::Certificate>& named) {
  const Time now = SystemClock().now();
  const auto is_named = [&](const crypto::Certificate& one) {
    return std::find(named.begin(), named.end(), one) != named.end();
  };
  const auto& all = key.certificates;
  const bool has_named = std::any_of(all.begin(), all.end(), is_named);
  const auto found = std::find_if(all.begin(), all.end(), [&](const crypto::Certificate& one) {
    return (!has_named || is_named(one)) && check_signer(one, now).ok();
  });
  return found == all.end() ? all.front() : *found;
}

}  // namespace

Result<std::vector<crypto::Certificate>> certificates_in(const Arguments& arguments,
                                                         const std::string& file) {
  const auto text = read_small_file(file, crypto::kMaxKeyFileBytes);
  if (!text) return text.error();
  std::vector<crypto::Certificate> all;
  if (auto pkcs7 = read_pkcs7(text->view())) {
    tell_left_out(file, pkcs7->left_out);
    all = std::move(pkcs7->certificates);
  } else {
    auto found = read_key_certificates(arguments, file, text->view());
    if (!found) return found.error();
    all = *std::move(found);
  }
  if (!all.empty()) return all;
  return usage_error("'" + printable(file, 80) + "' holds no certificate that can be used");
}

Result<std::vector<crypto::Certificate>> given_certificates(const Arguments& arguments,
                                                            std::string_view option) {
  std::vector<crypto::Certificate> all;
  for (const std::string& file : arguments.all(option)) {
    auto found = certificates_in(arguments, file);
    if (!found) return found.error();
    all.insert(all.end(), found->begin(), found->end());
  }
  return all;
}

Result<GivenSigner> given_signer(const Arguments& arguments, const KeyOptionNames& names) {
  const auto password = given_password(arguments);
  if (!password) return password.error();
  auto given = given_keys(arguments, *password, names);
  if (!given) return given.error();
  auto key = chosen_key(*given, names);
  if (!key) return key.error();
  if (key->certificates.empty()) {
    return arguments.has(names.certificate) ? no_certificate_for_key(names) : no_certificate(names);
  }
  if (names_another(given->named, key->key)) return no_certificate_for_key(names);
  const crypto::Certificate certificate = best_certificate(*key, given->named);
  std::vector<crypto::Certificate> others = std::move(given->named);
  others.insert(others.end(), given->others.begin(), given->others.end());
  std::erase(others, certificate);
  return GivenSigner{std::move(key->key), certificate, std::move(others)};
}

Status check_size(const crypto::Certificate& certificate) {
  const bool is_rsa = certificate.key_kind() == crypto::KeyKind::rsa ||
                      certificate.key_kind() == crypto::KeyKind::rsa_pss;
  const std::size_t bits = certificate.key_bits();
  if (!is_rsa || (bits >= crypto::kMinRsaBitsWritten && bits <= crypto::kMaxRsaBitsWritten)) {
    return done();
  }
  return permanent_error(
      "bad-key-size", "the certificate of " + certificate.shown_name() + " has an RSA key of " +
                          std::to_string(bits) + " bits, and RSA keys that sign or are " +
                          "encrypted to must have " + std::to_string(crypto::kMinRsaBitsWritten) +
                          " to " + std::to_string(crypto::kMaxRsaBitsWritten) + " bits");
}

Status check_signer(const crypto::Certificate& certificate, Time now) {
  if (!certificate.valid_at(now)) return crypto::certificate_expired(certificate);
  if (const std::string why = crypto::objection_to_own_signer(certificate); !why.empty()) {
    return permanent_error("usage-not-allowed", "the certificate of " + certificate.shown_name() +
                                                    " is not meant for signing mail: " + why);
  }
  return check_size(certificate);
}

Status add_given_keys(const Arguments& arguments, crypto::MemoryKeyRing& ring) {
  if (arguments.has("--cert") && !arguments.has("--key")) {
    return usage_error("--cert is for a key: give that too (--key FILE)");
  }
  auto password = given_password(arguments);
  if (!password) return password.error();
  const auto given = given_keys(arguments, *password);
  if (!given) return given.error();
  const bool is_named = std::any_of(given->keys.begin(), given->keys.end(),
                                    [](const auto& key) { return !key.certificates.empty(); });
  if (arguments.has("--cert") && !is_named) return no_certificate_for_key({});
  for (const crypto::BundledKey& key : given->keys) {
    // With --cert, a key without a certificate was not chosen.
    const bool is_bare = key.certificates.empty() && !arguments.has("--cert");
    if (is_bare) ring.add_bare_key(key.key, crypto::ContentRule::any);
    for (const crypto::Certificate& certificate : key.certificates) {
      const Status added = ring.add(key.key, certificate, crypto::ContentRule::any);
      if (!added) return added;
    }
  }
  const auto shared = given_shared_keys(arguments);
  if (!shared) return shared.error();
  for (const crypto::SharedKey& key : *shared)
    ring.add_shared_key(key.identifier, key.key->clone());
  if (*password && !(*password)->empty()) ring.set_password(**std::move(password));
  return done();
}

}  // namespace culvert::cli
