// Disk space that is held ready behind the end of a file, by writing zeros there: what is written
// later takes the place of blocks that exist, so it cannot fail for want of space, and its fsync
// has no sizes to change. (On file systems that never overwrite in place it helps less.)
#pragma once

#include <cstdint>

namespace culvert::store {

// Makes the file at least `wanted_bytes` long, in steps; returns how long it is. When the disk is
// full that is less than wanted. Octets between the old end and the new one are zero; others are
// not touched. Only while nobody else writes to the file.
std::uint64_t reserve_up_to(int file, std::uint64_t wanted_bytes);

}  // namespace culvert::store
