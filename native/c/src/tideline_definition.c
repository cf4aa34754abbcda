#include "tideline_definition.h"

#include <stdlib.h>
#include <string.h>

#include "tideline_json.h"

/** Longest text of a definition that is kept. */
#define TEXT_BYTES 512

/** Memory of a definition, in a list. */
typedef struct block {
  struct block *next;
} block;

/** A declared model with its window. */
typedef struct declared_model {
  tl_model model;
  tl_window window;
} declared_model;

struct tl_definition {
  block *blocks;
  tl_app app;
  declared_model *models;
  size_t model_count;
  tl_status status;
  tl_fault *fault;
};

/** Memory that is zero; a block of one byte where there is none, and the status tells. */
static void *take(tl_definition *d, size_t size) {
  static uint64_t nothing[16];
  block *fresh = size < SIZE_MAX - sizeof *fresh ? calloc(1, sizeof *fresh + size) : NULL;
  if (fresh == NULL) {
    if (d->status == TL_OK) d->status = tl_refuse(d->fault, TL_OUT_OF_MEMORY, "definition", "no memory");
    return size <= sizeof nothing ? nothing : NULL;
  }
  fresh->next = d->blocks;
  d->blocks = fresh;
  return fresh + 1;
}

static void malformed(tl_definition *d, const char *field, const char *reason) {
  if (d->status == TL_OK) d->status = tl_refuse(d->fault, TL_DATA_MALFORMED, field, reason);
}

/** Finds a member of an object; false where there is none. */
static bool member(tl_json object, const char *name, tl_json *value) {
  char key[32];
  if (tl_json_peek(&object) != TL_JSON_OBJECT || !tl_json_enter(&object, TL_JSON_OBJECT)) return false;
  while (tl_json_next_key(&object, key, sizeof key)) {
    if (strcmp(key, name) == 0) {
      *value = object;
      return true;
    }
    tl_json_skip(&object);
  }
  return false;
}

static const char *keep_text(tl_definition *d, const char *text) {
  char *copy = take(d, strlen(text) + 1);
  if (copy == NULL || d->status != TL_OK) return "";
  memcpy(copy, text, strlen(text) + 1);
  return copy;
}

/** Text that comes next, kept. */
static const char *take_text(tl_definition *d, tl_json *json, const char *field) {
  char text[TEXT_BYTES];
  if (tl_json_peek(json) != TL_JSON_STRING || !tl_json_string(json, text, sizeof text)) {
    malformed(d, field, "expected a text");
    return "";
  }
  return keep_text(d, text);
}

static const char *text_of(tl_definition *d, tl_json object, const char *name) {
  tl_json value;
  if (member(object, name, &value)) return take_text(d, &value, name);
  malformed(d, name, "expected a text, received nothing");
  return "";
}

/** A number of an object; false where there is none. */
static bool number_of(tl_definition *d, tl_json object, const char *name, double *number) {
  tl_json value;
  if (!member(object, name, &value)) return false;
  if (tl_json_peek(&value) == TL_JSON_NUMBER && tl_json_number(&value, number)) return true;
  malformed(d, name, "expected a number");
  return false;
}

/** A whole number from 0 to 2^31. */
static uint32_t count_of(tl_definition *d, tl_json object, const char *name, uint32_t otherwise) {
  double number = otherwise;
  if (!number_of(d, object, name, &number)) return otherwise;
  if (number >= 0 && number <= 2147483648.0 && number == (double)(uint32_t)number) return (uint32_t)number;
  malformed(d, name, "expected a whole number");
  return otherwise;
}

/** How many items an array or object has. */
static size_t items_of(tl_definition *d, tl_json json, const char *field) {
  size_t items = 0;
  tl_json_kind kind = tl_json_peek(&json);
  char key[2];
  if (!tl_json_enter(&json, kind)) {
    malformed(d, field, "expected a list");
    return 0;
  }
  while (kind == TL_JSON_OBJECT ? tl_json_next_key(&json, key, sizeof key) : tl_json_next(&json)) {
    tl_json_skip(&json);
    items += 1;
  }
  if (items <= TL_DEFINITION_ITEMS) return items;
  malformed(d, field, "expected fewer items");
  return 0;
}

/** A list of texts, ended by NULL. */
static const char *const *texts_of(tl_definition *d, tl_json json, const char *field, size_t *count) {
  *count = tl_json_peek(&json) == TL_JSON_ARRAY ? items_of(d, json, field) : 0;
  const char **texts = take(d, (*count + 1) * sizeof *texts);
  if (texts == NULL || d->status != TL_OK) return NULL;
  tl_json_enter(&json, TL_JSON_ARRAY);
  for (size_t index = 0; index < *count && tl_json_next(&json); index += 1) texts[index] = take_text(d, &json, field);
  return texts;
}

