#include "tideline_upload.h"

#include <stdio.h>
#include <string.h>

#include "tideline_crash_point.h"
#include "tideline_wire.h"

/** Longest pause that a server may ask for: an hour. */
#define LONGEST_REQUESTED 3600000.0

/**
 * Single events in a row that a server may refuse as malformed before the client stops: then not the events are at fault
 * but the server, and giving up more of them would lose them all.
 */
#define REFUSED_IN_A_ROW 3

/** Bytes of a batch before gzip at most. */
#define BODY_BYTES ((size_t)48 * 1024 * 1024)

static void report(const tl_upload *upload, tl_level level, tl_status status, const char *message) {
  const tl_ports *ports = upload->ports;
  if (ports->log != NULL) ports->log(ports->context, level, "upload", status, message);
}

/** Whether text is printable ASCII without spaces, so that it can stand in a request. */
static bool is_plain(const char *text) {
  for (; *text != '\0'; text += 1) {
    if (*text <= ' ' || *text > '~') return false;
  }
  return true;
}

tl_status tl_upload_open(tl_upload *upload, tl_queue *queue, const tl_ports *ports, const tl_upload_options *options) {
  memset(upload, 0, sizeof *upload);
  upload->queue = queue;
  upload->ports = ports;
  upload->options = *options;
  tl_buffer_init(&upload->records, BODY_BYTES);
  tl_buffer_init(&upload->body, BODY_BYTES);
  tl_upload_limits *limits = &upload->options.limits;
  if (limits->batch_events == 0) limits->batch_events = 500;
  if (limits->batch_bytes == 0) limits->batch_bytes = 512u * 1024u;
  if (limits->backoff_ms == 0) limits->backoff_ms = 500;
  if (limits->max_backoff_ms == 0) limits->max_backoff_ms = 60000;
  if (limits->attempts == 0) limits->attempts = 5;
  if (limits->timeout_ms == 0) limits->timeout_ms = 15000;
  if (!is_plain(options->collect) || !is_plain(options->write_key)) return TL_ARGUMENT_INVALID;
  int url = snprintf(upload->url, sizeof upload->url, "%s/v1/batch", options->collect);
  int key = snprintf(upload->authorisation, sizeof upload->authorisation, "Bearer %s", options->write_key);
  if (url < 0 || (size_t)url >= sizeof upload->url || key < 0 || (size_t)key >= sizeof upload->authorisation) {
    return TL_ARGUMENT_INVALID;
  }
  tl_upload_begin(upload);
  return TL_OK;
}

void tl_upload_close(tl_upload *upload) {
  tl_buffer_free(&upload->records);
  tl_buffer_free(&upload->body);
}

void tl_upload_begin(tl_upload *upload) {
  memset(&upload->outcome, 0, sizeof upload->outcome);
  upload->max_events = upload->options.limits.batch_events;
  upload->failures = 0;
  upload->refused = 0;
  upload->wait_ms = 0;
  upload->in_flight = false;
  upload->ended = false;
}

/** Ends the upload for now. */
static void stop(tl_upload *upload, tl_status status, const char *message) {
  upload->ended = true;
  upload->outcome.stopped = status;
  report(upload, TL_ERROR, status, message);
}

/** Counts a failure: the next step is a pause, or the end where it was one too many. */
static void retry(tl_upload *upload, tl_status status, double after_ms, const char *message) {
  const tl_upload_limits *limits = &upload->options.limits;
  report(upload, TL_WARNING, status, message);
  upload->failures += 1;
  if (upload->failures >= limits->attempts) {
    upload->ended = true;
    upload->outcome.stopped = status;
    return;
  }
  upload->outcome.retries += 1;
  double pause = limits->backoff_ms;
  for (uint32_t k = 1; k < upload->failures && pause < limits->max_backoff_ms; k += 1) pause *= 2;
  if (pause > limits->max_backoff_ms) pause = limits->max_backoff_ms;
  /* Between half and all of it, so that phones which failed together do not return together. */
  uint8_t byte = 255;
  if (!upload->ports->random(upload->ports->context, &byte, 1)) byte = 255;
  pause *= 0.5 + byte / 510.0;
  if (after_ms >= 0) pause = after_ms < LONGEST_REQUESTED ? after_ms : LONGEST_REQUESTED;
  upload->wait_ms = pause < 1 ? 1 : (uint32_t)pause;
}

/** Makes the batch of the next load; the body is empty when nothing waits. */
static tl_status make_body(tl_upload *upload) {
  const tl_ports *ports = upload->ports;
  tl_buffer_clear(&upload->records);
  tl_buffer_clear(&upload->body);
  tl_status status = tl_queue_next(upload->queue, upload->max_events, upload->options.limits.batch_bytes, &upload->load, &upload->records);
  if (status != TL_OK || upload->load.count == 0) return status;
  const char *proof = upload->load.proof[0] == '\0' ? NULL : upload->load.proof;
  tl_batch_header header = {upload->options.sdk, upload->load.source, ports->clock(ports->context), proof, upload->options.region};
  if (ports->gzip == NULL) return tl_batch_add(&upload->body, &header, upload->records.bytes, upload->records.length);
  tl_buffer plain;
  tl_buffer_init(&plain, BODY_BYTES);
  status = tl_batch_add(&plain, &header, upload->records.bytes, upload->records.length);
  if (status == TL_OK && !ports->gzip(ports->context, plain.bytes, plain.length, &upload->body)) status = TL_UNAVAILABLE;
  tl_buffer_free(&plain);
  return status == TL_OK ? upload->body.status : status;
}

