/*
 * A whole client over plain sockets, as an example and for the tests: `client COMMAND...`, where a command is
 * `consent=a,b`, `user=NAME`, `taps=N`, `group=N`, `motion=N`, `visit=PLACE`, `predict=WINDOW:TABLE`, `answer=STATUS:SECONDS:FILE`,
 * `flush`, `report` or `hang`. The environment says where: TL_FOLDER, TL_INSTANCE, TL_PORT, TL_KEY, and for tests
 * TIDELINE_CRASH_AT=point:hit and TL_PENDING_BYTES.
 */
#define _POSIX_C_SOURCE 200809L

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client_platform.h"
#include "tideline.h"

static const tl_field TAP_FIELDS[] = {
    {.name = "target", .kind = TL_STRING, .max_length = 256},
    {.name = "screen", .kind = TL_STRING, .max_length = 256},
};
static const tl_event_type TAP = {
    .name = "tap", .version = 2, .purpose = "analytics", .fields = TAP_FIELDS, .field_count = 2};

static const char *const MOTION_UNITS[] = {"g", "g", "g", "rad/s", "rad/s", "rad/s"};
static const tl_field MOTION_FIELDS[] = {
    {.name = "session", .kind = TL_STRING, .max_length = 64},
    {.name = "start", .kind = TL_INT, .has_min = true, .min = 0},
    {.name = "samples", .kind = TL_FRAME, .size = 6, .units = MOTION_UNITS, .rate = 50},
};
static const tl_event_type MOTION = {
    .name = "motion", .version = 1, .purpose = "improve_product", .fields = MOTION_FIELDS, .field_count = 3};

/* The server of the tests knows no event with a field of a purpose of its own: this one stays on the device. */
static const char *const PHOTO_TYPES[] = {"image/jpeg", "image/png", NULL};
static const tl_field VISIT_FIELDS[] = {
    {.name = "photo", .kind = TL_MEDIA, .optional = true, .has_max = true, .max = 1000, .one_of = PHOTO_TYPES},
    {.name = "screen", .kind = TL_STRING, .max_length = 256},
    {.name = "place", .kind = TL_STRING, .max_length = 256, .purpose = "cloud_prediction"},
};
static const tl_event_type VISIT = {
    .name = "visit", .version = 1, .purpose = "analytics", .fields = VISIT_FIELDS, .field_count = 3};

static const char *const SOURCES[] = {"device", "endpoint", "last", "rule", NULL};
static const tl_field PREDICTION_FIELDS[] = {
    {.name = "prediction_id", .kind = TL_STRING, .max_length = 64},
    {.name = "session", .kind = TL_STRING, .max_length = 64},
    {.name = "start", .kind = TL_INT, .has_min = true, .min = 0},
    {.name = "model", .kind = TL_STRING, .max_length = 64},
    {.name = "release", .kind = TL_STRING, .max_length = 64},
    {.name = "definition", .kind = TL_STRING, .max_length = 64},
    {.name = "label", .kind = TL_STRING, .max_length = 64},
    {.name = "probabilities", .kind = TL_VECTOR, .size = 6, .optional = true},
    {.name = "source", .kind = TL_STRING, .one_of = SOURCES},
    {.name = "reason", .kind = TL_STRING, .optional = true},
    {.name = "latency_ms", .kind = TL_FLOAT, .has_min = true, .min = 0},
};
static const tl_event_type PREDICTION = {
    .name = "prediction", .version = 1, .purpose = "improve_product", .fields = PREDICTION_FIELDS, .field_count = 11};

static const char *const LABELS[] = {"WALKING", "WALKING_UPSTAIRS", "WALKING_DOWNSTAIRS", "SITTING", "STANDING", "LAYING"};
static const uint32_t BODY[] = {0, 1, 2};
static const tl_condition MOVING[] = {{.channels = BODY, .channel_count = 3, .rms_above = 0.1, .label = "WALKING"}};

