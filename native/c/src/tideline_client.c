#include "tideline_client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client_internal.h"
#include "tideline_crash_point.h"
#include "tideline_text.h"
#include "tideline_wire.h"

/** Ends a call: hands its fault out and keeps it for the diagnostics. */
static tl_status give(tl_client *client, tl_fault *fault, tl_status status) {
  if (status != TL_OK && status != TL_CONSENT_MISSING) {
    if (client->fault.status != status) tl_refuse(&client->fault, status, "", tl_error_name(status));
    if (fault != NULL) *fault = client->fault;
    client->last_fault = client->fault;
  }
  tl_refuse(&client->fault, TL_OK, "", "");
  return status;
}

tl_status tl_client_set_user(tl_client *client, const char *user, tl_fault *fault) {
  size_t units = 0;
  if (user == NULL) {
    client->has_user = false;
    return TL_OK;
  }
  size_t length = strlen(user);
  if (length > CLIENT_USER_BYTES || !tl_utf8_valid(user, length, &units) || units < 1 || units > 256) {
    return give(client, fault, tl_refuse(&client->fault, TL_ARGUMENT_INVALID, "user", "expected 1 to 256 UTF-16 units"));
  }
  memcpy(client->user, user, length + 1);
  client->has_user = true;
  return TL_OK;
}

tl_status tl_client_alias(tl_client *client, const char *user, tl_fault *fault) {
  char old[CLIENT_USER_BYTES + 1] = "";
  if (client->has_user) memcpy(old, client->user, sizeof old);
  tl_status status = tl_client_set_user(client, user, fault);
  if (status == TL_OK && user != NULL && strcmp(old, user) != 0) memcpy(client->previous_user, old, sizeof old);
  return status;
}

static tl_status make_proof(tl_client *client, const uint8_t *secret, char proof[TL_PROOF]) {
  uint8_t digest[32];
  proof[0] = '\0';
  if (secret == NULL) return TL_OK;
  if (client->ports.digest == NULL || !client->ports.digest(client->ports.context, secret, 32, digest)) {
    return tl_refuse(&client->fault, TL_UNAVAILABLE, "digest", "the platform gave no digest");
  }
  for (int index = 0; index < 32; index += 1) snprintf(proof + 2 * index, 3, "%02x", digest[index]);
  return TL_OK;
}

static tl_status copy_text(tl_client *client, char *to, size_t room, const char *from, const char *field) {
  if (from == NULL || strlen(from) >= room) return tl_refuse(&client->fault, TL_ARGUMENT_INVALID, field, "expected a shorter text");
  memcpy(to, from, strlen(from) + 1);
  return TL_OK;
}

static tl_status open_parts(tl_client *client, const tl_client_options *options) {
  if (options->ports.clock == NULL || options->ports.random == NULL || options->app == NULL || options->folder == NULL ||
      options->instance == NULL) {
    return tl_refuse(&client->fault, TL_ARGUMENT_INVALID, "options", "expected folder, instance, app, clock and random");
  }
  tl_status status = copy_text(client, client->collect, sizeof client->collect, options->collect, "collect");
  if (status == TL_OK) status = copy_text(client, client->write_key, sizeof client->write_key, options->write_key, "write_key");
  if (status == TL_OK && options->region != NULL) {
    status = copy_text(client, client->region, sizeof client->region, options->region, "region");
  }
  char proof[TL_PROOF];
  if (status == TL_OK) status = make_proof(client, options->secret, proof);
  if (status == TL_OK) status = tl_client_set_user(client, options->user, NULL);
  if (status == TL_OK) status = tl_folder_open(&client->folder, options->folder, &client->ports, &client->fault);
  if (status == TL_OK) status = tl_consent_read(&client->folder, &client->consent);
  tl_owner owner = {options->instance, proof};
  if (status == TL_OK) status = tl_queue_open(&client->queue, &client->folder, &owner, &options->queue, &client->consent);
  if (status != TL_OK) return status;
  tl_upload_options upload = {client->collect, client->write_key, TL_SDK, options->region == NULL ? NULL : client->region,
                              options->upload};
  status = tl_upload_open(&client->upload, client->queue, &client->ports, &upload);
  return status == TL_OK ? status : tl_refuse(&client->fault, status, "collect", "expected an address and a key without spaces");
}

tl_status tl_client_open(tl_client **result, const tl_client_options *options, tl_fault *fault) {
  *result = NULL;
  tl_client *client = calloc(1, sizeof *client);
  if (client == NULL) return tl_refuse(fault, TL_OUT_OF_MEMORY, "client", "no memory");
  client->ports = options->ports;
  client->app = options->app;
  client->folder.fd = -1;
  client->folder.lock = -1;
  tl_status status = open_parts(client, options);
  if (status != TL_OK) {
    give(client, fault, status);
    tl_client_close(client);
    return status;
  }
  *result = client;
  return TL_OK;
}

void tl_client_close(tl_client *client) {
  if (client == NULL) return;
  tl_upload_close(&client->upload);
  tl_queue_close(client->queue);
  tl_folder_close(&client->folder);
  free(client);
}

const tl_consent *tl_client_consent(const tl_client *client) { return &client->consent; }

