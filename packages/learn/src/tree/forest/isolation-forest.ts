import { illegalOption, positiveInteger } from "../../net/check-option.ts";
import { tidelineError } from "@tideline/spec";
import { quantileOfSorted } from "../../quantile.ts";
import { drawWithReplacement, seededRandom, type Random } from "../../random.ts";
import { treeTable, type TreeRows } from "../bin/table-rows.ts";
import { treeEnsemble } from "../model/ensemble.ts";
import type { Tree, TreeFeature } from "../tree-ensemble.ts";
import type { TreeColumn, TreeTable } from "../tree-table.ts";
import { treeSeeds } from "./draw.ts";
import { checkSeed, shareOf } from "./forest-option.ts";
import { anomalyScores, isolationModel, type IsolationModel } from "./isolation-model.ts";
import { growIsolationTree } from "./isolation-tree.ts";
import { nodeList } from "./node-list.ts";

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
   * The share of training rows that is taken to be anomalous, which sets the threshold: above 0, at most 0.5. Default
   * "auto", a threshold of 0.5, as in the paper.
   */
  readonly contamination?: "auto" | number;
  /** Default 0. */
  readonly seed?: number;
}

/** A configuration of an isolation forest. `fit` changes nothing it is given. */
export interface IsolationEstimator {
  readonly kind: "isolationForest";
  /** @throws NOT_ENOUGH_DATA without rows; what `treeTable` throws about them; the reason of the signal. */
  fit(rows: TreeRows, options?: { readonly signal?: AbortSignal }): Promise<IsolationModel>;
}

const WHO = "isolationForest";

/** A path that long says that a row is normal; and the growth calls itself once a level. */
const MOST_DEPTH = 1000;

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
  const { trees = 100, sample = 256, featureShare = 1, bootstrap = false, contamination = "auto" } = options;
  const { depth, seed = 0 } = options;
  positiveInteger(WHO, "trees", trees);
  positiveInteger(WHO, "sample", sample);
  shareOf(WHO, "featureShare", featureShare);
  if (depth !== undefined && positiveInteger(WHO, "depth", depth) > MOST_DEPTH)
    throw illegalOption(WHO, "depth", `an integer of at most ${MOST_DEPTH}`, String(depth));
  if (contamination !== "auto" && !(contamination > 0 && contamination <= 0.5))
    throw illegalOption(
      WHO,
      "contamination",
      '"auto", or a number above 0 and at most 0.5',
      String(contamination),
    );
  if (typeof bootstrap !== "boolean")
    throw illegalOption(WHO, "bootstrap", "true or false", String(bootstrap));
  checkSeed(WHO, seed);
  return Object.freeze({
    kind: WHO,
    async fit(rows: TreeRows, { signal }: { readonly signal?: AbortSignal } = {}) {
      signal?.throwIfAborted();
      const table = treeTable(rows);
      if (table.rows === 0)
        throw tidelineError("NOT_ENOUGH_DATA", {
          who: `${WHO}.fit`,
          expected: "at least one row",
          received: "0 rows",
        });
      const size = Math.min(sample, table.rows);
      const list = nodeList(2 * size - 1, 1);
      const deepest = depth ?? Math.ceil(Math.log2(Math.max(2, size)));
      const all = table.columns.length;
      const grown: Tree[] = [];
      for (const treeSeed of treeSeeds(seededRandom(seed), trees)) {
        const random = seededRandom(treeSeed);
        const drawn = bootstrap
          ? drawWithReplacement(random, table.rows, size)
          : sampleRows(random, table.rows, size);
        const features = someFeatures(random, all, Math.max(1, Math.floor(featureShare * all)));
        grown.push(growIsolationTree(table, drawn, features, deepest, list, random));
        signal?.throwIfAborted();
      }
      const ensemble = treeEnsemble({ features: table.columns.map(featureOf), trees: grown, average: true });
      const threshold = contamination === "auto" ? 0.5 : thresholdOf(ensemble, size, table, contamination);
      return isolationModel({ seed, sample: size, ensemble, threshold });
    },
  });
}

function thresholdOf(
  ensemble: IsolationModel["ensemble"],
  sample: number,
  table: TreeTable,
  contamination: number,
): number {
  return quantileOfSorted(anomalyScores(ensemble, sample, table).sort(), 1 - contamination);
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

function featureOf(column: TreeColumn): TreeFeature {
  const { kind, name } = column;
  return kind === "numeric" ? { kind, name } : { kind, name, categories: column.categories };
}
