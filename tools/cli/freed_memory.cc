// Overwrites memory before this program frees it: the first kWipedBytes of every block. Mail passes
// through many layers (sockets, MIME, base64, CMS, SMTP), and key files through some. Each copy
// would stay readable in the heap until something else overwrites it. One place for all of them is
// the only one that nobody can forget. Wiping large blocks whole costs 5 % of all processor time
// (measured); this limit costs nothing that can be measured. An ordinary mail leaves nothing, a
// large one leaves pieces of its middle. The replacements are those of the C++ standard
// ([new.delete]), with the nothrow forms, because a sanitizer brings its own forms for those that a
// program leaves out. Memory that C libraries allocate is not touched, nor what Botan's own
// allocator and SecretBytes wipe already.
#include <malloc.h>
#include <string.h>

#include <algorithm>
#include <cstdlib>
#include <new>

namespace {

// Of each block.
constexpr std::size_t kWipedBytes = 16 * 1024;

void* allocate(std::size_t size) {
  while (true) {
    if (void* const block = std::malloc(size == 0 ? 1 : size)) return block;
    const std::new_handler handler = std::get_new_handler();
    if (handler == nullptr) throw std::bad_alloc();
    handler();
  }
}

void* try_to_allocate(std::size_t size) noexcept {
  try {
    return allocate(size);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

void release(void* block, std::size_t size) noexcept {
  ::explicit_bzero(block, std::min(size, kWipedBytes));
  std::free(block);
}

// For a delete that does not pass the size: takes the size of the allocator's block.
void release(void* block) noexcept {
  if (block != nullptr) release(block, ::malloc_usable_size(block));
}

}  // namespace

void* operator new(std::size_t size) { return allocate(size); }
void* operator new[](std::size_t size) { return allocate(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return try_to_allocate(size);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return try_to_allocate(size);
}
void operator delete(void* block) noexcept { release(block); }
void operator delete[](void* block) noexcept { release(block); }
void operator delete(void* block, std::size_t size) noexcept {
  if (block != nullptr) release(block, size);
}
void operator delete[](void* block, std::size_t size) noexcept {
  if (block != nullptr) release(block, size);
}
void operator delete(void* block, const std::nothrow_t&) noexcept { release(block); }
void operator delete[](void* block, const std::nothrow_t&) noexcept { release(block); }
