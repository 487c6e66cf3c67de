// Memory that this program frees is overwritten first: every block, its first kWipedBytes. Mail
// passes through many hands (sockets, MIME, base64, CMS, SMTP), and key files through some; each
// copy would lie readable in the heap until something else happens to lie there. One place for all
// of them is the only one that nobody can forget. To wipe the whole of large blocks costs 5 % of
// all processor time (measured), this much nothing that can be measured: an ordinary mail leaves
// nothing, a large one pieces of its middle. The replacements are those of the C++ standard
// ([new.delete]), the nothrow forms too, because a sanitizer brings forms of its own for those that
// a program leaves out. What C libraries allocate is not touched, nor what Botan's own allocator
// and SecretBytes wipe already.
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

// Who frees without saying how much it was: as much as the allocator gave.
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
