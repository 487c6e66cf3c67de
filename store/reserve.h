// Disk space kept ready beyond the end of a file, by writing zeros there. Later writes go to blocks
// that exist, so they cannot fail for want of space, and their fsync has no sizes to change. (On
// file systems that never overwrite in place it helps less.)
#pragma once

#include <cstdint>

namespace culvert::store {

// Makes the file at least `wanted_bytes` long, in steps, and returns its length. If the disk is
// full, that is less than wanted. Octets between the old end and the new one are zero; others are
// not touched. Call it only while nobody else writes to the file.
std::uint64_t reserve_up_to(int file, std::uint64_t wanted_bytes);

}  // namespace culvert::store
