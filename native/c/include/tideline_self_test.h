#ifndef TIDELINE_SELF_TEST_H
#define TIDELINE_SELF_TEST_H

/**
 * @file
 * Runs a release's synthetic windows on this very device and compares, before anything of a person meets the model.
 */

#include <stddef.h>
#include <stdint.h>

#include "tideline_ports.h"
#include "tideline_table.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Holds a model against the vectors of its release: JSON `{ format: 1, tolerance, windows, probabilities }`.
 * @return TL_OK, TL_SELF_TEST_FAILED, or TL_ARTIFACT_CORRUPT where the bytes are no vectors of this model
 */
tl_status tl_self_test(tl_table *table, const uint8_t *vectors, size_t length, tl_fault *fault);

/**
 * Whether bytes are the ones that a manifest names: their length, and their SHA-256 in 64 lower-case hexadecimal digits, by the
 * port `digest`.
 * @return TL_OK, TL_ARTIFACT_CORRUPT, TL_UNAVAILABLE where the platform has no digest
 */
tl_status tl_artifact_check(const tl_ports *ports, const uint8_t *bytes, size_t length, const char *sha256, size_t expected,
                            tl_fault *fault);

#ifdef __cplusplus
}
#endif

#endif
