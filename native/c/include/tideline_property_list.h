#ifndef TIDELINE_PROPERTY_LIST_H
#define TIDELINE_PROPERTY_LIST_H

/**
 * @file
 * Properties that own their names and values, for languages whose strings and arrays do not stay in place: a shim adds one
 * after the other and hands the list to tl_client_track(). A failure sticks and is told by tl_property_list_status().
 */

#include "tideline_event.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tl_property_list tl_property_list;

/** An empty list; NULL without memory. */
tl_property_list *tl_property_list_new(void);
void tl_property_list_free(tl_property_list *list);

/** Adds UTF-8 text, which may hold U+0000. */
void tl_property_list_add_text(tl_property_list *list, const char *name, const char *text, size_t length);
/** `kind` is TL_INT or TL_TIME. */
void tl_property_list_add_integer(tl_property_list *list, const char *name, tl_kind kind, int64_t value);
void tl_property_list_add_number(tl_property_list *list, const char *name, double value);
void tl_property_list_add_flag(tl_property_list *list, const char *name, bool value);
void tl_property_list_add_vector(tl_property_list *list, const char *name, const double *values, size_t count);
/** Adds samples with `values` of `frame->samples * channels` numbers; values, scale (`channels` of them) and gaps are copied. */
void tl_property_list_add_frame(tl_property_list *list, const char *name, const tl_frame *frame, uint32_t channels);

/** Adds media by reference. */
void tl_property_list_add_media(tl_property_list *list, const char *name, const char *sha256, int64_t bytes, const char *type);

/** TL_OK, or TL_OUT_OF_MEMORY where something could not be added. */
tl_status tl_property_list_status(const tl_property_list *list);
const tl_property *tl_property_list_items(const tl_property_list *list);
size_t tl_property_list_count(const tl_property_list *list);

#ifdef __cplusplus
}
#endif

#endif
