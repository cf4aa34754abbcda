#ifndef TIDELINE_PORTS_H
#define TIDELINE_PORTS_H

/**
 * @file
 * Everything that the core takes from a platform besides files: function pointers that a shim fills in. Only `clock`
 * and `random` must be there; what else is needed stands at the function that needs it.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tideline_buffer.h"
#include "tideline_status.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A request; all strings end with a zero byte and live until the answer is handed in. */
typedef struct tl_request {
  const char *method;
  const char *url;
  /** Value of `Authorization`; NULL for none. */
  const char *authorisation;
  const char *content_type;
  /** "gzip", or NULL where the body is plain. */
  const char *content_encoding;
  const uint8_t *body;
  size_t body_length;
  /** Milliseconds after which the adapter gives up. */
  uint32_t timeout_ms;
  /** The adapter gives up once the answer's body is longer than this. */
  size_t max_bytes;
} tl_request;

/** An answer, whatever its status; a status of 0 says that none came. */
typedef struct tl_response {
  int status;
  const uint8_t *body;
  size_t body_length;
  /** Seconds of a `Retry-After`; below 0 for none. A date is held against the answer's own `Date`. */
  double retry_after;
} tl_response;

/** Level of a log line. */
typedef enum tl_level { TL_DEBUG, TL_WARNING, TL_ERROR } tl_level;

/** The platform. `context` is handed to every function. */
typedef struct tl_ports {
  void *context;
  /** The device's wall clock, milliseconds since 1970; it may be wrong. */
  int64_t (*clock)(void *context);
  /** Milliseconds from any origin, never going back, for latencies; NULL measures none. */
  double (*monotonic)(void *context);
  /** Fills bytes that nobody can predict; false where the platform cannot. */
  bool (*random)(void *context, uint8_t *bytes, size_t length);
  /** SHA-256. */
  bool (*digest)(void *context, const uint8_t *bytes, size_t length, uint8_t sha256[32]);
  /** Whether an Ed25519 signature of a message is the key's. */
  bool (*verify)(void *context, const uint8_t key[32], const uint8_t *message, size_t length, const uint8_t *signature,
                 size_t signature_length);
  /** Adds the gzipped bytes to `out`; NULL sends plain bodies. */
  bool (*gzip)(void *context, const uint8_t *bytes, size_t length, tl_buffer *out);
  /** Sends a request and waits for the answer, whose body is kept in `body`; for tl_client_flush() only. */
  void (*transport)(void *context, const tl_request *request, tl_response *response, tl_buffer *body);
  /** Waits; for tl_client_flush() only. */
  void (*wait)(void *context, uint32_t ms);
  /** A line for whoever watches: no content of events, no ids of people. */
  void (*log)(void *context, tl_level level, const char *part, tl_status status, const char *message);
  /** For tests: called at each named place between two steps; may end the process. See tideline_crash_point.h. */
  void (*crash_point)(void *context, const char *name);
} tl_ports;

#ifdef __cplusplus
}
#endif

#endif
