import type { GraphBuilder } from "@tideline/graph";
import { tidelineError } from "@tideline/spec";
import type { Column, FrameSchema } from "../../frame/column.ts";
import { FORMS } from "../../net/estimator/option-form.ts";
import { matrix } from "../../matrix.ts";
import { seededRandom, type Random } from "../../random.ts";
import { treeTable } from "../../tree/bin/table-rows.ts";
import { featuresOf } from "../../tree/boost/estimator/boost-table.ts";
import { treeSeeds } from "../../tree/forest/draw.ts";
import { isolationModel, lowerIsolation, type IsolationModel } from "../../tree/forest/isolation-model.ts";
import { growIsolationTree } from "../../tree/forest/isolation-tree.ts";
import { nodeList } from "../../tree/forest/node-list.ts";
import { treeEnsemble } from "../../tree/model/ensemble.ts";
import { readEnsemble } from "../../tree/model/stored/read-ensemble.ts";
import { writeEnsemble } from "../../tree/model/stored/write-ensemble.ts";
import { laneNames, widthOf } from "../lane.ts";
import { packColumns } from "../number-graph.ts";
import { NUMBER_KINDS } from "../number-transform.ts";
import { resolveOptions } from "../resolve-options.ts";
import { rowKeeper, rowMatrix } from "../impute/row-matrix.ts";
import { malformedState } from "../state-check.ts";
import type { GraphColumn, TransformDef } from "../transform-def.ts";
import { transformOf, type Selection, type Transform } from "../transform.ts";

/** What {@link anomalyScore} takes. */
export interface AnomalyScoreOptions {
  /** 1 to 10000. Default 100. */
  readonly trees?: number;
  /** Rows that each tree is grown on. Default 256. */
  readonly sample?: number;
  /** Default 0. */
  readonly seed?: number;
  /** The new column. Default "anomaly_score". */
  readonly name?: string;
}

const KIND = "anomalyScore";
const FORMS_OF = {
  trees: {
    expected: "an integer of 1 to 10000",
    fits: (value: unknown) => FORMS.count.fits(value) && (value as number) <= 10_000,
  },
  sample: FORMS.count,
  seed: FORMS.integer,
  name: FORMS.text,
};
const DEFAULTS = { trees: 100, sample: 256, seed: 0, name: "anomaly_score" };

/** A stored ensemble, and how many rows each tree was grown on. */
type Forest = { readonly ensemble: Uint8Array; readonly sample: number };

const models = new WeakMap<Uint8Array, IsolationModel>();

function modelOf({ ensemble, sample }: Forest): IsolationModel {
  const known = models.get(ensemble);
  if (known !== undefined) return known;
  const model = isolationModel({ seed: 0, sample, threshold: 0.5, ensemble: readEnsemble(ensemble) });
  models.set(ensemble, model);
  return model;
}

/** The definition behind {@link anomalyScore}. */
export const ANOMALY_SCORE: TransformDef<AnomalyScoreOptions, Forest> = Object.freeze({
  kind: KIND,
  // Which rows a tree sees depends on their places.
  traits: { accepts: NUMBER_KINDS, labels: "none", memory: "rows", ordered: true } as const,
  forms: FORMS_OF,
  resolve: (given: AnomalyScoreOptions) => resolveOptions(KIND, FORMS_OF, DEFAULTS, given),
  begin(options: AnomalyScoreOptions, inputs: FrameSchema) {
    const width = widthOf(inputs);
    const kept = rowKeeper(KIND, width);
    return {
      add: kept.add,
      finish() {
        if (kept.rows === 0)
          throw tidelineError("NOT_ENOUGH_DATA", {
            who: KIND,
            expected: "at least one row",
            received: "none",
          });
        return grown(kept.take(), kept.rows, laneNames(inputs), options);
      },
    };
  },
  checkState(state: Forest, _: AnomalyScoreOptions, inputs: FrameSchema) {
    if (!(state?.ensemble instanceof Uint8Array))
      throw malformedState(KIND, "ensemble", "bytes", typeof state);
    const { features } = modelOf(state);
    if (features !== widthOf(inputs))
      throw malformedState(KIND, "ensemble", `${widthOf(inputs)} features`, features);
  },
  outputs: (_: Forest, { name }: AnomalyScoreOptions) => [{ name: name!, kind: "float" as const }],
  apply(state: Forest, { name }: AnomalyScoreOptions, columns: readonly Column[], rows: number) {
    const values = rowMatrix(columns, rows, KIND);
    const scores =
      rows === 0 ? new Float64Array() : modelOf(state).scores(matrix(rows, values.length / rows, values));
    return [{ kind: "float" as const, name: name!, values: scores }];
  },
  lower(state: Forest, { name }: AnomalyScoreOptions, g: GraphBuilder, columns: readonly GraphColumn[]) {
    const value = lowerIsolation(g, packColumns(g, KIND, columns), modelOf(state));
    return [{ kind: "number" as const, name: name!, width: 1, value }];
  },
});

function grown(
  values: Float64Array,
  rows: number,
  names: readonly string[],
  { trees = 100, sample = 256, seed = 0 }: AnomalyScoreOptions,
): Forest {
  const table = treeTable({ X: matrix(rows, names.length, values), names });
  const size = Math.min(sample, rows);
  const list = nodeList(2 * size - 1, 1);
  const depth = Math.ceil(Math.log2(Math.max(2, size)));
  const all = Array.from(treeSeeds(seededRandom(seed), trees), (treeSeed) => {
    const random = seededRandom(treeSeed);
    const features = Int32Array.from(names, (_, at) => at);
    return growIsolationTree(table, sampled(random, rows, size), features, depth, list, random);
  });
  const ensemble = treeEnsemble({ features: featuresOf(table.columns), trees: all, average: true });
  return { ensemble: writeEnsemble(ensemble), sample: size };
}

/** Different rows without a list of all: R. Floyd's algorithm (CACM 30, 1987). */
function sampled(random: Random, rows: number, size: number): Int32Array {
  const out = new Set<number>();
  for (let bound = rows - size; bound < rows; bound++) {
    const row = random.integer(bound + 1);
    out.add(out.has(row) ? bound : row);
  }
  return Int32Array.from(out);
}

/**
 * How odd a row is among the training rows, by an isolation forest (F. T. Liu, K. M. Ting and Z.-H. Zhou, 2008): near 1 for what stands
 * alone, below 0.5 for what is normal. Clip, flag or filter by it; give `keep: true` to keep the columns.
 *
 * A fit throws NOT_ENOUGH_DATA without rows, ARGUMENT_INVALID for more than 33,554,432 numbers.
 *
 * @throws DEFINITION_ILLEGAL for options that there are not.
 * @example
 * chain([anomalyScore({ columns: ["speed", "heart_rate"], keep: true })]);
 */
export function anomalyScore(options: AnomalyScoreOptions & Selection = {}): Transform {
  return transformOf(ANOMALY_SCORE, options);
}
