import { expect, test } from "vitest";
import { madeClasses, madeRows } from "../testing/made-rows.ts";
import { boostedTrees } from "./boosted-trees.ts";

test("weights of classes are weights of their rows, in float64", async () => {
  const { columns, y } = madeRows(120, 3);
  const rows = { columns, categorical: ["d"], y: madeClasses(y, 2), classes: ["low", "high"] };
  const fit = { rounds: 2, minChildRows: 5 };
  const byClass = await boostedTrees({ ...fit, classWeights: [1, 1 / 3] }).fit(rows);
  const sampleWeight = Float64Array.from(rows.y, (label) => (label === 1 ? 1 / 3 : 1));
  const byRow = await boostedTrees(fit).fit({ ...rows, sampleWeight });
  expect(byClass.ensemble).toEqual(byRow.ensemble);
  await expect(boostedTrees({ ...fit, classWeights: [1] }).fit(rows)).rejects.toThrow(
    "boostedTrees.fit: classWeights: expected 2 weights, one for each class, received 1",
  );
});
