#ifndef TIDELINE_IDENTITY_H
#define TIDELINE_IDENTITY_H

/**
 * @file
 * Who this phone is to the server. Without a file there is a new install; with one that another instance wrote (a
 * restored backup, a clone), or where sequence numbers may have been lost, there is a new epoch, in which numbers
 * start anew. The step to it is random, so that two clones of one phone do not meet.
 */

#include <stdbool.h>
#include <stdint.h>

#include "tideline_file.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Longest name of an instance, zero byte included. */
#define TL_INSTANCE 128

/** Who numbered an event: sequence numbers count within an install's epoch. */
typedef struct tl_source {
  /** 32 hexadecimal digits. */
  char install[33];
  uint64_t epoch;
} tl_source;

/** The identity of a start. */
typedef struct tl_identity {
  tl_source source;
  /** How often it was opened: makes prediction ids of different starts differ. */
  uint64_t starts;
} tl_identity;

/**
 * Opens the identity and notes this start; durable when it returns.
 * @param instance names this installation on this very device, kept where backups and clones do not reach (a keychain
 *   entry of this device only, a folder without backup)
 * @param damaged that sequence numbers may have been lost
 */
tl_status tl_identity_open(tl_folder *folder, const char *instance, bool damaged, tl_identity *identity);

#ifdef __cplusplus
}
#endif

#endif