static const char *const PURPOSES[] = {"improve_product", "analytics", "cloud_prediction", NULL};
static const tl_event_type *const EVENTS[] = {&TAP, &MOTION, &VISIT, &PREDICTION};
static const tl_app APP = {.purposes = PURPOSES, .events = EVENTS, .event_count = 4};

static void stop(const char *what, const tl_fault *fault) {
  printf("failed\t%s\t%s\t%s\t%s\n", what, tl_error_name(fault->status), fault->field, fault->reason);
  exit(1);
}

static void recorded(const tl_source *source, uint64_t seq, const char *content) {
  printf("recorded\t%s\t%" PRIu64 "\t%" PRIu64 "\t%s\n", source->install, source->epoch, seq, content);
  fflush(stdout);
}

static void track_taps(tl_client *client, unsigned count, bool grouped) {
  tl_fault fault;
  tl_buffer drafts;
  tl_buffer_init(&drafts, TL_RECORD_BYTES);
  char targets[1000][64];
  for (unsigned index = 0; index < count && index < 1000; index += 1) {
    snprintf(targets[index], sizeof targets[index], "button-%ld-%u", (long)getpid(), index);
    tl_property properties[] = {tl_text("target", targets[index]), tl_text("screen", "Gr\xc3\xbc\xc3\x9f\x65 \"\\\n \xf0\x9f\x99\x82")};
    tl_event_id id;
    tl_status status = grouped ? tl_client_draft(client, &TAP, properties, 2, TL_NOW, &drafts, &fault)
                               : tl_client_track(client, &TAP, properties, 2, TL_NOW, &id, &fault);
    if (status == TL_CONSENT_MISSING) continue;
    if (status != TL_OK) stop("tap", &fault);
    if (!grouped) recorded(&id.source, id.seq, targets[index]);
  }
  uint64_t first;
  tl_diagnostics d;
  if (grouped && tl_client_record(client, &drafts, &first, &fault) != TL_OK) stop("group", &fault);
  tl_client_diagnose(client, &d);
  for (unsigned index = 0; grouped && first > 0 && index < count; index += 1) recorded(&d.identity.source, first + index, targets[index]);
  tl_buffer_free(&drafts);
}

/** Frames whose samples count up: every other one as int16, with a gap. */
static void track_motion(tl_client *client, unsigned count) {
  tl_fault fault;
  float values[20 * 6];
  for (unsigned index = 0; index < 120; index += 1) values[index] = (float)index / 8 - 5;
  tl_gap gap = {10, 7};
  double scale[6] = {0.125, 0.125, 0.125, 0.125, 0.125, 0.125};
  for (unsigned index = 0; index < count; index += 1) {
    tl_frame frame = {.values = values, .samples = 20, .rate = 49.5, .state_units = true};
    if (index % 2 == 1) {
      frame.encoding = TL_INT16;
      frame.scale = scale;
      frame.gaps = &gap;
      frame.gap_count = 1;
    }
    tl_property properties[] = {tl_text("session", "s1"), tl_integer("start", index * 27), tl_samples("samples", frame)};
    tl_event_id id;
    tl_status status = tl_client_track(client, &MOTION, properties, 3, TL_NOW, &id, &fault);
    if (status == TL_CONSENT_MISSING) continue;
    if (status != TL_OK) stop("motion", &fault);
    recorded(&id.source, id.seq, index % 2 == 1 ? "int16" : "float32");
  }
}

static void track_visit(tl_client *client, const char *place) {
  tl_fault fault;
  tl_event_id id;
  tl_property properties[] = {tl_text("screen", "home"), tl_text("place", place)};
  if (tl_client_track(client, &VISIT, properties, 2, TL_NOW, &id, &fault) == TL_OK) recorded(&id.source, id.seq, "visit");
}