tl_step tl_upload_next(tl_upload *upload, tl_request *request, uint32_t *wait_ms) {
  if (upload->ended) return upload->outcome.stopped == TL_OK ? TL_STEP_DONE : TL_STEP_STOPPED;
  if (upload->wait_ms > 0) {
    *wait_ms = upload->wait_ms;
    upload->wait_ms = 0;
    return TL_STEP_WAIT;
  }
  tl_status status = make_body(upload);
  if (status != TL_OK) {
    stop(upload, status, "the batch could not be made");
    return TL_STEP_STOPPED;
  }
  if (upload->load.count == 0) {
    upload->ended = true;
    return TL_STEP_DONE;
  }
  *request = (tl_request){.method = "POST",
                          .url = upload->url,
                          .authorisation = upload->authorisation,
                          .content_type = TL_BATCH_TYPE,
                          .content_encoding = upload->ports->gzip == NULL ? NULL : "gzip",
                          .body = upload->body.bytes,
                          .body_length = upload->body.length,
                          .timeout_ms = upload->options.limits.timeout_ms,
                          .max_bytes = TL_ANSWER_BYTES};
  upload->in_flight = true;
  tl_crash_point(upload->ports, TL_AT_SEND_BEFORE);
  return TL_STEP_SEND;
}

/** Makes the next batch smaller, or gives a single event up. */
static void shrink(tl_upload *upload, tl_status status, const char *message) {
  report(upload, TL_WARNING, status, message);
  if (upload->load.count > 1) {
    upload->max_events = (upload->load.count + 1) / 2;
    return;
  }
  tl_status dropped = tl_queue_drop(upload->queue, &upload->load);
  if (dropped != TL_OK) stop(upload, dropped, "an event could not be given up");
}

static void log_quarantined(void *context, const tl_quarantined *event) {
  const tl_upload *upload = context;
  char message[160];
  snprintf(message, sizeof message, "event %llu is in quarantine: %s %s", (unsigned long long)event->seq, event->code, event->field);
  report(upload, TL_WARNING, TL_OK, message);
}

static void accept(tl_upload *upload, const tl_response *response) {
  tl_acknowledgement answer;
  size_t settled = 0;
  if (tl_acknowledgement_read(&answer, response->body, response->body_length, log_quarantined, upload) != TL_OK) {
    retry(upload, TL_UNAVAILABLE, -1, "an answer that is no acknowledgement");
    return;
  }
  tl_status status = tl_queue_acknowledge(upload->queue, &upload->load, &answer.acknowledged, answer.quarantined, &settled);
  upload->outcome.acknowledged += settled;
  if (status == TL_OK) {
    upload->outcome.duplicates += answer.duplicates;
    upload->outcome.quarantined += answer.quarantined;
  }
  tl_acknowledgement_free(&answer);
  upload->refused = 0;
  if (status != TL_OK) {
    stop(upload, status, "the acknowledgement could not be noted");
  } else if (settled > 0) {
    upload->failures = 0;
  } else {
    retry(upload, TL_UNAVAILABLE, -1, "an acknowledgement of nothing that was sent");
  }
}

static void refuse(tl_upload *upload) {
  if (upload->load.count == 1) {
    upload->refused += 1;
    upload->max_events = upload->options.limits.batch_events;
  }
  if (upload->refused == REFUSED_IN_A_ROW) stop(upload, TL_BATCH_MALFORMED, "single events in a row were refused");
  else shrink(upload, TL_BATCH_MALFORMED, "a batch was refused");
}

void tl_upload_answer(tl_upload *upload, const tl_response *response) {
  static const tl_response NONE = {0, NULL, 0, -1};
  if (!upload->in_flight) return;
  if (response == NULL) response = &NONE;
  upload->in_flight = false;
  upload->outcome.batches += 1;
  tl_crash_point(upload->ports, TL_AT_SEND_AFTER);
  int status = response->status;
  double after_ms = response->retry_after >= 0 ? response->retry_after * 1000 : -1;
  if (status == 200) accept(upload, response);
  else if (status == 413) shrink(upload, TL_BATCH_TOO_LARGE, "a batch was too large");
  else if (status == 400 || status == 422) refuse(upload);
  else if (status == 401) stop(upload, TL_UNAUTHORISED, "the server does not take the write key");
  else if (status == 421) stop(upload, TL_RESIDENCY_MISMATCH, "the server is not of the region that the app named");
  else if (status == 429) retry(upload, TL_OVERLOADED, after_ms, "the server has too much to do");
  else if (status < 300 || status >= 500 || status == 408 || status == 425) retry(upload, TL_UNAVAILABLE, after_ms, "no acknowledgement");
  else stop(upload, status == 403 ? TL_FORBIDDEN : TL_NOT_FOUND, "there is no server for batches at this address");
}

tl_flush_outcome tl_upload_outcome(const tl_upload *upload) {
  tl_flush_outcome outcome = upload->outcome;
  tl_queue_counts counts;
  tl_queue_count(upload->queue, &counts);
  outcome.pending = counts.pending;
  return outcome;
}
