/**
 * Bins a Parquet file that no process of this size could hold: 50 million rows of 20 columns (17 numbers, one with
 * missing values, two of texts) and a label, made by DuckDB, and boosts some trees over them. Prints seconds and peak
 * memory, and fails where binning takes more than 1 GiB beside the bins and the label, where all of it takes more than
 * 6 GB, or where a bin holds other rows than SQL counts.
 *
 *     node scripts/nightly/tree-stream.ts [--rows 50000000] [--rounds 5]
 */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { binStream, boostedTrees, wasmKernels } from "@tideline/learn/tree";
import { nodeTreeThreads, numbers, openEngine, treeSource } from "@tideline/pipeline";

const { values } = parseArgs({
  options: { rows: { type: "string", default: "50000000" }, rounds: { type: "string", default: "5" } },
});
const rows = Number(values.rows);
const rounds = Number(values.rounds);
/** What the process may take beside what it is to hold: the engine's 256 MiB, samples, Node itself. */
const BESIDE = 2 ** 30;
/** What the whole training of 50 million rows may take. */
const WHOLE = 6e9;

const folder = mkdtempSync(join(tmpdir(), "tideline-tree-stream-"));
const engine = await openEngine({ temporary: folder });
const faults: string[] = [];
const seconds = (since: number) => `${((performance.now() - since) / 1000).toFixed(1)} s`;
try {
  const file = join(folder, "rows.parquet");
  const uniform = (salt: number) => `(hash(i * 20 + ${salt}) / 18446744073709551616.0)`;
  const floats = Array.from({ length: 16 }, (_, at) => `${uniform(at)}::float as x${at}`);
  let start = performance.now();
  await engine.run(`copy (select ${floats.join(", ")}, (-ln(1 - ${uniform(16)}))::double as wait,
    case when hash(i * 7) % 10 = 0 then null else hash(i) % 100000 end::int as amount,
    'c' || (hash(i * 3) % 500) as city, 'd' || (hash(i * 5) % 20) as device, (hash(i * 11) % 2)::utinyint as label
    from range(${rows}) r(i)) to '${file.replaceAll("'", "''")}' (format parquet)`);
  console.log(`${rows} rows written in ${seconds(start)}: ${(statSync(file).size / 2 ** 20).toFixed(0)} MiB`);

  const relation = `read_parquet('${file.replaceAll("'", "''")}')`;
  start = performance.now();
  const { chunks } = await treeSource(engine, relation);
  const { table, extra } = await binStream(chunks, { extra: ["label"] });
  const peak = process.resourceUsage().maxRSS * 1024;
  const label = extra["label"]!;
  const held = rows * table.features.length + (label.kind === "numeric" ? label.values.byteLength : 0);
  const mib = (bytes: number) => `${(bytes / 2 ** 20).toFixed(0)} MiB`;
  console.log(`binned in ${seconds(start)}; bins and label ${mib(held)}, peak ${mib(peak)}`);
  if (peak > held + BESIDE)
    faults.push(`${mib(peak - held)} beside the bins, expected at most ${mib(BESIDE)}`);

  for (const [at, feature] of table.features.entries()) {
    const counts = new Float64Array(feature.bins);
    for (const bin of table.bins[at]!) counts[bin]!++;
    const middle = Math.floor(feature.bins / 2);
    const below = counts.subarray(0, middle + 1).reduce((sum, count) => sum + count, 0);
    const condition =
      feature.kind === "numeric"
        ? `"${feature.name}" <= ${feature.upper[middle]!}::double`
        : `"${feature.name}" in (${Array.from(feature.codes.subarray(0, middle + 1), (code) => `'${String(feature.categories[code])}'`).join(", ")})`;
    const counted = numbers(
      await engine.columns(`select count(*)::double as n from ${relation} where ${condition}`),
      "n",
    )[0];
    if (counted !== below)
      faults.push(`${feature.name}: ${below} rows up to bin ${middle}, SQL counts ${counted}`);
  }

  if (label.kind !== "numeric") throw new Error("the label is a number");
  start = performance.now();
  const y = new Int32Array(label.values);
  const model = await boostedTrees({ rounds, leaves: 31, seed: 1 }).fit(
    { binned: table, y, classes: ["no", "yes"] },
    { kernels: wasmKernels(nodeTreeThreads()), threads: 2 },
  );
  const whole = process.resourceUsage().maxRSS * 1024;
  console.log(`${model.ensemble.trees.length} trees in ${seconds(start)}; peak of all ${mib(whole)}`);
  if (whole > WHOLE) faults.push(`${mib(whole)} to train, expected at most ${mib(WHOLE)}`);
} finally {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
}
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;
