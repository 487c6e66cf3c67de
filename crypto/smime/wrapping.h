// What a CMS object is kept in.
#pragma once

namespace culvert::crypto {

enum class Wrapping {
  der,
  pem,
  mime,              // application/pkcs7-mime
  multipart_signed,  // the object is a signature, its content stands beside it
};

}  // namespace culvert::crypto
