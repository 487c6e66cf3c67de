// Collects what a key file holds while it is read. For the sources of crypto/keys only.
#pragma once

#include <string>
#include <vector>

#include "crypto/base/result.h"
#include "crypto/keys/files/key_bundle.h"

namespace culvert::crypto {

class FoundInFile {
 public:
  // An unreadable key or certificate, or one of a kind that is not used, is recorded and left out:
  // it must not spoil the rest. An Error is about the whole file: it holds too many, or the
  // password is missing or wrong.
  Status add_key(Result<PrivateKey> key, Bytes local_id = {}, std::string name = {});
  Status add_certificate(ByteView der, Bytes local_id = {}, std::string name = {});
  // Adds a certificate whose octets could not be decoded.
  Status add_unread_certificate(Error error);

  // Records what the file protects badly. The first call counts.
  void mark_weak(std::string_view why);

  // An Error that names each item if all of them were left out.
  Result<KeyBundle> bundle();
  // False if the file held nothing that looks like a key or a certificate.
  bool any() const { return keys_seen_ + certificates_seen_ > 0; }

 private:
  Error all_left_out() const;
  Status leave_out(std::string what, Error error);

  std::vector<FoundKey> keys_;
  std::vector<FoundCertificate> certificates_;
  std::vector<LeftOut> left_out_;
  std::string weakness_;
  std::size_t keys_seen_ = 0;
  std::size_t certificates_seen_ = 0;
};

}  // namespace culvert::crypto
