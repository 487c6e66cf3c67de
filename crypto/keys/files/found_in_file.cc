#include "crypto/keys/files/found_in_file.h"

#include <algorithm>

#include "crypto/keys/certificate_fields.h"
#include "crypto/keys/key_file_error.h"

namespace culvert::crypto {
namespace {

constexpr std::size_t kMaxToldLeftOut = 10;

// True if it is about one key or certificate, not about the password or the cost of the file.
bool is_about_one(const Error& error) {
  return error.code == "bad-key" || error.code == kKeyNotSupported || error.code == "bad-pem" ||
         error.code == "bad-certificate";
}

}  // namespace

Status FoundInFile::leave_out(std::string what, Error error) {
  if (!is_about_one(error)) return error;
  left_out_.push_back({std::move(what), std::move(error)});
  return done();
}

Status FoundInFile::add_key(Result<PrivateKey> key, Bytes local_id, std::string name) {
  if (++keys_seen_ > kMaxBundledKeys) return bad_key_file("it holds too many keys");
  if (!key) return leave_out("private key " + std::to_string(keys_seen_), key.error());
  if (key->kind() == KeyKind::other) {
    return leave_out("private key " + std::to_string(keys_seen_),
                     key_not_supported("keys of its kind are not supported"));
  }
  keys_.push_back({*std::move(key), std::move(local_id), std::move(name)});
  return done();
}

Status FoundInFile::add_certificate(ByteView der, Bytes local_id, std::string name) {
  if (++certificates_seen_ > kMaxBundledCertificates) {
    return bad_key_file("it holds too many certificates");
  }
  auto certificate = Certificate::from_der(der);
  if (!certificate) {
    return leave_out(certificate_in_words(certificates_seen_, der), certificate.error());
  }
  certificates_.push_back({*std::move(certificate), std::move(local_id), std::move(name)});
  return done();
}

Status FoundInFile::add_unread_certificate(Error error) {
  if (++certificates_seen_ > kMaxBundledCertificates) {
    return bad_key_file("it holds too many certificates");
  }
  return leave_out(certificate_in_words(certificates_seen_, {}), std::move(error));
}

void FoundInFile::mark_weak(std::string_view why) {
  if (weakness_.empty()) weakness_ = why;
}

// A single key needs no number.
Error FoundInFile::all_left_out() const {
  Error all = left_out_.front().error;
  if (left_out_.size() == 1 && certificates_seen_ == 0) return all;
  all.text.clear();
  all.detail.clear();
  for (std::size_t i = 0; i < std::min(left_out_.size(), kMaxToldLeftOut); ++i) {
    all.text +=
        (i == 0 ? "" : "; ") + left_out_[i].what + ": " + reason_in_words(left_out_[i].error);
  }
  if (left_out_.size() > kMaxToldLeftOut) {
    all.text += "; and " + std::to_string(left_out_.size() - kMaxToldLeftOut) + " more";
  }
  return all;
}

Result<KeyBundle> FoundInFile::bundle() {
  if (keys_.empty() && certificates_.empty() && !left_out_.empty()) {
    return all_left_out();
  }
  KeyBundle all = bundle_of(std::move(keys_), certificates_);
  all.left_out = std::move(left_out_);
  all.weakness = std::move(weakness_);
  return all;
}

}  // namespace culvert::crypto