/** `photo=DIGEST:BYTES:TYPE`: an event with media by reference. */
static void track_photo(tl_client *client, char *text) {
  tl_event_id id;
  tl_fault fault = {0};
  char *size = strchr(text, ':');
  char *type = size == NULL ? NULL : strchr(size + 1, ':');
  if (type == NULL) exit(2);
  *size++ = '\0';
  *type++ = '\0';
  tl_property_list *list = tl_property_list_new();
  tl_property_list_add_text(list, "screen", "home", 4);
  tl_property_list_add_media(list, "photo", text, atoll(size), type);
  if (tl_client_track(client, &VISIT, tl_property_list_items(list), tl_property_list_count(list), TL_NOW, &id, &fault) == TL_OK) {
    recorded(&id.source, id.seq, "visit");
  } else {
    printf("refused\t%s\t%s\t%s\n", tl_error_name(fault.status), fault.field, fault.reason);
  }
  tl_property_list_free(list);
}

/** `old-tap=MS`: an event of another time than now. */
static void track_old_tap(tl_client *client, int64_t time) {
  tl_event_id id;
  tl_fault fault = {0};
  tl_property tap[] = {tl_text("target", "button-old"), tl_text("screen", "home")};
  if (tl_client_track(client, &TAP, tap, 2, time, &id, &fault) == TL_OK) recorded(&id.source, id.seq, "button-old");
}

static uint8_t *read_file(const char *path, size_t *length) {
  FILE *file = fopen(path, "rb");
  if (file == NULL || fseek(file, 0, SEEK_END) != 0) exit(2);
  *length = (size_t)ftell(file);
  rewind(file);
  uint8_t *bytes = malloc(*length > 0 ? *length : 1);
  if (bytes == NULL || fread(bytes, 1, *length, file) != *length) exit(2);
  fclose(file);
  return bytes;
}

/** `predict=WINDOW[:TABLE]`: answers the window of a file of float32, by a table or by the rule. */
static void predict(tl_client *client, char *paths) {
  tl_fault fault = {0};
  size_t length, bytes;
  tl_prediction found;
  float probabilities[6] = {0};
  tl_model model = {.name = "activity", .purpose = "improve_product", .definition = "d", .labels = LABELS, .label_count = 6,
                    .channels = 9, .fallback = {MOVING, 1, "STANDING"}, .event = &PREDICTION, .release = "r1"};
  char *file = strchr(paths, ':');
  if (file != NULL) {
    *file++ = '\0';
    uint8_t *table = read_file(file, &bytes);
    if (tl_table_load(&model.table, table, bytes, TL_TABLE_SPACE, &fault) != TL_OK) stop("table", &fault);
    free(table);
  }
  float *window = (float *)(void *)read_file(paths, &length);
  tl_place place = {"s1", 0, TL_NOW};
  if (tl_client_predict(client, &model, window, length / 4, &place, &found, probabilities) != TL_OK) exit(2);
  printf("predicted\t%s\t%s\t%s\t%s\t%s\t%.9g\n", found.id, found.label, found.source, found.release,
         found.reason == NULL ? "-" : found.reason, (double)probabilities[0]);
  free(window);
  tl_table_free(model.table);
}

static void set_consent(tl_client *client, char *list) {
  const char *purposes[8];
  size_t count = 0;
  tl_fault fault;
  for (char *name = strtok(list, ","); name != NULL && count < 8; name = strtok(NULL, ",")) purposes[count++] = name;
  if (tl_client_set_consent(client, purposes, count, &fault) != TL_OK) stop("consent", &fault);
}

static void print_outcome(const tl_flush_outcome *outcome) {
  printf("flushed\t%s\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\n", tl_error_name(outcome->stopped),
         outcome->acknowledged, outcome->pending, outcome->duplicates, outcome->quarantined);
}