static tl_kind kind_of(const char *name) {
  static const char *const KINDS[] = {"string", "int", "float", "boolean", "time", "vector", "frame", "media"};
  for (int index = 0; index < 8; index += 1) {
    if (strcmp(KINDS[index], name) == 0) return (tl_kind)(index + 1);
  }
  return (tl_kind)0;
}

static void read_field(tl_definition *d, tl_json json, const char *name, tl_field *field) {
  tl_json value;
  size_t count;
  field->name = name;
  field->kind = kind_of(text_of(d, json, "kind"));
  if (field->kind == 0) malformed(d, name, "expected a kind that this version knows");
  if (member(json, "optional", &value)) tl_json_boolean(&value, &field->optional);
  if (member(json, "purpose", &value)) field->purpose = take_text(d, &value, name);
  field->max_length = count_of(d, json, "maxLength", 0);
  field->has_min = number_of(d, json, "min", &field->min);
  field->has_max = number_of(d, json, "max", &field->max);
  field->size = count_of(d, json, "size", 0);
  number_of(d, json, "rate", &field->rate);
  if (member(json, "oneOf", &value)) field->one_of = texts_of(d, value, name, &count);
  if (field->kind == TL_MEDIA) {
    field->has_max = number_of(d, json, "maxBytes", &field->max);
    if (member(json, "types", &value)) field->one_of = texts_of(d, value, name, &count);
    if (!field->has_max || field->one_of == NULL) malformed(d, name, "expected the types of media, and their most bytes");
  }
  if (field->kind != TL_FRAME) return;
  if (member(json, "units", &value)) field->units = texts_of(d, value, name, &count);
  if (member(json, "channels", &value)) field->size = (uint32_t)items_of(d, value, name);
  if (field->size == 0 || field->units == NULL || count != field->size) malformed(d, name, "expected channels, each with its unit");
}

static tl_event_type *read_event(tl_definition *d, tl_json json) {
  tl_event_type *type = take(d, sizeof *type);
  tl_json fields;
  char key[64];
  type->name = text_of(d, json, "name");
  type->purpose = text_of(d, json, "purpose");
  type->version = count_of(d, json, "version", 1);
  if (!member(json, "fields", &fields)) {
    malformed(d, "fields", "expected the fields of an event");
    return type;
  }
  size_t count = items_of(d, fields, "fields");
  tl_field *list = take(d, count * sizeof *list + 1);
  tl_json_enter(&fields, TL_JSON_OBJECT);
  for (size_t index = 0; d->status == TL_OK && index < count && tl_json_next_key(&fields, key, sizeof key); index += 1) {
    read_field(d, fields, keep_text(d, key), &list[index]);
    tl_json_skip(&fields);
  }
  type->fields = list;
  type->field_count = count;
  return type;
}

static void read_events(tl_definition *d, tl_json json) {
  size_t count = items_of(d, json, "events");
  const tl_event_type **list = take(d, (count + 1) * sizeof *list);
  if (d->status != TL_OK || tl_json_peek(&json) != TL_JSON_OBJECT) {
    malformed(d, "events", "expected events by name");
    return;
  }
  char key[2];
  tl_json_enter(&json, TL_JSON_OBJECT);
  for (size_t index = 0; d->status == TL_OK && index < count && tl_json_next_key(&json, key, sizeof key); index += 1) {
    list[index] = read_event(d, json);
    tl_json_skip(&json);
  }
  d->app.events = list;
  d->app.event_count = count;
}

/** The keys of an object, ended by NULL. */
static void read_purposes(tl_definition *d, tl_json json) {
  char key[TL_PURPOSE_LENGTH + 1];
  size_t count = items_of(d, json, "purposes");
  const char **list = take(d, (count + 1) * sizeof *list);
  if (d->status != TL_OK || tl_json_peek(&json) != TL_JSON_OBJECT) {
    malformed(d, "purposes", "expected purposes by name");
    return;
  }
  tl_json_enter(&json, TL_JSON_OBJECT);
  for (size_t index = 0; index < count && tl_json_next_key(&json, key, sizeof key); index += 1) {
    list[index] = keep_text(d, key);
    tl_json_skip(&json);
  }
  d->app.purposes = list;
}

/** Places of some names in a list; UINT32_MAX is none's. */
static uint32_t *places_of(tl_definition *d, tl_json wanted, const char *const *names, size_t name_count, size_t *count) {
  const char *const *texts = texts_of(d, wanted, "channels", count);
  uint32_t *places = take(d, *count * sizeof *places + 1);
  if (d->status != TL_OK) return places;
  for (size_t index = 0; index < *count; index += 1) {
    size_t at = 0;
    while (at < name_count && strcmp(names[at], texts[index]) != 0) at += 1;
    if (at == name_count) malformed(d, texts[index], "expected a channel of the window");
    places[index] = (uint32_t)at;
  }
  return places;
}

