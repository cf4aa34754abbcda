/*
 * A whole client over plain sockets, as an example and for the tests: `client COMMAND...`, where a command is
 * `consent=a,b`, `user=NAME`, `taps=N`, `group=N`, `motion=N`, `answer=STATUS:SECONDS:FILE`, `flush` or `report`. The environment says
 * where: TL_FOLDER, TL_INSTANCE, TL_PORT, TL_KEY, and for tests TIDELINE_CRASH_AT=point:hit. TLS is left to a platform's own HTTP.
 */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

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
static const tl_field VISIT_FIELDS[] = {
    {.name = "screen", .kind = TL_STRING, .max_length = 256},
    {.name = "place", .kind = TL_STRING, .max_length = 256, .purpose = "cloud_prediction"},
};
static const tl_event_type VISIT = {
    .name = "visit", .version = 1, .purpose = "analytics", .fields = VISIT_FIELDS, .field_count = 2};

static const char *const PURPOSES[] = {"improve_product", "analytics", "cloud_prediction", NULL};
static const tl_event_type *const EVENTS[] = {&TAP, &MOTION, &VISIT};
static const tl_app APP = {.purposes = PURPOSES, .events = EVENTS, .event_count = 3};

static int64_t clock_ms(void *context) {
  struct timespec now;
  (void)context;
  clock_gettime(CLOCK_REALTIME, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool random_bytes(void *context, uint8_t *bytes, size_t length) {
  (void)context;
  FILE *source = fopen("/dev/urandom", "rb");
  bool done = source != NULL && fread(bytes, 1, length, source) == length;
  if (source != NULL) fclose(source);
  return done;
}

static bool gzip_bytes(void *context, const uint8_t *bytes, size_t length, tl_buffer *out) {
  (void)context;
  z_stream stream;
  memset(&stream, 0, sizeof stream);
  /* 15 bits of window, and 16 more for gzip's own header. */
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) != Z_OK) return false;
  uLong room = deflateBound(&stream, (uLong)length) + 32;
  uint8_t *to = tl_buffer_extend(out, room);
  union {
    const uint8_t *from;
    uint8_t *to;
  } input = {bytes};
  stream.next_in = input.to;
  stream.avail_in = (uInt)length;
  stream.next_out = to;
  stream.avail_out = (uInt)room;
  bool done = to != NULL && deflate(&stream, Z_FINISH) == Z_STREAM_END;
  if (done) out->length -= room - stream.total_out;
  deflateEnd(&stream);
  return done;
}

static void wait_ms(void *context, uint32_t ms) {
  struct timespec pause = {ms / 1000, (long)(ms % 1000) * 1000000};
  (void)context;
  nanosleep(&pause, NULL);
}

static void log_line(void *context, tl_level level, const char *part, tl_status status, const char *message) {
  (void)context;
  fprintf(stderr, "%d %s [%s] %s\n", (int)level, part, tl_error_name(status), message);
}

/** Ends the process at the named point's n-th hit, as if the phone's battery had been torn out. */
static void crash_point(void *context, const char *name) {
  static unsigned hits;
  const char *wanted = getenv("TIDELINE_CRASH_AT");
  const char *colon = wanted == NULL ? NULL : strchr(wanted, ':');
  (void)context;
  if (colon == NULL || strlen(name) != (size_t)(colon - wanted) || strncmp(name, wanted, strlen(name)) != 0) return;
  hits += 1;
  if (hits == strtoul(colon + 1, NULL, 10)) kill(getpid(), SIGKILL);
}

static bool send_all(int fd, const void *bytes, size_t length) {
  const char *at = bytes;
  while (length > 0) {
    ssize_t sent = send(fd, at, length, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    at += sent;
    length -= (size_t)sent;
  }
  return true;
}

/** Value of a header of an answer's head, copied; NULL where there is none. */
static char *header_value(const char *head, const char *name, char *value, size_t room) {
  for (const char *line = strstr(head, "\r\n"); line != NULL; line = strstr(line + 2, "\r\n")) {
    if (strncasecmp(line + 2, name, strlen(name)) != 0 || line[2 + strlen(name)] != ':') continue;
    const char *from = line + 3 + strlen(name);
    from += strspn(from, " ");
    snprintf(value, room, "%.*s", (int)strcspn(from, "\r"), from);
    return value;
  }
  return NULL;
}

static int connect_to(uint16_t port, uint32_t timeout_ms) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  struct timeval limit = {timeout_ms / 1000, (long)(timeout_ms % 1000) * 1000};
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (fd < 0) return -1;
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  if (connect(fd, (struct sockaddr *)(void *)&address, sizeof address) == 0) return fd;
  close(fd);
  return -1;
}