/** `answer=STATUS:SECONDS:FILE`: what becomes of the queue when a batch gets a certain answer. */
static void take_answer(tl_client *client, const char *text) {
  char path[512] = "";
  tl_response response = {.status = 0, .retry_after = -1};
  static uint8_t bytes[1 << 20];
  tl_upload *upload = tl_client_upload(client);
  tl_request request;
  uint32_t pause = 0;
  if (sscanf(text, "%d:%lf:%511[^\n]", &response.status, &response.retry_after, path) < 2) exit(2);
  FILE *file = fopen(path, "rb");
  response.body = bytes;
  if (file != NULL) {
    response.body_length = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
  }
  tl_upload_begin(upload);
  if (tl_upload_next(upload, &request, &pause) != TL_STEP_SEND) exit(2);
  tl_upload_answer(upload, &response);
  tl_step step = tl_upload_next(upload, &request, &pause);
  size_t next = step == TL_STEP_SEND ? upload->load.count : 0;
  printf("answered\t%d\t%" PRIu32 "\t%zu\t%" PRIu64, (int)step, pause, next, tl_upload_outcome(upload).pending);
  for (size_t index = 0; index < next; index += 1) printf("%s%" PRIu64, index == 0 ? "\t" : ",", upload->load.sequences[index]);
  printf("\n");
}

static void print_report(tl_client *client) {
  tl_diagnostics d;
  tl_client_diagnose(client, &d);
  printf("report\t%s\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64
         "\t%" PRIu64 "\n",
         d.identity.source.install, d.identity.source.epoch, d.events.recorded, d.events.acknowledged, d.events.pending,
         d.events.dropped, d.withheld, d.withheld_fields, d.events.torn_bytes,
         d.events.drops[TL_DROP_AGE], d.events.drops[TL_DROP_CONSENT]);
}

int main(int count, char **args) {
  char collect[64];
  tl_fault fault;
  tl_client *client;
  const char *pending = getenv("TL_PENDING_BYTES");
  const char *secret = getenv("TL_SECRET");
  uint8_t key[32];
  if (secret != NULL) client_digest(NULL, (const uint8_t *)secret, strlen(secret), key);
  snprintf(collect, sizeof collect, "http://127.0.0.1:%s", getenv("TL_PORT") == NULL ? "9" : getenv("TL_PORT"));
  tl_client_options options = {
      .folder = getenv("TL_FOLDER"),
      .instance = getenv("TL_INSTANCE"),
      .app = &APP,
      .collect = collect,
      .write_key = getenv("TL_KEY"),
      .user = "person-1",
      .secret = secret == NULL ? NULL : key,
      .region = getenv("TL_REGION"),
      .queue = {.segment_bytes = 4096, .pending_bytes = pending == NULL ? 0 : strtoul(pending, NULL, 10)},
      .upload = {.batch_events = 16, .backoff_ms = 20, .attempts = 4},
      .ports = client_ports(),
  };
  if (tl_client_open(&client, &options, &fault) != TL_OK) stop("open", &fault);
  for (int index = 1; index < count; index += 1) {
    char *value = strchr(args[index], '=');
    char *command = args[index];
    if (value != NULL) *value++ = '\0';
    if (strcmp(command, "consent") == 0) set_consent(client, value);
    else if (strcmp(command, "user") == 0) tl_client_alias(client, value, NULL);
    else if (strcmp(command, "taps") == 0) track_taps(client, (unsigned)atoi(value), false);
    else if (strcmp(command, "group") == 0) track_taps(client, (unsigned)atoi(value), true);
    else if (strcmp(command, "motion") == 0) track_motion(client, (unsigned)atoi(value));
    else if (strcmp(command, "old-tap") == 0) track_old_tap(client, atoll(value));
    else if (strcmp(command, "photo") == 0) track_photo(client, value);
    else if (strcmp(command, "visit") == 0) track_visit(client, value);
    else if (strcmp(command, "answer") == 0) take_answer(client, value);
    else if (strcmp(command, "report") == 0) print_report(client);
    else if (strcmp(command, "predict") == 0) predict(client, value);
    else if (strcmp(command, "hang") == 0) pause();
    else {
      tl_flush_outcome outcome = tl_client_flush(client);
      print_outcome(&outcome);
    }
    fflush(stdout);
  }
  tl_client_close(client);
  return 0;
}
