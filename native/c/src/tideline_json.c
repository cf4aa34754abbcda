#include "tideline_json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tideline_text.h"

/** Characters of a number: JavaScript's longest has 25. */
#define NUMBER_LENGTH 60

static bool broken(tl_json *json) {
  json->status = TL_DATA_MALFORMED;
  json->at = json->end;
  return false;
}

/** The next byte that is no white space; 0 at the end. */
static uint8_t ahead(tl_json *json) {
  while (json->at < json->end && (*json->at == ' ' || *json->at == '\t' || *json->at == '\n' || *json->at == '\r')) {
    json->at += 1;
  }
  return json->at < json->end ? *json->at : 0;
}

void tl_json_init(tl_json *json, const uint8_t *bytes, size_t length) {
  memset(json, 0, sizeof *json);
  json->at = bytes;
  json->end = length == 0 ? bytes : bytes + length;
}

tl_json_kind tl_json_peek(tl_json *json) {
  uint8_t byte = ahead(json);
  switch (byte) {
    case 'n': return TL_JSON_NULL;
    case 't':
    case 'f': return TL_JSON_BOOLEAN;
    case '"': return TL_JSON_STRING;
    case '[': return TL_JSON_ARRAY;
    case '{': return TL_JSON_OBJECT;
    default: return byte == '-' || (byte >= '0' && byte <= '9') ? TL_JSON_NUMBER : TL_JSON_BROKEN;
  }
}

bool tl_json_enter(tl_json *json, tl_json_kind kind) {
  if (json->status != TL_OK || tl_json_peek(json) != kind || json->depth == TL_JSON_DEPTH) return broken(json);
  if (kind != TL_JSON_ARRAY && kind != TL_JSON_OBJECT) return broken(json);
  uint64_t bit = UINT64_C(1) << json->depth;
  json->objects = kind == TL_JSON_OBJECT ? json->objects | bit : json->objects & ~bit;
  json->depth += 1;
  json->first = true;
  json->at += 1;
  return true;
}

static bool in_object(const tl_json *json) {
  return json->depth > 0 && (json->objects >> (json->depth - 1) & 1u) != 0;
}

bool tl_json_next(tl_json *json) {
  if (json->status != TL_OK || json->depth == 0) return broken(json);
  uint8_t byte = ahead(json);
  if (byte == (in_object(json) ? '}' : ']')) {
    json->at += 1;
    json->depth -= 1;
    json->first = false;
    return false;
  }
  if (!json->first) {
    if (byte != ',') return broken(json);
    json->at += 1;
  }
  json->first = false;
  return true;
}