/** HTTP/1.1 with `Connection: close`; the body ends where the server closes, or at its Content-Length. */
static void transport(void *context, const tl_request *request, tl_response *response, tl_buffer *body) {
  const char *path = strstr(request->url + strlen("http://"), "/");
  const char *port = strrchr(request->url, ':');
  char head[1024];
  (void)context;
  int fd = connect_to((uint16_t)atoi(port + 1), request->timeout_ms);
  if (fd < 0) return;
  int length = snprintf(head, sizeof head,
                        "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: %s\r\nContent-Type: %s\r\n%s%s%sContent-Length: %zu\r\n"
                        "Connection: close\r\n\r\n",
                        request->method, path, request->authorisation, request->content_type,
                        request->content_encoding == NULL ? "" : "Content-Encoding: ",
                        request->content_encoding == NULL ? "" : request->content_encoding,
                        request->content_encoding == NULL ? "" : "\r\n", request->body_length);
  tl_buffer answer;
  tl_buffer_init(&answer, request->max_bytes + 16384);
  bool done = length > 0 && (size_t)length < sizeof head && send_all(fd, head, (size_t)length) &&
              send_all(fd, request->body, request->body_length);
  while (done) {
    uint8_t part[4096];
    ssize_t count = recv(fd, part, sizeof part, 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) done = false;
    if (count <= 0) break;
    tl_buffer_add(&answer, part, (size_t)count);
    done = answer.status == TL_OK;
  }
  close(fd);
  tl_buffer_add(&answer, "", 1);
  char *end = done ? strstr((char *)answer.bytes, "\r\n\r\n") : NULL;
  if (end != NULL) {
    char value[64], date[64];
    size_t from = (size_t)(end + 4 - (char *)answer.bytes);
    size_t size = answer.length - 1 - from;
    *end = '\0';
    const char *text = (const char *)answer.bytes;
    bool whole = header_value(text, "content-length", value, sizeof value) == NULL || strtoul(value, NULL, 10) == size;
    if (whole) {
      response->status = atoi(text + strlen("HTTP/1.1 "));
      response->retry_after = tl_retry_after(header_value(text, "retry-after", value, sizeof value),
                                             header_value(text, "date", date, sizeof date));
      tl_buffer_add(body, answer.bytes + from, size);
    }
  }
  tl_buffer_free(&answer);
}

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
  printf("report\t%s\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\n",
         d.identity.source.install, d.identity.source.epoch, d.events.recorded, d.events.acknowledged, d.events.pending,
         d.events.dropped, d.withheld, d.withheld_fields, d.events.torn_bytes);
}

int main(int count, char **args) {
  char collect[64];
  tl_fault fault;
  tl_client *client;
  const char *pending = getenv("TL_PENDING_BYTES");
  snprintf(collect, sizeof collect, "http://127.0.0.1:%s", getenv("TL_PORT") == NULL ? "9" : getenv("TL_PORT"));
  tl_client_options options = {
      .folder = getenv("TL_FOLDER"),
      .instance = getenv("TL_INSTANCE"),
      .app = &APP,
      .collect = collect,
      .write_key = getenv("TL_KEY"),
      .user = "person-1",
      .queue = {.segment_bytes = 4096, .pending_bytes = pending == NULL ? 0 : strtoul(pending, NULL, 10)},
      .upload = {.batch_events = 16, .backoff_ms = 20, .attempts = 4},
      .ports = {.clock = clock_ms, .random = random_bytes, .gzip = gzip_bytes, .transport = transport, .wait = wait_ms,
                .log = log_line, .crash_point = crash_point},
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
    else if (strcmp(command, "visit") == 0) track_visit(client, value);
    else if (strcmp(command, "answer") == 0) take_answer(client, value);
    else if (strcmp(command, "report") == 0) print_report(client);
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
