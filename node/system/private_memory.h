// What lies in this process's memory (keys, mail) is nobody else's to read. Any thread.
#pragma once

namespace culvert::node {

// No core file, and no other process of the same user may look inside: whoever breaks into another
// service of that user does not get the keys of this one. Children do not inherit the second. Call
// once, before anything secret is read.
void keep_memory_private();

// Whether the system lets this process keep pages out of swap (LimitMEMLOCK of systemd, ulimit -l).
bool memory_can_be_locked();

}  // namespace culvert::node
