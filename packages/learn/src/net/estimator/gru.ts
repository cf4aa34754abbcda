import { illegalOption, oneOf, positiveInteger } from "../check-option.ts";
import { dense } from "../layer/dense.ts";
import { dropout } from "../layer/dropout.ts";
import { gru as recurrent } from "../layer/gru.ts";
import { maskedAveragePool, maskedMaxPool } from "../layer/masked-pool.ts";
import type { Net } from "../net.ts";
import type { NetEstimator } from "./net-classifier.ts";
import { checkSeriesShape, realSteps, seriesEncoder, seriesInputs, stepMask } from "./series.ts";
import type { Series, SeriesShape } from "./series.ts";
import { standardisedOf } from "./standardised.ts";
import { checkTask, fitTask, taskSettings } from "./task.ts";
import type { LabelsOf, ModelOf, Task, TaskOptions } from "./task.ts";

/** What {@link gru} takes; plain data. */
export interface GruNetOptions<T extends Task = Task> extends TaskOptions<T>, SeriesShape {
  /** Units of each layer, in each direction. Default [64]. */
  readonly units?: readonly number[];
  /** Whether each layer reads from the end, too. Default false. */
  readonly bidirectional?: boolean;
  /** What stands for the series: the last state, or the mean or largest of all states. Default "last". */
  readonly pool?: "last" | "mean" | "max";
}

/** Series with their classes or numbers. */
export type SeriesRows<T extends Task = "classification"> = LabelsOf<T> & Series;

const POOLS = { last: undefined, mean: maskedAveragePool(), max: maskedMaxPool() } as const;

/**
 * Gated recurrent units over series (K. Cho et al., EMNLP 2014): channels standardised by the training series' real
 * steps, layers of units, dropout between them and before the scores (default 0.2; default 20 epochs). What came early
 * may decide, and series may have lengths of their own; where a neighbourhood decides, `conv1d` is faster.
 *
 * The graph takes "x" [N, steps, channels] and, with `lengths`, int64 "lengths" [N].
 *
 * @throws DEFINITION_ILLEGAL for an option out of range.
 * @example
 * const model = await gru({ shape: [50, 6], lengths: true, seed: 1 }).fit(
 *   { X, lengths, y, classes },
 *   { runtime: onnxruntimeNode },
 * );
 * const probabilities = await model.predictProbabilities({ X, lengths }, onnxruntimeNode);
 */
export function gru<T extends Task = "classification">(
  options: GruNetOptions<T>,
): NetEstimator<SeriesRows<T>, Series, ModelOf<T, Series>> {
  const { shape, units = [64], bidirectional = false } = options;
  checkSeriesShape("gru", options);
  if (units.length === 0) throw illegalOption("gru", "units", "at least one layer", "none");
  for (const count of units) positiveInteger("gru", "units", count);
  const pool = POOLS[oneOf("gru", "pool", POOLS, options.pool ?? "last")];
  const settings = taskSettings("gru", options, { epochs: 20, dropout: 0.2 });
  const drop = dropout({ rate: settings.dropout });
  const encoder = seriesEncoder(options);
  const layers = units.map((count, at) => {
    const last = at === units.length - 1 && pool === undefined;
    return recurrent({ units: count, bidirectional, output: last ? "last" : "sequence" });
  });
  return Object.freeze({
    kind: "gru",
    async fit(rows, { validation, ...fit }) {
      const own = { given: rows, labels: rows };
      checkTask<T, Series>("gru.fit", settings, own, encoder);
      const standardised = standardisedOf(realSteps(rows, shape), shape[1]);
      const net = (scores: number): Net => ({
        inputs: seriesInputs(options),
        forward(scope, { x, lengths }) {
          let value = standardised(scope, x!);
          for (const [at, layer] of layers.entries()) {
            value = layer(scope.within(`gru${at + 1}`), value, lengths === undefined ? {} : { lengths });
            if (at < layers.length - 1) value = drop(scope, value);
          }
          const mask = lengths && stepMask(scope, lengths, shape[0]);
          if (pool !== undefined) value = pool(scope, value, mask === undefined ? {} : { mask });
          return dense({ units: scores })(scope.within("scores"), drop(scope, value));
        },
      });
      const seen = validation === undefined ? undefined : { given: validation, labels: validation };
      return fitTask<T, Series>({ kind: "gru", encoder, net }, settings, own, seen, fit);
    },
  } satisfies NetEstimator<SeriesRows<T>, Series, ModelOf<T, Series>>);
}
