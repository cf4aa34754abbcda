import { stratifiedFolds } from "@tideline/learn";
import { CATEGORICAL, censusTable } from "../nets/adult-table.ts";
import { foldRuns, seedRuns } from "./example-run.ts";
import type { ExampleTrees, TreeExample } from "./example.ts";
import type { LabelledColumns } from "./labelled-column.ts";
import { tableGraph } from "./table-graph.ts";

function census(folder: string, part: "data" | "test"): LabelledColumns {
  const { columns, y, classes } = censusTable(folder, part);
  return { columns, y, classes, categorical: CATEGORICAL, row: Int32Array.from(y, (_, row) => row) };
}

const SLOW: ExampleTrees = { rate: 0.05, rounds: 300 };

/** Who earns more than 50 000 dollars a year: the census of 1994, all rows, the official split. */
export const ADULT: TreeExample = {
  name: "adult",
  dataset: "adult",
  measure: "accuracies",
  // An error of 12.9 %.
  threshold: 0.871,
  configurations: {
    default: {},
    longer: { rounds: 200 },
    small: { rounds: 200, leaves: 15 },
    slow: SLOW,
    slow_small: { ...SLOW, leaves: 15 },
    slow_drawn: { ...SLOW, rowShare: 0.7, featureShare: 0.5 },
    slow_small_drawn: { ...SLOW, rounds: 500, leaves: 15, rowShare: 0.8, featureShare: 0.5 },
  },
  chosen: () => "slow_small",
  async validation(folder) {
    const all = census(folder, "data");
    return foldRuns("fold", all, stratifiedFolds(all.y, 5, { seed: 1 }));
  },
  final: async (folder, seeds) => seedRuns(census(folder, "data"), census(folder, "test"), seeds),
  graph: tableGraph("adult"),
};
