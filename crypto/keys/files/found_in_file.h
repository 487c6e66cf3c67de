// What a file of keys holds, as it is met. For the sources of crypto/keys alone.
#pragma once

#include <string>
#include <vector>

#include "crypto/base/result.h"
#include "crypto/keys/files/key_bundle.h"

namespace culvert::crypto {

class FoundInFile {
 public:
  // One that cannot be read, or is of a kind that is not used, is kept in mind and left out: it
  // must not spoil the rest. An Error is about the whole file: there are too many, or the password
  // is missing or wrong.
  Status add_key(Result<PrivateKey> key, Bytes local_id = {}, std::string name = {});
  Status add_certificate(ByteView der, Bytes local_id = {}, std::string name = {});
  // A certificate whose octets could not be had.
  Status add_unread_certificate(Error error);

  // What the file protects badly; the first word counts.
  void mark_weak(std::string_view why);

  // An Error if all that was met is left out, which names each.
  Result<KeyBundle> bundle();
  // False if nothing was met that would be a key or a certificate.
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
