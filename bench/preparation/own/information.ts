import { join } from "node:path";
import { collectFrame, columnOfKind, dropColumns } from "@tideline/learn/frame";
import { scoreColumns } from "@tideline/learn/select";
import { parquetSource } from "@tideline/pipeline/frame/parquet";
import { ownCase } from "../own-case.ts";

/** Mutual information with a class by three nearest neighbours. */
export const own = ownCase({
  async load(folder) {
    const frame = await collectFrame(await parquetSource(join(folder, "columns.parquet")));
    const y = Int32Array.from(columnOfKind(frame, "label", "integer").values as Int32Array);
    return {
      rows: dropColumns(frame, ["label"]),
      labels: { kind: "classes", y, classes: ["0", "1"] } as const,
    };
  },
  run: async ({ rows, labels }) => scoreColumns(rows, labels, { score: "mutualInfoClassif" }),
  digest: (scores) => ({
    columns: scores.length,
    sum: scores.reduce((sum, { score }) => sum + score, 0),
    largest: Math.max(...scores.map(({ score }) => score)),
  }),
});
