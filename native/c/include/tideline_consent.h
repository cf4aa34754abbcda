#ifndef TIDELINE_CONSENT_H
#define TIDELINE_CONSENT_H

/**
 * @file
 * The purposes that the person consented to; none before they were asked. Kept in `consent.tls`.
 */

#include <stdbool.h>
#include <stddef.h>

#include "tideline_file.h"
#include "tideline_record.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Purposes of an app at most. */
#define TL_PURPOSES 32

/** Granted purposes, sorted, each once. */
typedef struct tl_consent {
  char names[TL_PURPOSES][TL_PURPOSE_LENGTH + 1];
  /** The same, as the core's functions take them. */
  const char *granted[TL_PURPOSES];
  size_t count;
} tl_consent;

/** Whether a purpose is granted; `length` without a zero byte. */
bool tl_consent_has(const tl_consent *consent, const char *purpose, size_t length);
/** tl_consent_has() in the form that tl_record_strip() takes. */
bool tl_consent_grants(const void *consent, const char *purpose, size_t length);
/** Replaces the purposes, in memory only; TL_ARGUMENT_INVALID where there are too many or one is too long. */
tl_status tl_consent_set(tl_consent *consent, const char *const *purposes, size_t count);
/** A copy whose `granted` points into itself. */
void tl_consent_copy(tl_consent *to, const tl_consent *from);
/** Reads the consent of the last time; none where there is no file. */
tl_status tl_consent_read(tl_folder *folder, tl_consent *consent);
/** Makes a consent durable. */
tl_status tl_consent_write(tl_folder *folder, const tl_consent *consent);

#ifdef __cplusplus
}
#endif

#endif
