/* Preloaded into a server: fsync and fdatasync of files that end in ".log" fail with EIO after some calls. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static atomic_int calls;

static int refuses(int fd) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  const char *after = getenv("FSYNC_FAILS_AFTER");
  if (length < 4 || after == NULL || strncmp(path + length - 4, ".log", 4) != 0) return 0;
  if (atomic_fetch_add(&calls, 1) < atoi(after)) return 0;
  static const char line[] = "fsync refused\n";
  if (write(2, line, sizeof line - 1) < 0) return 1;
  return 1;
}

#define SHIM(name)                                                   \
  int name(int fd) {                                                 \
    if (refuses(fd)) {                                               \
      errno = EIO;                                                   \
      return -1;                                                     \
    }                                                                \
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, #name);        \
    return real(fd);                                                 \
  }

SHIM(fsync)
SHIM(fdatasync)
