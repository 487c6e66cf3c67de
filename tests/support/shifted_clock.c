/* Loaded before a program, moves its clocks, wall and steady alike, by the number of seconds that stands in the file CULVERT_SHIFT
 * (8 octets, this machine's order). The file is mapped, so a test moves the clocks of running programs by writing to it. libfaketime
 * reads a file anew in each call, and now and then a thread reads nothing.
 *
 * Whatever waits until a time gets the time of the kernel's clock. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static _Atomic int64_t none;
static _Atomic int64_t *shift = &none;

__attribute__((constructor)) static void map_shift(void) {
  const char *name = getenv("CULVERT_SHIFT");
  const int file = name ? open(name, O_RDONLY | O_CLOEXEC) : -1;
  if (file < 0) return;
  void *mapped = mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);
  close(file);
  if (mapped != MAP_FAILED) shift = mapped;
}

static int is_shifted(clockid_t clock) {
  return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_MONOTONIC ||
         clock == CLOCK_MONOTONIC_COARSE || clock == CLOCK_MONOTONIC_RAW || clock == CLOCK_BOOTTIME;
}

int clock_gettime(clockid_t clock, struct timespec *into) {
  const int status = (int)syscall(SYS_clock_gettime, clock, into);
  if (status == 0 && is_shifted(clock)) into->tv_sec += atomic_load(shift);
  return status;
}

int gettimeofday(struct timeval *restrict into, void *restrict zone) {
  const int status = (int)syscall(SYS_gettimeofday, into, zone);
  if (status == 0) into->tv_sec += atomic_load(shift);
  return status;
}

time_t time(time_t *into) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (into) *into = now.tv_sec;
  return now.tv_sec;
}

static struct timespec of_kernel(const struct timespec *until) {
  struct timespec out = *until;
  out.tv_sec -= atomic_load(shift);
  if (out.tv_sec < 0) out.tv_sec = 0;
  return out;
}

#define NEXT(type, name) ((type)dlsym(RTLD_NEXT, name))

int pthread_cond_timedwait(pthread_cond_t *restrict cond, pthread_mutex_t *restrict mutex, const struct timespec *restrict until) {
  typedef int (*call)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);
  const struct timespec real = of_kernel(until);
  return ((call)dlvsym(RTLD_NEXT, "pthread_cond_timedwait", "GLIBC_2.3.2"))(cond, mutex, &real);
}

int pthread_cond_clockwait(pthread_cond_t *cond, pthread_mutex_t *mutex, clockid_t clock, const struct timespec *until) {
  typedef int (*call)(pthread_cond_t *, pthread_mutex_t *, clockid_t, const struct timespec *);
  const struct timespec real = of_kernel(until);
  return NEXT(call, "pthread_cond_clockwait")(cond, mutex, clock, &real);
}

int pthread_mutex_timedlock(pthread_mutex_t *restrict mutex, const struct timespec *restrict until) {
  typedef int (*call)(pthread_mutex_t *, const struct timespec *);
  const struct timespec real = of_kernel(until);
  return NEXT(call, "pthread_mutex_timedlock")(mutex, &real);
}

int sem_timedwait(sem_t *restrict sem, const struct timespec *restrict until) {
  typedef int (*call)(sem_t *, const struct timespec *);
  const struct timespec real = of_kernel(until);
  return NEXT(call, "sem_timedwait")(sem, &real);
}
