/* `flock` and `F_FULLFSYNC` stand outside POSIX. */
#define _DEFAULT_SOURCE 1
#define _DARWIN_C_SOURCE 1
#define _POSIX_C_SOURCE 200809L

#include "tideline_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tideline_crash_point.h"

/** Name of the file that holds the lock; it stays. */
#define LOCK_NAME "owner.lock"
/** What a file is called until it takes its name. */
#define NEW_SUFFIX ".new"

static tl_status failed(tl_folder *folder, const char *name, const char *doing) {
  int error = errno;
  char reason[128];
  snprintf(reason, sizeof reason, "%s failed with errno %d", doing, error);
  bool full = error == ENOSPC;
#ifdef EDQUOT
  full = full || error == EDQUOT;
#endif
  return tl_refuse(folder->fault, full ? TL_DISK_FULL : TL_STORAGE_FAILED, name, reason);
}

static int sync_fd(int fd) {
#ifdef F_FULLFSYNC
  if (fcntl(fd, F_FULLFSYNC) == 0) return 0;
#endif
  int result;
  do result = fsync(fd);
  while (result != 0 && errno == EINTR);
  return result;
}

/** Makes names durable. Some file systems refuse to fsync a folder: there is nothing to be done on those. */
static tl_status sync_folder(tl_folder *folder) {
  if (sync_fd(folder->fd) == 0 || errno == EINVAL || errno == ENOTSUP) return TL_OK;
  return failed(folder, ".", "fsync of the folder");
}

/** Removes what an interrupted replacement left: its content may be what was to be forgotten. */
static tl_status remove_unfinished(void *context, const char *name) {
  size_t length = strlen(name);
  size_t suffix = strlen(NEW_SUFFIX);
  if (length < suffix || strcmp(name + length - suffix, NEW_SUFFIX) != 0) return TL_OK;
  return tl_file_remove(context, name);
}

tl_status tl_folder_open(tl_folder *folder, const char *path, const tl_ports *ports, tl_fault *fault) {
  folder->fd = -1;
  folder->lock = -1;
  folder->ports = ports;
  folder->fault = fault;
  if (mkdir(path, 0700) != 0 && errno != EEXIST) return failed(folder, path, "mkdir");
  folder->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder->fd < 0) return failed(folder, path, "open");
  folder->lock = openat(folder->fd, LOCK_NAME, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (folder->lock < 0) {
    tl_status status = failed(folder, LOCK_NAME, "open");
    tl_folder_close(folder);
    return status;
  }
  if (flock(folder->lock, LOCK_EX | LOCK_NB) != 0) {
    bool owned = errno == EWOULDBLOCK;
    tl_status status = owned ? tl_refuse(fault, TL_FOLDER_OWNED, path, "another client has this folder open")
                             : failed(folder, LOCK_NAME, "flock");
    tl_folder_close(folder);
    return status;
  }
  tl_status status = tl_file_list(folder, "", remove_unfinished, folder);
  if (status != TL_OK) tl_folder_close(folder);
  return status;
}

void tl_folder_close(tl_folder *folder) {
  if (folder->lock >= 0) close(folder->lock);
  if (folder->fd >= 0) close(folder->fd);
  folder->lock = -1;
  folder->fd = -1;
}

static int open_name(tl_folder *folder, const char *name, int flags) {
  int fd;
  do fd = openat(folder->fd, name, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
  while (fd < 0 && errno == EINTR);
  return fd;
}

static bool write_all(int fd, uint64_t at, const uint8_t *bytes, size_t length) {
  while (length > 0) {
    ssize_t written = pwrite(fd, bytes, length, (off_t)at);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      if (written == 0) errno = EIO;
      return false;
    }
    bytes += written;
    at += (uint64_t)written;
    length -= (size_t)written;
  }
  return true;
}

tl_status tl_file_write(tl_folder *folder, const char *name, uint64_t at, const uint8_t *bytes, size_t length) {
  int fd = open_name(folder, name, O_WRONLY | (at == 0 ? O_CREAT | O_TRUNC : 0));
  if (fd < 0) return failed(folder, name, "open");
  size_t half = length / 2;
  bool done = write_all(fd, at, bytes, half);
  if (done) tl_crash_point(folder->ports, TL_AT_APPEND_TORN);
  done = done && write_all(fd, at + half, bytes + half, length - half);
  tl_status status = done ? TL_OK : failed(folder, name, "write");
  if (done) {
    tl_crash_point(folder->ports, TL_AT_APPEND_WRITTEN);
    if (sync_fd(fd) != 0) status = failed(folder, name, "fsync");
  }
  close(fd);
  return status == TL_OK && at == 0 ? sync_folder(folder) : status;
}

