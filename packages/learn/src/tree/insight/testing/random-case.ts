import { seededRandom } from "../../../random.ts";
import { randomEnsemble } from "../../model/testing/random-ensemble.ts";
import type { TreeEnsemble, TreeFeature } from "../../tree-ensemble.ts";
import type { TreeColumn, TreeTable } from "../../tree-table.ts";

/** Of what kind a {@link randomCase} is. */
export interface RandomCase {
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
export function randomCase(options: RandomCase): { ensemble: TreeEnsemble; table: TreeTable } {
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
  const ensemble = randomEnsemble(random, {
    trees: count,
    leaves,
    outputs,
    wide: forest,
    average: forest,
    features,
    threshold: (draw) => draw.integer(4) - 1.5,
    leafRows: (draw) => draw.integer(9) + (options.empty === true ? 0 : 1),
  });
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
