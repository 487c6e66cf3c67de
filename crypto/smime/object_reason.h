// Tells people what an object is that they could not verify or open. The object is read again,
// without any key. Names in the texts come from a stranger; they are printable and bounded. Any
// thread, one call per stream.
#pragma once

#include <string>

#include "crypto/base/result.h"
#include "crypto/base/stream.h"

namespace culvert::crypto {

// Done if content of this type (a dotted OID) is an entity or another object of S/MIME (RFC 8551,
// 2.4). A signature over content of another protocol, for example a time stamp, says nothing about
// a mail: permanent `content-type-mismatch`, which names the type.
Status check_mail_content(const std::string& content_type);

// For `content-missing` or `no-signers` of the object `der`: tells whether it holds only
// certificates, is a detached signature, or is damaged after its head. Any other `error` is
// returned as it is.
Error explain_unsigned(Error error, RewindableSource& der);

// For `no-key` of the sealed object `der`: adds for whom it is sealed. Any other `error` is
// returned as it is.
Error explain_no_key(Error error, RewindableSource& der);

// True if the content type says that the content is an object of its own: neither data, which can
// be anything, nor another protocol's.
bool is_object_type(const std::string& content_type);

// `content-type-mismatch`: the content is no object of the stated type.
Error not_of_type(const std::string& content_type);

// Whether signed content of an is_object_type is such an object, as a ContentInfo or by itself (RFC
// 5652, 5.2). `content` must be at its beginning and is read to its end. permanent
// `content-type-mismatch`.
Status check_object_in(const std::string& content_type, Source& content);

}  // namespace culvert::crypto
