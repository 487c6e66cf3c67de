// Parts of the message record that other records share. For files of this folder.
#pragma once

#include "store/messages.h"
#include "store/record.h"

namespace culvert::store {

// A field that holds an id. An absent or malformed one makes the record bad.
MessageId read_message_id(RecordReader& in, std::uint32_t number);

// The body of an encoded message, without decoding the rest. internal `damaged-record`.
Result<BodyRef> decode_body_ref(ByteView message_record);

}  // namespace culvert::store
