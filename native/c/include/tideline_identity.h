#ifndef TIDELINE_IDENTITY_H
#define TIDELINE_IDENTITY_H

/**
 * @file
 * Who this phone is to the server: an install is one secret, of which the core knows the hash. Without a file, and where
 * the file's secret is gone or is another's (a backup restored elsewhere, a clone), there is a new install. Where the
 * secret came along with a file that another instance wrote, or where sequence numbers may have been lost, the install
 * goes on in a new epoch, in which numbers start anew; the step to it is random, so that two clones do not meet. A client
 * without a secret is told from its copies by the instance alone, and a copy of it is a new epoch.
 */

#include <stdbool.h>
#include <stdint.h>

#include "tideline_file.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Longest name of an instance, zero byte included. */
#define TL_INSTANCE 128

/** A hash of a secret in lower-case hexadecimal, zero byte included. */
#define TL_PROOF 65

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
  /** SHA-256 of the install's secret; empty for none. */
  char proof[TL_PROOF];
} tl_identity;

/** What an identity is opened with. */
typedef struct tl_owner {
  /**
   * Names this installation on this very device, kept where backups and clones do not reach (a keychain entry of this
   * device only, a folder without backup).
   */
  const char *instance;
  /** Hash of the secret that this device keeps, or NULL where it keeps none. */
  const char *proof;
} tl_owner;

/**
 * Opens the identity and notes this start; durable when it returns.
 * @param damaged that sequence numbers may have been lost
 */
tl_status tl_identity_open(tl_folder *folder, const tl_owner *owner, bool damaged, tl_identity *identity);
/** Whether text is the hash of a secret, or empty. */
bool tl_proof_valid(const char *text);

#ifdef __cplusplus
}
#endif

#endif
