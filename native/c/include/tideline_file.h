#ifndef TIDELINE_FILE_H
#define TIDELINE_FILE_H

/**
 * @file
 * Files of one folder over POSIX, each operation durable when it returns: written, fsynced, and the folder fsynced
 * where a name changed. On Apple systems an fsync asks the drive itself (F_FULLFSYNC). Names are flat.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tideline_buffer.h"
#include "tideline_ports.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Longest name of a file, zero byte included. */
#define TL_FILE_NAME 128

/** An open folder, locked against a second owner. */
typedef struct tl_folder {
  int fd;
  int lock;
  const tl_ports *ports;
  /** Where a failure is told; may be NULL. */
  tl_fault *fault;
} tl_folder;

/**
 * Opens a folder, which it creates where there is none, and takes its lock.
 * @return TL_OK, TL_FOLDER_OWNED, TL_STORAGE_FAILED
 */
tl_status tl_folder_open(tl_folder *folder, const char *path, const tl_ports *ports, tl_fault *fault);
void tl_folder_close(tl_folder *folder);

/** Writes bytes at a place of a file, which it creates where `at` is 0; durable when it returns. */
tl_status tl_file_write(tl_folder *folder, const char *name, uint64_t at, const uint8_t *bytes, size_t length);
/** Replaces a file: after an interruption either the old or the new bytes are there, whole. */
tl_status tl_file_replace(tl_folder *folder, const char *name, const uint8_t *bytes, size_t length);
/** Cuts a file to a length; one that is not there is no error. */
tl_status tl_file_cut(tl_folder *folder, const char *name, uint64_t length);
/** Removes a file; one that is not there is no error. */
tl_status tl_file_remove(tl_folder *folder, const char *name);
/** Adds a whole file to a buffer; `found` false where there is none. */
tl_status tl_file_read(tl_folder *folder, const char *name, tl_buffer *bytes, bool *found);
/** Adds `length` bytes from a place of a file; TL_STORAGE_FAILED where it is shorter. */
tl_status tl_file_read_at(tl_folder *folder, const char *name, uint64_t at, size_t length, tl_buffer *bytes);
/** Calls `each` for every file whose name starts with a prefix, in any order, until it says other than TL_OK. */
tl_status tl_file_list(tl_folder *folder, const char *prefix, tl_status (*each)(void *context, const char *name),
                       void *context);

#ifdef __cplusplus
}
#endif

#endif
