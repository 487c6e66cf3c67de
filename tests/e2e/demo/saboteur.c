// Preloaded into the demo to break what it claims: whatever it reads from a socket passes here (its nodes are left alone), and
//   SABOTAGE=bytes  changes one letter of a mail that a node hands inside (it carries Culvert-Result: tunnel)
//   SABOTAGE=clear  replaces sealed text between the nodes by clear text of an earlier mail
// The demo must notice and end non-zero.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

static char clear_text[200];
static size_t clear_length;

// Whether this process is `culvert serve` or another command that the demo started.
static int is_child(void) {
  static int known = -1;
  if (known >= 0) return known;
  char words[4096] = {0};
  FILE* file = fopen("/proc/self/cmdline", "r");
  const size_t length = file ? fread(words, 1, sizeof words - 1, file) : 0;
  if (file) fclose(file);
  return known = memmem(words, length, "\0demo\0", 6) == NULL;
}

static int sabotage_is(const char* kind) {
  const char* wanted = getenv("SABOTAGE");
  return wanted && strcmp(wanted, kind) == 0;
}

// Remembers the longest line of letters and blanks of a mail in clear, before it is sealed.
static void remember_clear(const char* text, size_t length) {
  for (size_t at = 0; at < length;) {
    const char* end = memchr(text + at, '\r', length - at);
    const size_t line = end ? (size_t)(end - text) - at : length - at;
    if (line > clear_length && line < sizeof clear_text && memchr(text + at, ' ', line) && !memchr(text + at, ':', line)) {
      memcpy(clear_text, text + at, line);
      clear_length = line;
    }
    at += line + 2;
  }
}

static void change_a_letter(char* text, size_t length) {
  if (!memmem(text, length, "Culvert-Result: tunnel", 22)) return;
  for (size_t at = length; at-- > 0;) {
    if (text[at] >= 'a' && text[at] <= 'y') {
      text[at]++;
      return;
    }
  }
}

static void show_clear(char* text, size_t length) {
  char* sealed = memmem(text, length, "smime.p7m", 9);
  if (!sealed) {
    remember_clear(text, length);
    return;
  }
  char* body = memmem(sealed, length - (size_t)(sealed - text), "\r\n\r\n", 4);
  if (body && clear_length && (size_t)(text + length - body) > clear_length + 8) memcpy(body + 4, clear_text, clear_length);
}

static void sabotage(void* bytes, ssize_t length) {
  if (length <= 0 || is_child()) return;
  if (sabotage_is("bytes")) change_a_letter(bytes, (size_t)length);
  if (sabotage_is("clear")) show_clear(bytes, (size_t)length);
}

static int is_socket(int descriptor) {
  int type;
  socklen_t size = sizeof type;
  return getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM;
}

ssize_t recv(int descriptor, void* to, size_t size, int flags) {
  ssize_t (*real)(int, void*, size_t, int) = dlsym(RTLD_NEXT, "recv");
  const ssize_t got = real(descriptor, to, size, flags);
  if (!(flags & MSG_PEEK)) sabotage(to, got);
  return got;
}

ssize_t read(int descriptor, void* to, size_t size) {
  ssize_t (*real)(int, void*, size_t) = dlsym(RTLD_NEXT, "read");
  const ssize_t got = real(descriptor, to, size);
  if (got > 0 && is_socket(descriptor)) sabotage(to, got);
  return got;
}

ssize_t readv(int descriptor, const struct iovec* parts, int count) {
  ssize_t (*real)(int, const struct iovec*, int) = dlsym(RTLD_NEXT, "readv");
  const ssize_t got = real(descriptor, parts, count);
  if (got > 0 && count > 0 && is_socket(descriptor)) sabotage(parts[0].iov_base, (size_t)got < parts[0].iov_len ? got : (ssize_t)parts[0].iov_len);
  return got;
}
