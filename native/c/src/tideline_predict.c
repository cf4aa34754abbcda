#include "tideline_predict.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client_internal.h"
#include "tideline_text.h"

const char *tl_rule_apply(const tl_rule *rule, uint32_t channels, const float *window, size_t count) {
  for (size_t index = 0; index < rule->when_count; index += 1) {
    const tl_condition *condition = &rule->when[index];
    double sum = 0;
    for (size_t from = 0; from + channels <= count; from += channels) {
      for (size_t k = 0; k < condition->channel_count; k += 1) {
        double value = (double)window[from + condition->channels[k]];
        sum += value * value;
      }
    }
    double mean = sum / ((double)(count / channels) * (double)condition->channel_count);
    if (sqrt(mean) > condition->rms_above) return condition->label;
  }
  return rule->otherwise;
}

static bool all_finite(const float *values, size_t count) {
  for (size_t index = 0; index < count; index += 1) {
    if (!isfinite(values[index])) return false;
  }
  return true;
}

static size_t largest_of(const float *values, size_t count) {
  size_t best = 0;
  for (size_t index = 1; index < count; index += 1) {
    if (values[index] > values[best]) best = index;
  }
  return best;
}

static double now_ms(const tl_ports *ports) {
  return ports->monotonic == NULL ? 0 : ports->monotonic(ports->context);
}

/** Reports an answer as an event. */
static void report(tl_client *client, const tl_model *model, const tl_place *place, const tl_prediction *prediction,
                   const float *probabilities) {
  tl_property properties[11] = {
      tl_text("prediction_id", prediction->id), tl_text("session", place->session),
      tl_integer("start", place->start),        tl_text("model", model->name),
      tl_text("release", prediction->release),  tl_text("definition", model->definition),
      tl_text("label", prediction->label),      tl_text("source", prediction->source),
      tl_number("latency_ms", prediction->latency_ms),
  };
  size_t count = 9;
  double *numbers = malloc(model->label_count * sizeof *numbers);
  if (numbers != NULL && prediction->reason == NULL) {
    for (size_t index = 0; index < model->label_count; index += 1) numbers[index] = tl_short_number(probabilities[index]);
    properties[count++] = tl_vector("probabilities", numbers, model->label_count);
  }
  if (prediction->reason != NULL) properties[count++] = tl_text("reason", prediction->reason);
  tl_client_track(client, model->event, properties, count, place->time, NULL, NULL);
  free(numbers);
}

tl_status tl_client_predict(tl_client *client, const tl_model *model, const float *window, size_t count, const tl_place *place,
                            tl_prediction *prediction, float *probabilities) {
  double begun = now_ms(&client->ports);
  const tl_table *table = model->table;
  if (model->channels == 0 || count == 0 || count % model->channels != 0) return TL_ARGUMENT_INVALID;
  if (table != NULL && (tl_table_input(table)->count != count || tl_table_output(table, 0)->count != model->label_count)) {
    return TL_ARGUMENT_INVALID;
  }
  float *answer = malloc((model->label_count + 1) * sizeof *answer);
  if (answer == NULL) return TL_OUT_OF_MEMORY;
  bool granted = tl_consent_has(&client->consent, model->purpose, strlen(model->purpose));
  *prediction = (tl_prediction){.source = "device", .release = model->release};
  if (!granted) prediction->reason = "CONSENT_MISSING";
  else if (table == NULL) prediction->reason = "device:NOT_FOUND";
  else if (tl_table_run(model->table, window, count, answer, model->label_count) != TL_OK || !all_finite(answer, model->label_count))
    prediction->reason = "cpu/table:RUNTIME_UNSUPPORTED";
  if (prediction->reason == NULL) {
    prediction->label = model->labels[largest_of(answer, model->label_count)];
    if (probabilities != NULL) memcpy(probabilities, answer, model->label_count * sizeof *answer);
  } else {
    prediction->source = "rule";
    prediction->release = "none";
    prediction->label = tl_rule_apply(&model->fallback, model->channels, window, count);
  }
  client->predictions += 1;
  const tl_identity *identity = tl_queue_identity(client->queue);
  snprintf(prediction->id, sizeof prediction->id, "%s.%" PRIu64 ".%" PRIu64 ".%" PRIu64, identity->source.install,
           identity->source.epoch, identity->starts, client->predictions);
  double latency = now_ms(&client->ports) - begun;
  prediction->latency_ms = latency > 0 ? latency : 0;
  if (granted && model->event != NULL) report(client, model, place, prediction, answer);
  free(answer);
  return TL_OK;
}
