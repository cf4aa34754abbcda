/**
 * Our forests against scikit-learn's on made-up rows: quality, or with `--time` the seconds of two cases, ours and
 * theirs in turn. Run by hand, as `node compare-scikit-learn.ts PYTHON [--time] [--threads 2] [--seeds 3]`; prints a
 * line of JSON for each case and side.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { nodeForestThreads } from "../../../../../pipeline/src/runtime/forest-threads.ts";
import { matrix } from "../../../matrix.ts";
import { areaUnderRoc } from "../../boost/metric/area-under-roc.ts";
import { isolationForest } from "../isolation-forest.ts";
import { extraTrees, randomForest } from "../random-forest.ts";
import { FOREST_CASES, forestCaseRows, type ForestCase, type ForestCaseRows } from "./forest-case.ts";

const { values: options, positionals } = parseArgs({
  options: {
    time: { type: "boolean", default: false },
    threads: { type: "string", default: "2" },
    seeds: { type: "string", default: "3" },
  },
  allowPositionals: true,
});
const python = positionals[0] ?? "python3";
const threads = Number(options.threads);

async function ours(of: ForestCase, { X, y }: ForestCaseRows, seed: number): Promise<object> {
  const { rows, columns, trees } = of;
  const train = matrix(rows, columns, X.subarray(0, rows * columns));
  const held = matrix(y.length - rows, columns, X.subarray(rows * columns));
  const wanted = y.subarray(rows);
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  if (of.kind === "isolationForest") {
    const model = await isolationForest({ trees, seed }).fit({ X: train });
    const took = seconds();
    return { seconds: took, auroc: areaUnderRoc(wanted, model.scores(held)) };
  }
  const forest = of.kind === "randomForest" ? randomForest : extraTrees;
  const features = of.features === "all" ? 1 : of.features;
  const fit = threads > 1 ? { crew: nodeForestThreads(threads) } : {};
  const settings = { trees, seed, features, outOfBag: false } as const;
  if (of.task === "regression") {
    const model = await forest({ ...settings, task: "regression" }).fit(
      { X: train, y: y.slice(0, rows) },
      fit,
    );
    const took = seconds();
    const said = model.predict(held);
    const mean = wanted.reduce((sum, value) => sum + value, 0) / wanted.length;
    const sums = { errors: 0, spread: 0 };
    for (const [row, value] of wanted.entries()) {
      sums.errors += (value - said[row]!) ** 2;
      sums.spread += (value - mean) ** 2;
    }
    return { seconds: took, r2: 1 - sums.errors / sums.spread };
  }
  const classes = Array.from({ length: of.classes }, (_, k) => `class ${k}`);
  const model = await forest(settings).fit(
    { X: train, y: Int32Array.from(y.subarray(0, rows)), classes },
    fit,
  );
  const took = seconds();
  const values = Float64Array.from(model.predictProbabilities(held).values);
  const predicted = model.predict(held);
  let [right, loss] = [0, 0];
  for (const [row, label] of wanted.entries()) {
    if (predicted[row] === label) right++;
    const clipped = values.slice(row * of.classes, (row + 1) * of.classes).map((p) => Math.max(p, 1e-3));
    loss -= Math.log(clipped[label]! / clipped.reduce((sum: number, p: number) => sum + p, 0));
  }
  return { seconds: took, accuracy: right / wanted.length, logLoss: loss / wanted.length };
}

for (const of of FOREST_CASES[options.time ? "time" : "quality"])
  for (let seed = 1; seed <= Number(options.seeds); seed++) {
    const rows = forestCaseRows(of, seed);
    const folder = mkdtempSync(join(tmpdir(), "forest-"));
    try {
      writeFileSync(join(folder, `${of.name}.x`), rows.X);
      writeFileSync(join(folder, `${of.name}.y`), rows.y);
      writeFileSync(join(folder, "cases.jsonl"), JSON.stringify({ ...of, seed, threads }));
      console.log(JSON.stringify({ side: "ours", name: of.name, seed, ...(await ours(of, rows, seed)) }));
      const script = fileURLToPath(new URL("scikit_learn.py", import.meta.url));
      const theirs = execFileSync(python, [script, folder], { encoding: "utf8" });
      console.log(JSON.stringify({ side: "scikit-learn", ...(JSON.parse(theirs) as object) }));
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
