// Keeps this process's memory (keys, mail) from everybody else. Any thread.
#pragma once

namespace culvert::node {

// No core file, and no other process of the same user may look inside: whoever breaks into another
// service of that user does not get the keys of this one. Child processes do not inherit the second
// protection. Call once, before any secret is read.
void keep_memory_private();

// Whether the system lets this process keep pages out of swap (LimitMEMLOCK of systemd, ulimit -l).
bool memory_can_be_locked();

}  // namespace culvert::node
