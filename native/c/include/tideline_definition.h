#ifndef TIDELINE_DEFINITION_H
#define TIDELINE_DEFINITION_H

/**
 * @file
 * An app's definition, read from the JSON of what it declares in TypeScript (`JSON.stringify(app)`), so that a native app
 * ships one resource instead of tables that somebody wrote down a second time. Unknown members are passed over.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tideline_event.h"
#include "tideline_framer.h"
#include "tideline_predict.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Events and models of an app, fields of an event, entries of a list at most. */
#define TL_DEFINITION_ITEMS 1024

/** A definition in memory; everything that is taken from it lives as long as it does. */
typedef struct tl_definition tl_definition;

/** @return TL_OK, TL_DATA_MALFORMED with the event or field that is meant, TL_OUT_OF_MEMORY */
tl_status tl_definition_read(tl_definition **definition, const uint8_t *json, size_t length, tl_fault *fault);
void tl_definition_free(tl_definition *definition);

/** Events and purposes. */
const tl_app *tl_definition_app(const tl_definition *definition);

/**
 * Fills in what is declared of a model: name, purpose, labels, channels, rule and the event `prediction`; and its window.
 * `definition`, `table` and `release` stay NULL. False where there is none of that name.
 */
bool tl_definition_model(const tl_definition *definition, const char *name, tl_model *model, tl_window *window);

#ifdef __cplusplus
}
#endif

#endif
