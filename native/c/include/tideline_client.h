#ifndef TIDELINE_CLIENT_H
#define TIDELINE_CLIENT_H

/**
 * @file
 * A client on one phone: record, send, predict. One client at a time may have a folder open (a lock enforces it), and
 * one thread at a time may be in it; a shim puts a serial queue in front. No call but tl_client_flush() waits for a network.
 *
 * @code
 * tl_client *client;
 * tl_fault fault;
 * if (tl_client_open(&client, &options, &fault) != TL_OK) return report(&fault);
 * tl_client_set_consent(client, purposes, 2, &fault);
 * tl_property tap[] = {tl_text("target", "start"), tl_text("screen", "home")};
 * tl_client_track(client, &TAP, tap, 2, TL_NOW, &id, &fault);
 * tl_flush_outcome outcome = tl_client_flush(client);
 * tl_client_close(client);
 * @endcode
 */

#include <string.h>

#include "tideline_event.h"
#include "tideline_ports.h"
#include "tideline_queue.h"
#include "tideline_upload.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Options of tl_client_open(); everything but tables of events is copied. */
typedef struct tl_client_options {
  /** A folder of the app's own; made where it is not there. Exclude it from backups where the platform can. */
  const char *folder;
  /** See tl_owner. */
  const char *instance;
  const tl_app *app;
  const char *collect;
  const char *write_key;
  /** The app's id of the person, or NULL before there is one. */
  const char *user;
  /**
   * 32 secret bytes that this device keeps where backups and clones do not reach, whose digest travels as `proof`; NULL for
   * none. Needs the port `digest`. Other bytes than at the last start are another install: see tideline_identity.h.
   */
  const uint8_t *secret;
  /** Label of the region whose server alone may store what is sent, or NULL. */
  const char *region;
  tl_queue_limits queue;
  tl_upload_limits upload;
  tl_ports ports;
} tl_client_options;

typedef struct tl_client tl_client;

/** Identity of a recorded event. */
typedef struct tl_event_id {
  tl_source source;
  uint64_t seq;
} tl_event_id;

/** What a support person reads; no content of events. */
typedef struct tl_diagnostics {
  tl_identity identity;
  tl_queue_counts events;
  /** Events and fields that were not recorded for want of consent, since the start. */
  uint64_t withheld;
  uint64_t withheld_fields;
  tl_fault last_fault;
} tl_diagnostics;

/** The device's clock, where a time is asked for. */
#define TL_NOW INT64_C(-1)
/** Bytes of an event's JSON at most, samples not counted: what a server takes. */
#define TL_EVENT_BYTES ((size_t)32 * 1024)

/** @return TL_OK, TL_ARGUMENT_INVALID, TL_FOLDER_OWNED, TL_STORAGE_FAILED, TL_DISK_FULL, TL_OUT_OF_MEMORY */
tl_status tl_client_open(tl_client **client, const tl_client_options *options, tl_fault *fault);
void tl_client_close(tl_client *client);

/** Sets the purposes that the person consents to, all of them; waiting events and fields of withdrawn ones are removed. */
tl_status tl_client_set_consent(tl_client *client, const char *const *purposes, size_t count, tl_fault *fault);
const tl_consent *tl_client_consent(const tl_client *client);
/** Sets the app's id of the person for events from now on; NULL for none. */
tl_status tl_client_set_user(tl_client *client, const char *user, tl_fault *fault);

/**
 * Says that the person of now is known by another id from here on: the next event that is recorded carries both. Does nothing
 * more than tl_client_set_user() where there was no id.
 */
tl_status tl_client_alias(tl_client *client, const char *user, tl_fault *fault);

/**
 * Records an event; when it returns TL_OK the event survives the loss of power.
 * @param time milliseconds since 1970, or TL_NOW
 * @param id may be NULL
 * @return TL_OK, TL_CONSENT_MISSING where the person has not consented to the event's purpose (nothing is recorded, and that
 *   is no error), TL_FIELD_MISSING, TL_FIELD_INVALID, TL_FIELD_UNKNOWN, TL_TIME_INVALID, TL_EVENT_TOO_LARGE, TL_STORAGE_FAILED,
 *   TL_DISK_FULL
 */
tl_status tl_client_track(tl_client *client, const tl_event_type *type, const tl_property *properties, size_t count,
                          int64_t time, tl_event_id *id, tl_fault *fault);

/**
 * Adds the draft of an event to a buffer, so that many events share one durable write; the rest is as in tl_client_track().
 * A draft that is not recorded before the consent changes is left out by tl_client_record().
 */
tl_status tl_client_draft(tl_client *client, const tl_event_type *type, const tl_property *properties, size_t count,
                          int64_t time, tl_buffer *drafts, tl_fault *fault);
/** Records the drafts of a buffer in one write and clears it; `*first` is the number of the first. */
tl_status tl_client_record(tl_client *client, tl_buffer *drafts, uint64_t *first, tl_fault *fault);

/** The sending side, for shims that send by themselves; see tideline_upload.h. */
tl_upload *tl_client_upload(tl_client *client);
/** Sends what waits through the ports `transport` and `wait`, with pauses and new attempts; blocks until it is done. */
tl_flush_outcome tl_client_flush(tl_client *client);

void tl_client_diagnose(const tl_client *client, tl_diagnostics *diagnostics);

/** Properties, as short to write as to read. */
static inline tl_property tl_text(const char *name, const char *value) {
  tl_property property = {name, TL_STRING, {{value, strlen(value)}}};
  return property;
}

static inline tl_property tl_integer(const char *name, int64_t value) {
  tl_property property = {name, TL_INT, {{NULL, 0}}};
  property.as.integer = value;
  return property;
}

static inline tl_property tl_number(const char *name, double value) {
  tl_property property = {name, TL_FLOAT, {{NULL, 0}}};
  property.as.number = value;
  return property;
}

static inline tl_property tl_flag(const char *name, bool value) {
  tl_property property = {name, TL_BOOLEAN, {{NULL, 0}}};
  property.as.boolean = value;
  return property;
}

static inline tl_property tl_time(const char *name, int64_t value) {
  tl_property property = {name, TL_TIME, {{NULL, 0}}};
  property.as.integer = value;
  return property;
}

static inline tl_property tl_vector(const char *name, const double *values, size_t count) {
  tl_property property = {name, TL_VECTOR, {{NULL, 0}}};
  property.as.vector.values = values;
  property.as.vector.count = count;
  return property;
}

static inline tl_property tl_media(const char *name, const char *sha256, int64_t bytes, const char *type) {
  tl_property property = {name, TL_MEDIA, {{NULL, 0}}};
  property.as.media.sha256 = sha256;
  property.as.media.bytes = bytes;
  property.as.media.type = type;
  return property;
}

static inline tl_property tl_samples(const char *name, tl_frame frame) {
  tl_property property = {name, TL_FRAME, {{NULL, 0}}};
  property.as.frame = frame;
  return property;
}

#ifdef __cplusplus
}
#endif

#endif