tl_status tl_file_replace(tl_folder *folder, const char *name, const uint8_t *bytes, size_t length) {
  char fresh[TL_FILE_NAME + sizeof NEW_SUFFIX];
  snprintf(fresh, sizeof fresh, "%s" NEW_SUFFIX, name);
  int fd = open_name(folder, fresh, O_WRONLY | O_CREAT | O_TRUNC);
  if (fd < 0) return failed(folder, name, "open");
  tl_status status = TL_OK;
  if (!write_all(fd, 0, bytes, length)) status = failed(folder, name, "write");
  else if (sync_fd(fd) != 0) status = failed(folder, name, "fsync");
  close(fd);
  if (status == TL_OK) {
    tl_crash_point(folder->ports, TL_AT_REPLACE_WRITTEN);
    if (renameat(folder->fd, fresh, folder->fd, name) != 0) status = failed(folder, name, "rename");
  }
  if (status != TL_OK) {
    unlinkat(folder->fd, fresh, 0);
    return status;
  }
  tl_crash_point(folder->ports, TL_AT_REPLACE_RENAMED);
  return sync_folder(folder);
}

tl_status tl_file_cut(tl_folder *folder, const char *name, uint64_t length) {
  int fd = open_name(folder, name, O_WRONLY);
  if (fd < 0) return errno == ENOENT ? TL_OK : failed(folder, name, "open");
  struct stat stat;
  tl_status status = TL_OK;
  if (fstat(fd, &stat) != 0) status = failed(folder, name, "stat");
  else if (stat.st_size > (off_t)length && ftruncate(fd, (off_t)length) != 0) status = failed(folder, name, "truncate");
  else if (sync_fd(fd) != 0) status = failed(folder, name, "fsync");
  close(fd);
  return status;
}

tl_status tl_file_remove(tl_folder *folder, const char *name) {
  if (unlinkat(folder->fd, name, 0) != 0) return errno == ENOENT ? TL_OK : failed(folder, name, "unlink");
  return sync_folder(folder);
}

/** Reads up to `length` bytes at a place; fewer where the file ends before. */
static tl_status read_some(tl_folder *folder, const char *name, int fd, uint64_t at, size_t length, tl_buffer *bytes) {
  size_t done = 0;
  size_t start = bytes->length;
  uint8_t *room = tl_buffer_extend(bytes, length);
  if (room == NULL) return tl_refuse(folder->fault, TL_OUT_OF_MEMORY, name, "expected a file within bounds");
  while (done < length) {
    ssize_t count = pread(fd, room + done, length - done, (off_t)(at + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed(folder, name, "read");
    if (count == 0) break;
    done += (size_t)count;
  }
  bytes->length = start + done;
  return TL_OK;
}

tl_status tl_file_read(tl_folder *folder, const char *name, tl_buffer *bytes, bool *found) {
  int fd = open_name(folder, name, O_RDONLY);
  *found = fd >= 0;
  if (fd < 0) return errno == ENOENT ? TL_OK : failed(folder, name, "open");
  struct stat stat;
  tl_status status;
  if (fstat(fd, &stat) != 0) status = failed(folder, name, "stat");
  else if (stat.st_size < 0 || (uint64_t)stat.st_size > SIZE_MAX)
    status = tl_refuse(folder->fault, TL_OUT_OF_MEMORY, name, "expected a file within bounds");
  else status = read_some(folder, name, fd, 0, (size_t)stat.st_size, bytes);
  close(fd);
  return status;
}

tl_status tl_file_read_at(tl_folder *folder, const char *name, uint64_t at, size_t length, tl_buffer *bytes) {
  int fd = open_name(folder, name, O_RDONLY);
  if (fd < 0) return failed(folder, name, "open");
  size_t start = bytes->length;
  tl_status status = read_some(folder, name, fd, at, length, bytes);
  close(fd);
  if (status == TL_OK && bytes->length - start < length) {
    return tl_refuse(folder->fault, TL_STORAGE_FAILED, name, "expected a longer file: it was changed from outside");
  }
  return status;
}

tl_status tl_file_list(tl_folder *folder, const char *prefix, tl_status (*each)(void *context, const char *name),
                       void *context) {
  int fd = open_name(folder, ".", O_RDONLY | O_DIRECTORY);
  DIR *names = fd < 0 ? NULL : fdopendir(fd);
  if (names == NULL) {
    tl_status status = failed(folder, ".", "listing the folder");
    if (fd >= 0) close(fd);
    return status;
  }
  tl_status status = TL_OK;
  const struct dirent *entry;
  while (status == TL_OK && (entry = readdir(names)) != NULL) {
    if (strncmp(entry->d_name, prefix, strlen(prefix)) == 0) status = each(context, entry->d_name);
  }
  closedir(names);
  return status;
}
