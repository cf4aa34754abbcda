import { seededRandom, type Random } from "../../../random.ts";
import type { Tree, TreeEnsemble, TreeFeature } from "../../tree-ensemble.ts";
import type { TreeColumn, TreeTable } from "../../tree-table.ts";

/** Of what kind a {@link randomEnsemble} is. */
export interface RandomEnsembleOptions {
  readonly seed: number;
  readonly features: number;
  readonly outputs?: number;
  readonly trees?: number;
  readonly leaves?: number;
  /** Whether trees are as wide as the outputs, and averaged. Default false. */
  readonly forest?: boolean;
  /** Whether some nodes saw no rows. Default false. */
  readonly empty?: boolean;
  /** Rows of the table. Default 5. */
  readonly rows?: number;
}

const CATEGORIES = ["a", "b", "c", 4, true, "d"] as const;

/** An ensemble grown at random, and a table with missing, unknown and tied values; every third feature is categorical. */
export function randomEnsemble(options: RandomEnsembleOptions): { ensemble: TreeEnsemble; table: TreeTable } {
  const {
    seed,
    features: width,
    outputs = 1,
    trees: count = 3,
    leaves = 8,
    forest = false,
    rows = 5,
  } = options;
  const random = seededRandom(seed);
  const features = Array.from({ length: width }, (_, at): TreeFeature =>
    at % 3 === 2
      ? { kind: "categorical", name: `f${at}`, categories: CATEGORIES }
      : { kind: "numeric", name: `f${at}`, zeroIsMissing: at % 4 === 3 },
  );
  const trees = Array.from({ length: count }, () =>
    randomTree(random, features, leaves, forest ? outputs : 1, options.empty ?? false),
  );
  const ensemble: TreeEnsemble = {
    features,
    outputs,
    trees,
    target: Int32Array.from(trees, (_, at) => (forest ? -1 : at % outputs)),
    base: Float64Array.from({ length: outputs }, () => random.normal()),
    average: forest,
  };
  const columns = features.map((feature): TreeColumn => {
    if (feature.kind === "numeric") {
      const values = Float64Array.from({ length: rows }, () =>
        random.integer(5) === 0 ? NaN : random.integer(5) - 2,
      );
      return { kind: "numeric", name: feature.name, values };
    }
    // A list of its own, in another order, with one that the model does not know.
    const categories = ["unknown", ...CATEGORIES.toReversed()];
    const codes = Int32Array.from({ length: rows }, () => random.integer(categories.length + 1) - 1);
    return { kind: "categorical", name: feature.name, categories, codes };
  });
  return { ensemble, table: { rows, columns } };
}

function randomTree(
  random: Random,
  features: readonly TreeFeature[],
  leaves: number,
  width: number,
  empty: boolean,
): Tree {
  const feature = [-1];
  const threshold = [NaN];
  const left = [-1];
  const right = [-1];
  const missingLeft = [0];
  const set = [-1];
  const sets: Uint32Array[] = [];
  const open = [0];
  const extra = random.integer(leaves);
  for (let split = 0; split < extra; split++) {
    const node = open.splice(random.integer(open.length), 1)[0]!;
    const asked = random.integer(features.length);
    feature[node] = asked;
    missingLeft[node] = random.integer(2);
    if (features[asked]!.kind === "numeric") threshold[node] = random.integer(4) - 1.5;
    else {
      set[node] = sets.length;
      sets.push(Uint32Array.of(random.integer(64)));
    }
    for (const side of [left, right]) {
      side[node] = feature.length;
      open.push(feature.length);
      feature.push(-1);
      threshold.push(NaN);
      left.push(-1);
      right.push(-1);
      missingLeft.push(0);
      set.push(-1);
    }
  }
  const nodes = feature.length;
  const counts = () => {
    const sums = new Float64Array(nodes);
    for (let node = nodes - 1; node >= 0; node--)
      sums[node] =
        feature[node]! < 0 ? random.integer(9) + (empty ? 0 : 1) : sums[left[node]!]! + sums[right[node]!]!;
    if (sums[0] === 0) return sums.fill(1);
    return sums;
  };
  return {
    feature: Int32Array.from(feature),
    threshold: Float64Array.from(threshold),
    left: Int32Array.from(left),
    right: Int32Array.from(right),
    missingLeft: Uint8Array.from(missingLeft),
    set: Int32Array.from(set),
    sets,
    width,
    value: Float64Array.from({ length: nodes * width }, () => random.normal()),
    count: counts(),
    weight: counts(),
    gain: Float64Array.from(feature, (asked) => (asked < 0 ? 0 : random.uniform())),
  };
}
