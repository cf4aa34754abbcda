#ifndef TIDELINE_PREDICT_H
#define TIDELINE_PREDICT_H

/**
 * @file
 * An answer to a window: by the model on the phone where the person agreed to its purpose, else by the rule of last resort,
 * which needs no model. Each answer of a consented model is reported as an event.
 */

#include <stddef.h>
#include <stdint.h>

#include "tideline_client.h"
#include "tideline_table.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A condition of the rule: the root mean square of some channels of the window, pooled, is above a bound. */
typedef struct tl_condition {
  /** By index. */
  const uint32_t *channels;
  size_t channel_count;
  double rms_above;
  const char *label;
} tl_condition;

/** The answer of last resort: the label of the first condition that holds. */
typedef struct tl_rule {
  const tl_condition *when;
  size_t when_count;
  const char *otherwise;
} tl_rule;

/** A declared model, with the release that is at hand. */
typedef struct tl_model {
  const char *name;
  /** Without consent to it no model runs and nothing is reported. */
  const char *purpose;
  /** Content hash of the app's definition. */
  const char *definition;
  const char *const *labels;
  size_t label_count;
  /** Channels of a window. */
  uint32_t channels;
  tl_rule fallback;
  /** The declaration of `prediction`; NULL reports nothing. */
  const tl_event_type *event;
  /** The model of a release that passed tl_self_test(), and the release's id; NULL where none is at hand. */
  tl_table *table;
  const char *release;
} tl_model;

/** Where a window stands. */
typedef struct tl_place {
  const char *session;
  /** First sample of the window in its session. */
  int64_t start;
  /** Event time of the report, or TL_NOW. */
  int64_t time;
} tl_place;

/** An answer. */
typedef struct tl_prediction {
  /** What feedback refers to. */
  char id[96];
  const char *label;
  /** `device` or `rule`. */
  const char *source;
  /** Release that answered, or `none`. */
  const char *release;
  /** Why the model did not answer: `CONSENT_MISSING`, `device:NOT_FOUND`, `cpu/table:RUNTIME_UNSUPPORTED`; NULL where it did. */
  const char *reason;
  double latency_ms;
} tl_prediction;

/**
 * Answers a window `[size, channels]`. An answer is not withheld because its report could not be written down; the fault
 * then stands in the diagnostics.
 * @param probabilities receives `label_count` numbers where the model answered; may be NULL
 * @return TL_OK, or TL_ARGUMENT_INVALID where the window is not of the model's size
 */
tl_status tl_client_predict(tl_client *client, const tl_model *model, const float *window, size_t count, const tl_place *place,
                            tl_prediction *prediction, float *probabilities);

/** The answer of the rule alone. */
const char *tl_rule_apply(const tl_rule *rule, uint32_t channels, const float *window, size_t count);

#ifdef __cplusplus
}
#endif

#endif
