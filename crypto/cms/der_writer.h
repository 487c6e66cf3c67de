// Builds DER (X.690, 10) from the inside out: each function returns one whole element. For the
// small parts of CMS; content itself goes through the writers as a stream.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/clock.h"
#include "crypto/cms/asn1_tag.h"
#include "crypto/cms/oid.h"

namespace culvert::crypto {

// Identifier and length octets for `length` octets of content.
void append_der_header(Bytes& to, std::uint8_t identifier, std::uint64_t length);
// How many octets that header has.
std::size_t der_header_size(std::uint64_t length);

// An element whose content is the parts one after the other.
Bytes der(std::uint8_t identifier, std::initializer_list<ByteView> parts);
Bytes der_sequence(std::initializer_list<ByteView> parts);
// A SET OF under `identifier` (kTagSet, or an implicit tag), sorted as DER demands.
Bytes der_set_of(std::vector<Bytes> elements, std::uint8_t identifier = kTagSet);
// A small number, not negative.
Bytes der_integer(std::uint32_t value);
Bytes der_oid(const Oid& oid);
Bytes der_octet_string(ByteView content);
// UTCTime or GeneralizedTime, by the year (RFC 5652, 11.3).
Bytes der_time(Time t);
// AlgorithmIdentifier without parameters.
Bytes der_algorithm(const Oid& oid);

// The octets that begin a constructed element of indefinite length, and that end one.
void append_indefinite(Bytes& to, std::uint8_t identifier);
void append_end(Bytes& to, int levels);

}  // namespace culvert::crypto