/** The value of four hexadecimal digits; -1 for others. */
static int32_t hex4(const uint8_t *at, const uint8_t *end) {
  if (end - at < 4) return -1;
  int32_t value = 0;
  for (int index = 0; index < 4; index += 1) {
    uint8_t byte = at[index];
    int digit = byte >= '0' && byte <= '9'   ? byte - '0'
                : byte >= 'a' && byte <= 'f' ? byte - 'a' + 10
                : byte >= 'A' && byte <= 'F' ? byte - 'A' + 10
                                             : -1;
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

/** Bytes of a string being read; what does not fit is counted and left out. */
typedef struct text_sink {
  char *text;
  size_t room;
  size_t length;
  bool zero;
} text_sink;

static void put(text_sink *sink, uint32_t byte) {
  if (sink->length + 1 < sink->room) sink->text[sink->length] = (char)byte;
  sink->length += 1;
}

static void put_point(text_sink *sink, uint32_t point) {
  sink->zero = sink->zero || point == 0;
  if (point < 0x80) {
    put(sink, point);
    return;
  }
  if (point < 0x800) {
    put(sink, 0xc0 | point >> 6);
  } else {
    if (point < 0x10000) {
      put(sink, 0xe0 | point >> 12);
    } else {
      put(sink, 0xf0 | point >> 18);
      put(sink, 0x80 | (point >> 12 & 0x3f));
    }
    put(sink, 0x80 | (point >> 6 & 0x3f));
  }
  put(sink, 0x80 | (point & 0x3f));
}

/** Reads the escape behind a backslash. A lone surrogate becomes U+FFFD, as no UTF-8 can say it. */
static bool escape(tl_json *json, text_sink *sink) {
  if (json->at == json->end) return broken(json);
  uint8_t byte = *json->at++;
  switch (byte) {
    case '"':
    case '\\':
    case '/': put(sink, byte); return true;
    case 'b': put(sink, '\b'); return true;
    case 'f': put(sink, '\f'); return true;
    case 'n': put(sink, '\n'); return true;
    case 'r': put(sink, '\r'); return true;
    case 't': put(sink, '\t'); return true;
    case 'u': break;
    default: return broken(json);
  }
  int32_t unit = hex4(json->at, json->end);
  if (unit < 0) return broken(json);
  json->at += 4;
  if (unit < 0xd800 || unit > 0xdfff) {
    put_point(sink, (uint32_t)unit);
    return true;
  }
  int32_t low = unit < 0xdc00 && json->end - json->at >= 6 && json->at[0] == '\\' && json->at[1] == 'u'
                    ? hex4(json->at + 2, json->end)
                    : -1;
  if (low >= 0xdc00 && low <= 0xdfff) {
    json->at += 6;
    put_point(sink, 0x10000u + ((uint32_t)unit - 0xd800u) * 0x400u + ((uint32_t)low - 0xdc00u));
  } else {
    put_point(sink, 0xfffd);
  }
  return true;
}

static bool read_text(tl_json *json, char *text, size_t room) {
  if (json->status != TL_OK || ahead(json) != '"') return broken(json);
  json->at += 1;
  text_sink sink = {text, room, 0, false};
  const uint8_t *plain = json->at;
  for (;;) {
    if (json->at == json->end || *json->at < 0x20) return broken(json);
    if (*json->at != '"' && *json->at != '\\') {
      put(&sink, *json->at++);
      continue;
    }
    if (!tl_utf8_valid((const char *)plain, (size_t)(json->at - plain), NULL)) return broken(json);
    if (*json->at++ == '"') break;
    if (!escape(json, &sink)) return false;
    plain = json->at;
  }
  if (room > 0) text[sink.length < room && !sink.zero ? sink.length : 0] = '\0';
  return true;
}

bool tl_json_string(tl_json *json, char *text, size_t room) { return read_text(json, text, room); }

bool tl_json_next_key(tl_json *json, char *key, size_t room) {
  if (!in_object(json)) return broken(json);
  if (!tl_json_next(json) || !read_text(json, key, room)) return false;
  if (ahead(json) != ':') return broken(json);
  json->at += 1;
  return true;
}

bool tl_json_number(tl_json *json, double *value) {
  if (json->status != TL_OK || tl_json_peek(json) != TL_JSON_NUMBER) return broken(json);
  /* Digits without the point and an exponent that makes up for it: `strtod` would want the locale's point. */
  char text[NUMBER_LENGTH + 16];
  size_t length = 0;
  long exponent = 0;
  const uint8_t *start = json->at;
  const uint8_t *end = json->end - start > NUMBER_LENGTH ? start + NUMBER_LENGTH : json->end;
  const uint8_t *at = start;
  if (*at == '-') text[length++] = (char)*at++;
  if (at == end || *at < '0' || *at > '9') return broken(json);
  if (*at == '0' && at + 1 < end && at[1] >= '0' && at[1] <= '9') return broken(json);
  while (at < end && *at >= '0' && *at <= '9') text[length++] = (char)*at++;
  if (at < end && *at == '.') {
    const uint8_t *point = at++;
    while (at < end && *at >= '0' && *at <= '9') text[length++] = (char)*at++;
    exponent = -(long)(at - point - 1);
    if (exponent == 0) return broken(json);
  }
  if (at < end && (*at == 'e' || *at == 'E')) {
    at += 1;
    bool negative = at < end && *at == '-';
    if (at < end && (*at == '-' || *at == '+')) at += 1;
    const uint8_t *digits = at;
    long stated = 0;
    for (; at < end && *at >= '0' && *at <= '9'; at += 1) {
      if (stated < 100000) stated = stated * 10 + (*at - '0');
    }
    if (at == digits) return broken(json);
    exponent += negative ? -stated : stated;
  }
  if (at == end && end < json->end) return broken(json);
  snprintf(text + length, 16, "e%ld", exponent);
  json->at = at;
  *value = strtod(text, NULL);
  return true;
}

bool tl_json_count(tl_json *json, uint64_t *value) {
  double number = -1;
  if (!tl_json_number(json, &number)) return false;
  if (!(number >= 0) || number > (double)TL_SAFE_INTEGER || floor(number) != number) return broken(json);
  *value = (uint64_t)number;
  return true;
}

static bool word(tl_json *json, const char *text) {
  size_t length = strlen(text);
  if ((size_t)(json->end - json->at) < length || memcmp(json->at, text, length) != 0) return broken(json);
  json->at += length;
  return true;
}

bool tl_json_boolean(tl_json *json, bool *value) {
  if (json->status != TL_OK || tl_json_peek(json) != TL_JSON_BOOLEAN) return broken(json);
  *value = *json->at == 't';
  return word(json, *value ? "true" : "false");
}

/** Passes over a value, or goes into it where it is an array or object. */
static bool step(tl_json *json) {
  double number;
  bool flag;
  tl_json_kind kind = tl_json_peek(json);
  switch (kind) {
    case TL_JSON_NULL: return word(json, "null");
    case TL_JSON_BOOLEAN: return tl_json_boolean(json, &flag);
    case TL_JSON_NUMBER: return tl_json_number(json, &number);
    case TL_JSON_STRING: return read_text(json, NULL, 0);
    case TL_JSON_ARRAY:
    case TL_JSON_OBJECT: return tl_json_enter(json, kind);
    case TL_JSON_BROKEN: break;
  }
  return broken(json);
}

bool tl_json_skip(tl_json *json) {
  if (json->status != TL_OK) return false;
  unsigned depth = json->depth;
  if (!step(json)) return false;
  while (json->depth > depth) {
    bool more = in_object(json) ? tl_json_next_key(json, NULL, 0) : tl_json_next(json);
    if (json->status != TL_OK || (more && !step(json))) return false;
  }
  return true;
}

bool tl_json_end(tl_json *json) {
  if (json->status == TL_OK && json->depth == 0 && ahead(json) == 0 && json->at == json->end) return true;
  return broken(json);
}
