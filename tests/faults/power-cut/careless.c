// Preloaded into the control run: nothing is ever synced, as with a disk that lies.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/types.h>

int fsync(int descriptor) { (void)descriptor; return 0; }
int fdatasync(int descriptor) { (void)descriptor; return 0; }
int msync(void* address, size_t length, int flags) { (void)address, (void)length, (void)flags; return 0; }
int sync_file_range(int descriptor, off_t from, off_t count, unsigned flags) {
  (void)descriptor, (void)from, (void)count, (void)flags;
  return 0;
}

static int open_with(const char* symbol, const char* path, int flags, mode_t mode) {
  int (*real)(const char*, int, ...) = dlsym(RTLD_NEXT, symbol);
  return real(path, flags & ~(O_SYNC | O_DSYNC), mode);
}

int open(const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const mode_t mode = va_arg(more, mode_t);
  va_end(more);
  return open_with("open", path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const mode_t mode = va_arg(more, mode_t);
  va_end(more);
  return open_with("open64", path, flags, mode);
}

