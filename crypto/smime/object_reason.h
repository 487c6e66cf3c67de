// What an object is that cannot be verified or opened, for the person who tries: read again,
// without any key. Names in the texts are a stranger's, printable and bounded. Any thread, one call
// per stream.
#pragma once

#include <string>

#include "crypto/base/result.h"
#include "crypto/base/stream.h"

namespace culvert::crypto {

// Done for content that is an entity or another object of S/MIME (RFC 8551, 2.4), by the dotted OID
// of its type. A signature over what belongs to another protocol, a time stamp perhaps, says
// nothing about a mail: permanent `content-type-mismatch`, which names it.
Status check_mail_content(const std::string& content_type);

// For an object `der` that signs nothing in itself, whose error is `content-missing` or
// `no-signers`: whether it holds certificates only, is a detached signature, or is damaged behind
// its head. `error` as it is for any other.
Error explain_unsigned(Error error, RewindableSource& der);

// For `no-key` of the sealed object `der`: adds for whom it is sealed. `error` as it is for any
// other.
Error explain_no_key(Error error, RewindableSource& der);

// True if the content type says that the content is an object of its own: not data, which is
// anything, and not another protocol's.
bool is_object_type(const std::string& content_type);

// `content-type-mismatch`: content is no object of the type that is said.
Error not_of_type(const std::string& content_type);

// Whether signed content of an is_object_type is such an object, as a ContentInfo or by itself (RFC
// 5652, 5.2). `content` is at its beginning and read to its end. permanent `content-type-mismatch`.
Status check_object_in(const std::string& content_type, Source& content);

}  // namespace culvert::crypto
