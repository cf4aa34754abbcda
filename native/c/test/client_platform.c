#define _POSIX_C_SOURCE 200809L

#include <errno.h>
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
#ifdef TEST_GZIP
#include <zlib.h>
#endif

#include "client_platform.h"

static int64_t clock_ms(void *context) {
  struct timespec now;
  (void)context;
  clock_gettime(CLOCK_REALTIME, &now);
  /* A clock that somebody has set. */
  const char *days = getenv("TL_CLOCK_DAYS");
  int64_t set = days == NULL ? 0 : atoll(days) * 86400000;
  return set + (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static double monotonic_ms(void *context) {
  struct timespec now;
  (void)context;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static bool random_bytes(void *context, uint8_t *bytes, size_t length) {
  (void)context;
  FILE *source = fopen("/dev/urandom", "rb");
  bool done = source != NULL && fread(bytes, 1, length, source) == length;
  if (source != NULL) fclose(source);
  return done;
}

#ifdef TEST_GZIP
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
#endif

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

tl_ports client_ports(void) {
  return (tl_ports){.clock = clock_ms,
                    .monotonic = monotonic_ms,
                    .random = random_bytes,
                    .digest = client_digest,
#ifdef TEST_GZIP
                    .gzip = gzip_bytes,
#endif
                    .transport = transport,
                    .wait = wait_ms,
                    .log = log_line,
                    .crash_point = crash_point};
}