tl_status tl_client_set_consent(tl_client *client, const char *const *purposes, size_t count, tl_fault *fault) {
  for (size_t index = 0; index < count; index += 1) {
    if (tl_app_has_purpose(client->app, purposes[index])) continue;
    return give(client, fault, tl_refuse(&client->fault, TL_ARGUMENT_INVALID, purposes[index], "expected a declared purpose"));
  }
  tl_consent next;
  tl_status status = tl_consent_set(&next, purposes, count);
  if (status == TL_OK) status = tl_consent_write(&client->folder, &next);
  if (status != TL_OK) return give(client, fault, status);
  tl_consent_copy(&client->consent, &next);
  tl_crash_point(&client->ports, TL_AT_PURGE_BEFORE);
  return give(client, fault, tl_queue_purge(client->queue, &client->consent));
}

tl_status tl_client_draft(tl_client *client, const tl_event_type *type, const tl_property *properties, size_t count,
                          int64_t time, tl_buffer *drafts, tl_fault *fault) {
  if (!tl_consent_has(&client->consent, type->purpose, strlen(type->purpose))) {
    client->withheld += 1;
    return TL_CONSENT_MISSING;
  }
  tl_status status = tl_event_check(type, properties, count, &client->fault);
  if (status != TL_OK) return give(client, fault, status);
  if (time == TL_NOW) time = client->ports.clock(client->ports.context);
  tl_record_head head = {.type = type,
                         .time = time,
                         .user = client->has_user ? client->user : NULL,
                         .previous_user = client->previous_user[0] == '\0' ? NULL : client->previous_user,
                         .consent = client->consent.granted,
                         .consent_count = client->consent.count};
  size_t start = drafts->length;
  uint32_t withheld = 0;
  status = tl_record_add(drafts, &head, properties, count, &withheld);
  tl_record record;
  if (status == TL_OK && tl_record_read(drafts->bytes + start, drafts->length - start, &record)) {
    bool large = record.length - record.attachment_length > TL_EVENT_BYTES ||
                 record.length > client->upload.options.limits.batch_bytes + TL_EVENT_BYTES;
    if (large) status = tl_refuse(&client->fault, TL_EVENT_TOO_LARGE, type->name, "expected less JSON or fewer samples: cut the recording into shorter frames");
  }
  if (status != TL_OK) {
    /* What was added of it is taken back, so that the drafts before it stay whole. */
    if (drafts->length > start) drafts->length = start;
    drafts->status = TL_OK;
    return give(client, fault, status);
  }
  client->withheld_fields += withheld;
  client->previous_user[0] = '\0';
  return TL_OK;
}

/** Leaves out the drafts, and the fields, of purposes that are no longer granted. */
static tl_status still_granted(const tl_client *client, const tl_buffer *drafts, tl_buffer *kept) {
  tl_record record;
  for (size_t at = 0; at < drafts->length; at += record.length) {
    if (!tl_record_read(drafts->bytes + at, drafts->length - at, &record)) return TL_ARGUMENT_INVALID;
    if (tl_consent_has(&client->consent, record.purpose, record.purpose_length)) {
      tl_record_strip(kept, &record, tl_consent_grants, &client->consent);
    }
  }
  return kept->status;
}

tl_status tl_client_record(tl_client *client, tl_buffer *drafts, uint64_t *first, tl_fault *fault) {
  tl_buffer kept;
  tl_buffer_init(&kept, drafts->limit);
  tl_status status = still_granted(client, drafts, &kept);
  *first = 0;
  if (status == TL_OK && kept.length > 0) status = tl_queue_record(client->queue, kept.bytes, kept.length, first);
  tl_buffer_free(&kept);
  if (status == TL_OK) tl_buffer_clear(drafts);
  return give(client, fault, status);
}

tl_status tl_client_track(tl_client *client, const tl_event_type *type, const tl_property *properties, size_t count,
                          int64_t time, tl_event_id *id, tl_fault *fault) {
  tl_buffer draft;
  uint64_t seq = 0;
  tl_buffer_init(&draft, TL_RECORD_BYTES);
  tl_status status = tl_client_draft(client, type, properties, count, time, &draft, fault);
  if (status == TL_OK) status = give(client, fault, tl_queue_record(client->queue, draft.bytes, draft.length, &seq));
  tl_buffer_free(&draft);
  if (status == TL_OK && id != NULL) *id = (tl_event_id){tl_queue_identity(client->queue)->source, seq};
  return status;
}

tl_upload *tl_client_upload(tl_client *client) { return &client->upload; }

tl_flush_outcome tl_client_flush(tl_client *client) {
  const tl_ports *ports = &client->ports;
  tl_upload *upload = &client->upload;
  tl_upload_begin(upload);
  for (;;) {
    tl_request request;
    uint32_t wait_ms;
    tl_step step = tl_upload_next(upload, &request, &wait_ms);
    if (step == TL_STEP_DONE || step == TL_STEP_STOPPED) break;
    if (step == TL_STEP_WAIT) {
      if (ports->wait != NULL) ports->wait(ports->context, wait_ms);
      continue;
    }
    tl_response response = {0, NULL, 0, -1};
    tl_buffer body;
    tl_buffer_init(&body, request.max_bytes);
    if (ports->transport != NULL) ports->transport(ports->context, &request, &response, &body);
    response.body = body.bytes;
    response.body_length = body.length;
    tl_upload_answer(upload, &response);
    tl_buffer_free(&body);
  }
  return tl_upload_outcome(upload);
}

void tl_client_diagnose(const tl_client *client, tl_diagnostics *diagnostics) {
  diagnostics->identity = *tl_queue_identity(client->queue);
  tl_queue_count(client->queue, &diagnostics->events);
  diagnostics->withheld = client->withheld;
  diagnostics->withheld_fields = client->withheld_fields;
  diagnostics->last_fault = client->last_fault;
}
