#ifndef TIDELINE_RETRY_AFTER_H
#define TIDELINE_RETRY_AFTER_H

/** @file The pause that a server asks for (RFC 9110, section 10.2.3), for shims that fill in tl_response. */

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Seconds of a `Retry-After`; -1 for none. A date is held against the answer's own `Date`, since the device's clock may be wrong.
 * Either text may be NULL.
 */
double tl_retry_after(const char *retry_after, const char *date);

#ifdef __cplusplus
}
#endif

#endif
