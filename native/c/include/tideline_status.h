#ifndef TIDELINE_STATUS_H
#define TIDELINE_STATUS_H

/**
 * @file
 * Outcomes of the core's functions. The names are the codes of the one table that phones, servers and commands
 * share (`packages/spec/src/error.ts`), so that a log line means the same everywhere.
 */

#ifdef __cplusplus
extern "C" {
#endif

/** What became of a call. Append only: logs and shims match on the names. */
typedef enum tl_status {
  TL_OK = 0,
  /** An argument breaks the contract of the function. */
  TL_ARGUMENT_INVALID,
  /** No memory, or more than a stated bound would be needed. */
  TL_OUT_OF_MEMORY,
  /** Bytes that should be JSON, or JSON of a certain shape, are not. */
  TL_DATA_MALFORMED,
  /** Another process or another client has this folder open. */
  TL_FOLDER_OWNED,
  /** The folder's file system refused something; `errno` of the moment is in the fault. */
  TL_STORAGE_FAILED,
  TL_DISK_FULL,
  TL_BATCH_MALFORMED,
  TL_BATCH_TOO_LARGE,
  TL_EVENT_TOO_LARGE,
  TL_FIELD_MISSING,
  TL_FIELD_INVALID,
  TL_FIELD_UNKNOWN,
  TL_TIME_INVALID,
  /** The person has not consented to the purpose: nothing was recorded. */
  TL_CONSENT_MISSING,
  TL_UNAUTHORISED,
  TL_FORBIDDEN,
  TL_NOT_FOUND,
  TL_OVERLOADED,
  TL_UNAVAILABLE,
  TL_MODEL_MALFORMED,
  /** The model needs a newer reader, or more memory than the caller allows. */
  TL_RUNTIME_UNSUPPORTED,
  TL_ARTIFACT_CORRUPT,
  TL_SELF_TEST_FAILED,
  TL_RESIDENCY_MISMATCH
} tl_status;

/** The code of a status, such as `FIELD_INVALID`; never NULL. */
const char *tl_error_name(tl_status status);

/** Why something was refused: the code, the field or file that is meant, and a sentence without content of events. */
typedef struct tl_fault {
  tl_status status;
  char field[64];
  char reason[128];
} tl_fault;

/** Fills a fault, where `fault` is not NULL, and returns the status. */
tl_status tl_refuse(tl_fault *fault, tl_status status, const char *field, const char *reason);

#ifdef __cplusplus
}
#endif

#endif
