#include "tideline_property_list.h"

#include <stdlib.h>
#include <string.h>

/** Properties of one event at most. */
#define PROPERTIES 1024

struct tl_property_list {
  tl_property *items;
  size_t count;
  size_t capacity;
  tl_status status;
};

tl_property_list *tl_property_list_new(void) { return calloc(1, sizeof(tl_property_list)); }

static void free_property(tl_property *property) {
  free((void *)(uintptr_t)property->name);
  if (property->kind == TL_STRING) free((void *)(uintptr_t)property->as.string.text);
  if (property->kind == TL_VECTOR) free((void *)(uintptr_t)property->as.vector.values);
  if (property->kind == TL_MEDIA) {
    free((void *)(uintptr_t)property->as.media.sha256);
    free((void *)(uintptr_t)property->as.media.type);
  }
  if (property->kind != TL_FRAME) return;
  free((void *)(uintptr_t)property->as.frame.values);
  free((void *)(uintptr_t)property->as.frame.scale);
  free((void *)(uintptr_t)property->as.frame.gaps);
}

void tl_property_list_free(tl_property_list *list) {
  if (list == NULL) return;
  for (size_t index = 0; index < list->count; index += 1) free_property(&list->items[index]);
  free(list->items);
  free(list);
}

/** A copy of some bytes; NULL for none, and without memory, which the status then tells. */
static void *copied(tl_property_list *list, const void *bytes, size_t count, size_t size) {
  if (bytes == NULL || list->status != TL_OK) return NULL;
  void *copy = count <= SIZE_MAX / 2 / size ? malloc(count * size + 1) : NULL;
  if (copy == NULL) list->status = TL_OUT_OF_MEMORY;
  else memcpy(copy, bytes, count * size);
  return copy;
}

/** Room for another property with its name; NULL without memory. */
static tl_property *add(tl_property_list *list, const char *name, tl_kind kind) {
  if (list->status != TL_OK) return NULL;
  if (list->count == list->capacity) {
    size_t capacity = list->capacity == 0 ? 8 : list->capacity * 2;
    tl_property *items = capacity <= PROPERTIES ? realloc(list->items, capacity * sizeof *items) : NULL;
    if (items == NULL) {
      list->status = TL_OUT_OF_MEMORY;
      return NULL;
    }
    list->items = items;
    list->capacity = capacity;
  }
  char *owned = copied(list, name, strlen(name) + 1, 1);
  if (owned == NULL) return NULL;
  tl_property *property = &list->items[list->count++];
  memset(property, 0, sizeof *property);
  property->name = owned;
  property->kind = kind;
  return property;
}

void tl_property_list_add_text(tl_property_list *list, const char *name, const char *text, size_t length) {
  tl_property *property = add(list, name, TL_STRING);
  if (property == NULL) return;
  property->as.string.text = copied(list, text, length, 1);
  property->as.string.length = length;
}

void tl_property_list_add_integer(tl_property_list *list, const char *name, tl_kind kind, int64_t value) {
  tl_property *property = add(list, name, kind == TL_TIME ? TL_TIME : TL_INT);
  if (property != NULL) property->as.integer = value;
}

void tl_property_list_add_number(tl_property_list *list, const char *name, double value) {
  tl_property *property = add(list, name, TL_FLOAT);
  if (property != NULL) property->as.number = value;
}

void tl_property_list_add_flag(tl_property_list *list, const char *name, bool value) {
  tl_property *property = add(list, name, TL_BOOLEAN);
  if (property != NULL) property->as.boolean = value;
}

void tl_property_list_add_vector(tl_property_list *list, const char *name, const double *values, size_t count) {
  tl_property *property = add(list, name, TL_VECTOR);
  if (property == NULL) return;
  property->as.vector.values = copied(list, values, count, sizeof *values);
  property->as.vector.count = count;
}

void tl_property_list_add_frame(tl_property_list *list, const char *name, const tl_frame *frame, uint32_t channels) {
  tl_property *property = add(list, name, TL_FRAME);
  if (property == NULL) return;
  tl_frame *own = &property->as.frame;
  *own = *frame;
  size_t numbers = channels > 0 && frame->samples <= SIZE_MAX / 8 / channels ? frame->samples * channels : SIZE_MAX;
  own->values = copied(list, frame->values, numbers, sizeof *frame->values);
  own->scale = copied(list, frame->scale, channels, sizeof *frame->scale);
  own->gaps = copied(list, frame->gaps, frame->gap_count, sizeof *frame->gaps);
}

void tl_property_list_add_media(tl_property_list *list, const char *name, const char *sha256, int64_t bytes, const char *type) {
  tl_property *property = add(list, name, TL_MEDIA);
  if (property == NULL) return;
  property->as.media.sha256 = copied(list, sha256, strlen(sha256) + 1, 1);
  property->as.media.bytes = bytes;
  property->as.media.type = copied(list, type, strlen(type) + 1, 1);
}

tl_status tl_property_list_status(const tl_property_list *list) { return list->status; }

const tl_property *tl_property_list_items(const tl_property_list *list) { return list->items; }

size_t tl_property_list_count(const tl_property_list *list) { return list->count; }
