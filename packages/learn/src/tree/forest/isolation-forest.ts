import { tidelineError } from "@tideline/spec";
import { checkOptions } from "../../net/estimator/option-form.ts";
import { drawWithReplacement, seededRandom, type Random } from "../../random.ts";
import type { TreeRows } from "../bin/table-rows.ts";
import { featuresOf, trainingTable } from "../boost/estimator/boost-table.ts";
import { pauses } from "../boost/round/pause.ts";
import { treeEnsemble } from "../model/ensemble.ts";
import type { Tree, TreeEnsemble } from "../tree-ensemble.ts";
import type { TreeColumn, TreeTable } from "../tree-table.ts";
import { treeSeeds } from "./draw.ts";
import { checkFit, checkObject, WATCH_FORMS, type ForestWatch } from "./forest-watch.ts";
import { anomalyScores, isolationModel, type IsolationModel } from "./isolation-model.ts";
import { thresholdAbove } from "./isolation-threshold.ts";
import { growIsolationTree } from "./isolation-tree.ts";
import { nodeList } from "./node-list.ts";
import { ISOLATION_OPTION_FORMS } from "./option-form.ts";

/** What {@link isolationForest} takes; plain data. */
export interface IsolationOptions {
  /** Default 100. */
  readonly trees?: number;
  /** Rows that each tree is grown on, at most all. Default 256, the paper's. */
  readonly sample?: number;
  /** Features that each tree looks at, as a share of all. Default 1. */
  readonly featureShare?: number;
  /** Whether rows are drawn with replacement. Default false. */
  readonly bootstrap?: boolean;
  /** Depth at most. Default: the logarithm of the sample to base 2, rounded up; deeper rows are normal anyway. */
  readonly depth?: number;
  /**
   * The share of training rows that is taken to be anomalous, which sets the threshold: above 0, at most 0.5. Fewer are
   * found where scores are equal, or so near one another that float32 may mistake them. Default "auto", a threshold of 0.5, as in the paper.
   */
  readonly contamination?: "auto" | number;
  /** Names of columns of categories, beside those that the rows name. */
  readonly categorical?: readonly string[];
  /** Default 0. */
  readonly seed?: number;
}

/** A configuration of an isolation forest. `fit` changes nothing it is given. */
export interface IsolationEstimator {
  readonly kind: "isolationForest";
  /**
   * @throws NOT_ENOUGH_DATA without rows; ARGUMENT_INVALID for options that there are not; what `treeTable` throws about rows;
   *   the reason of the signal.
   */
  fit(rows: TreeRows, options?: ForestWatch): Promise<IsolationModel>;
}

const WHO = "isolationForest";

/**
 * Finds rows that are few and different (F. T. Liu, K. M. Ting and Z.-H. Zhou, "Isolation forest", ICDM 2008): trees that
 * part a sample of the rows at random, where what is odd soon stands alone. Nothing need be scaled, labels are not asked.
 *
 * Numbers are parted between their least and largest value in the node (infinities lie at the ends of float64), categories
 * into two sets by coins. A missing value goes to the side that a coin says at each branch, so that lacking a value
 * isolates nobody; where all others are equal, it stands apart from them.
 *
 * @throws DEFINITION_ILLEGAL for an option out of range.
 * @example
 * const model = await isolationForest({ contamination: 0.01, seed: 1 }).fit({ columns: { speed, hour } });
 * model.scores({ columns: { speed: [40], hour: [4] } }); // near 1: odd
 */
export function isolationForest(options: IsolationOptions = {}): IsolationEstimator {
  checkOptions(WHO, ISOLATION_OPTION_FORMS, [], options);
  const { sample = 256, contamination = "auto", seed = 0 } = options;
  const categorical = Object.freeze([...(options.categorical ?? [])]);
  const settings = Object.freeze({ ...options });
  return Object.freeze({
    kind: WHO,
    async fit(rows: TreeRows, watch: ForestWatch = {}) {
      checkObject(`${WHO}.fit`, "rows", "{ X } or { columns }", rows);
      checkFit(`${WHO}.fit`, WATCH_FORMS, watch);
      const { signal, now = () => performance.now() } = watch;
      signal?.throwIfAborted();
      const table = trainingTable(rows, categorical, undefined);
      if (table.rows === 0)
        throw tidelineError("NOT_ENOUGH_DATA", {
          who: `${WHO}.fit`,
          expected: "at least one row",
          received: "0 rows",
        });
      const pause = pauses(signal, now);
      const size = Math.min(sample, table.rows);
      const trees = await growTrees(table, size, settings, watch, pause);
      const ensemble = treeEnsemble({ features: featuresOf(table.columns), trees, average: true });
      const threshold =
        contamination === "auto"
          ? 0.5
          : thresholdAbove((await scoresOf(ensemble, size, table, pause)).sort(), contamination);
      return isolationModel({ seed, sample: size, ensemble, threshold });
    },
  });
}

async function growTrees(
  table: TreeTable,
  size: number,
  { trees = 100, depth, featureShare = 1, bootstrap = false, seed = 0 }: IsolationOptions,
  { signal, onTree }: ForestWatch,
  pause: () => Promise<void>,
): Promise<readonly Tree[]> {
  const list = nodeList(2 * size - 1, 1);
  const deepest = depth ?? Math.ceil(Math.log2(Math.max(2, size)));
  const all = table.columns.length;
  const grown: Tree[] = [];
  for (const treeSeed of treeSeeds(seededRandom(seed), trees)) {
    await pause();
    const random = seededRandom(treeSeed);
    const drawn = bootstrap
      ? drawWithReplacement(random, table.rows, size)
      : sampleRows(random, table.rows, size);
    const features = someFeatures(random, all, Math.max(1, Math.floor(featureShare * all)));
    grown.push(growIsolationTree(table, drawn, features, deepest, list, random));
    const answer = await onTree?.({ tree: grown.length, trees });
    signal?.throwIfAborted();
    if (answer === "stop") break;
  }
  return grown;
}

/** Rows whose scores are computed between two turns of others. */
const BLOCK = 16384;

/** The score of each row of a table. */
async function scoresOf(
  ensemble: TreeEnsemble,
  sample: number,
  { rows, columns }: TreeTable,
  pause: () => Promise<void>,
): Promise<Float64Array> {
  const out = new Float64Array(rows);
  for (let start = 0; start < rows; start += BLOCK) {
    await pause();
    const end = Math.min(rows, start + BLOCK);
    const part = columns.map((column): TreeColumn =>
      column.kind === "numeric"
        ? { ...column, values: column.values.subarray(start, end) }
        : { ...column, codes: column.codes.subarray(start, end) },
    );
    out.set(anomalyScores(ensemble, sample, { rows: end - start, columns: part }), start);
  }
  return out;
}

/** Different rows, any set of them as likely as another, without a list of all: R. Floyd's algorithm (CACM 30, 1987). */
function sampleRows(random: Random, rows: number, size: number): Int32Array {
  const out = new Set<number>();
  for (let bound = rows - size; bound < rows; bound++) {
    const row = random.integer(bound + 1);
    out.add(out.has(row) ? bound : row);
  }
  return Int32Array.from(out);
}

function someFeatures(random: Random, all: number, count: number): Int32Array {
  if (count === all) return Int32Array.from({ length: all }, (_, feature) => feature);
  return sampleRows(random, all, count);
}