static void read_rule(tl_definition *d, tl_json json, const char *const *channels, size_t channel_count, tl_rule *rule) {
  tl_json when, list;
  rule->otherwise = text_of(d, json, "otherwise");
  if (!member(json, "when", &when) || tl_json_peek(&when) != TL_JSON_ARRAY) return;
  size_t count = items_of(d, when, "when");
  tl_condition *conditions = take(d, count * sizeof *conditions + 1);
  tl_json_enter(&when, TL_JSON_ARRAY);
  for (size_t index = 0; d->status == TL_OK && index < count && tl_json_next(&when); index += 1) {
    conditions[index].label = text_of(d, when, "label");
    number_of(d, when, "rmsAbove", &conditions[index].rms_above);
    if (!member(when, "channels", &list)) malformed(d, "channels", "expected the channels of a condition");
    else conditions[index].channels = places_of(d, list, channels, channel_count, &conditions[index].channel_count);
    tl_json_skip(&when);
  }
  rule->when = conditions;
  rule->when_count = count;
}

static void read_model(tl_definition *d, tl_json json, declared_model *declared) {
  tl_model *model = &declared->model;
  tl_window *window = &declared->window;
  tl_json part, list, gravity;
  size_t input_count = 0, channel_count = 0, split_count = 0;
  model->name = text_of(d, json, "name");
  model->purpose = text_of(d, json, "purpose");
  if (!member(json, "labels", &list)) malformed(d, "labels", "expected the labels of a model");
  else model->labels = texts_of(d, list, "labels", &model->label_count);
  model->event = tl_app_event(&d->app, "prediction");
  if (!member(json, "window", &part) || !member(part, "input", &list)) {
    malformed(d, "window", "expected the window of a model");
    return;
  }
  const char *const *input = texts_of(d, list, "input", &input_count);
  window->input = (uint32_t)input_count;
  window->size = count_of(d, part, "size", 0);
  window->hop = count_of(d, part, "hop", 0);
  number_of(d, part, "rate", &window->rate);
  if (member(part, "gravity", &gravity) && member(gravity, "channels", &list) && d->status == TL_OK) {
    number_of(d, gravity, "cutoff", &window->cutoff);
    window->split = places_of(d, list, input, input_count, &split_count);
    window->split_count = (uint32_t)split_count;
  }
  const char *const *channels = NULL;
  if (member(part, "channels", &list)) channels = texts_of(d, list, "channels", &channel_count);
  model->channels = (uint32_t)channel_count;
  if (channel_count != tl_window_channels(window)) malformed(d, "channels", "expected the channels of the window");
  if (!member(json, "fallback", &part)) malformed(d, "fallback", "expected the rule of a model");
  else if (d->status == TL_OK) read_rule(d, part, channels, channel_count, &model->fallback);
}

static void read_models(tl_definition *d, tl_json json) {
  size_t count = items_of(d, json, "models");
  d->models = take(d, count * sizeof *d->models + 1);
  if (d->status != TL_OK || tl_json_peek(&json) != TL_JSON_ARRAY) return;
  tl_json_enter(&json, TL_JSON_ARRAY);
  for (size_t index = 0; d->status == TL_OK && index < count && tl_json_next(&json); index += 1) {
    read_model(d, json, &d->models[index]);
    tl_json_skip(&json);
  }
  d->model_count = count;
}

tl_status tl_definition_read(tl_definition **result, const uint8_t *bytes, size_t length, tl_fault *fault) {
  tl_json json, whole, part;
  *result = NULL;
  tl_definition *d = calloc(1, sizeof *d);
  if (d == NULL) return tl_refuse(fault, TL_OUT_OF_MEMORY, "definition", "no memory");
  d->fault = fault;
  tl_json_init(&json, bytes, length);
  whole = json;
  tl_json_skip(&whole);
  if (!tl_json_end(&whole)) malformed(d, "definition", "expected JSON");
  else if (!member(json, "purposes", &part)) malformed(d, "purposes", "expected purposes by name");
  else read_purposes(d, part);
  if (d->status == TL_OK && member(json, "events", &part)) read_events(d, part);
  else malformed(d, "events", "expected events by name");
  if (d->status == TL_OK && member(json, "models", &part)) read_models(d, part);
  d->fault = NULL;
  if (d->status == TL_OK) {
    *result = d;
    return TL_OK;
  }
  tl_status status = d->status;
  tl_definition_free(d);
  return status;
}

void tl_definition_free(tl_definition *d) {
  if (d == NULL) return;
  while (d->blocks != NULL) {
    block *next = d->blocks->next;
    free(d->blocks);
    d->blocks = next;
  }
  free(d);
}

const tl_app *tl_definition_app(const tl_definition *definition) { return &definition->app; }

bool tl_definition_model(const tl_definition *definition, const char *name, tl_model *model, tl_window *window) {
  for (size_t index = 0; index < definition->model_count; index += 1) {
    if (strcmp(definition->models[index].model.name, name) != 0) continue;
    *model = definition->models[index].model;
    *window = definition->models[index].window;
    return true;
  }
  return false;
}
