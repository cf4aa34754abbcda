/**
 * Bins a Parquet file that no process of this size could hold: 50 million rows of 20 columns (17 numbers, one with
 * missing values, two of texts) and a label, made by DuckDB, and boosts some trees over them. Prints seconds and peak
 * memory, and fails where binning takes more than 1 GiB beside the bins and the label, where all of it takes more than
 * 5.5 GB (what is promised is 6), or where a bin holds other rows than SQL counts. Bins are written where the kernels read
 * them.
 *
 *     node scripts/nightly/tree-stream.ts [--rows 50000000] [--rounds 5]
 */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import {
  binStream,
  boostedTrees,
  wasmKernels,
  type AllocateBins,
  type BinnedTable,
} from "@tideline/learn/tree";
import { nodeTreeThreads, numbers, openEngine, treeSource, type Engine } from "@tideline/pipeline";

const { values } = parseArgs({
  options: { rows: { type: "string", default: "50000000" }, rounds: { type: "string", default: "5" } },
});
const rows = Number(values.rows);
const rounds = Number(values.rounds);
/** What the process may take beside what it is to hold: the engine's 256 MiB, samples, Node itself. */
const BESIDE = 2 ** 30;
/** What the whole training of 50 million rows may take. */
const WHOLE = 5.5e9;

const folder = mkdtempSync(join(tmpdir(), "tideline-tree-stream-"));
const faults: string[] = [];
const seconds = (since: number) => `${((performance.now() - since) / 1000).toFixed(1)} s`;
const mib = (bytes: number) => `${(bytes / 2 ** 20).toFixed(0)} MiB`;
const peakBytes = () => process.resourceUsage().maxRSS * 1024;

async function writeRows(engine: Engine, file: string): Promise<void> {
  const uniform = (salt: number) => `(hash(i * 20 + ${salt}) / 18446744073709551616.0)`;
  const floats = Array.from({ length: 16 }, (_, at) => `${uniform(at)}::float as x${at}`);
  const start = performance.now();
  await engine.run(`copy (select ${floats.join(", ")}, (-ln(1 - ${uniform(16)}))::double as wait,
    case when hash(i * 7) % 10 = 0 then null else hash(i) % 100000 end::int as amount,
    'c' || (hash(i * 3) % 500) as city, 'd' || (hash(i * 5) % 20) as device, (hash(i * 11) % 2)::utinyint as label
    from range(${rows}) r(i)) to '${file.replaceAll("'", "''")}' (format parquet)`);
  console.log(`${rows} rows written in ${seconds(start)}: ${mib(statSync(file).size)}`);
}

/** Rows up to the middle bin of each feature, beside what SQL counts. */
async function checkCounts(engine: Engine, relation: string, table: BinnedTable): Promise<void> {
  for (const [at, feature] of table.features.entries()) {
    const middle = Math.floor(feature.bins / 2);
    const below = table.bins[at]!.reduce((sum, bin) => sum + Number(bin <= middle), 0);
    const texts = (codes: Int32Array, list: readonly unknown[]) =>
      Array.from(codes, (code) => `'${String(list[code])}'`).join(", ");
    const condition =
      feature.kind === "numeric"
        ? // A text: of a decimal number the engine makes the float64 beside the nearest now and then.
          `<= '${feature.upper[middle]!}'::double`
        : `in (${texts(feature.codes.subarray(0, middle + 1), feature.categories)})`;
    const query = `select count(*)::double as n from ${relation} where "${feature.name}" ${condition}`;
    const [counted] = numbers(await engine.columns(query), "n");
    if (counted !== below)
      faults.push(`${feature.name}: ${below} rows up to bin ${middle}, SQL counts ${counted}`);
  }
}

/** The bins of the file, and its labels. The engine and what it held are gone afterwards. */
async function binFile(
  allocate: AllocateBins | undefined,
): Promise<{ readonly binned: BinnedTable; readonly y: Int32Array }> {
  const engine = await openEngine({ temporary: folder });
  try {
    const file = join(folder, "rows.parquet");
    await writeRows(engine, file);
    const relation = `read_parquet('${file.replaceAll("'", "''")}')`;
    const start = performance.now();
    const { chunks } = await treeSource(engine, relation);
    const { table, extra } = await binStream(chunks, { extra: ["label"], allocate });
    const label = extra["label"]!;
    if (label.kind !== "numeric") throw new Error("the label is a number");
    const held = rows * table.features.length + label.values.byteLength;
    const peak = peakBytes();
    console.log(`binned in ${seconds(start)}; bins and label ${mib(held)}, peak ${mib(peak)}`);
    if (peak > held + BESIDE)
      faults.push(`${mib(peak - held)} beside the bins, expected at most ${mib(BESIDE)}`);
    await checkCounts(engine, relation, table);
    return { binned: table, y: new Int32Array(label.values) };
  } finally {
    await engine.close();
  }
}

try {
  const kernels = wasmKernels(nodeTreeThreads());
  const given = { ...(await binFile(kernels.reserve?.())), classes: ["no", "yes"] };
  const start = performance.now();
  const model = await boostedTrees({ rounds, leaves: 31, seed: 1 }).fit(given, { kernels, threads: 2 });
  const peak = peakBytes();
  console.log(`${model.ensemble.trees.length} trees in ${seconds(start)}; peak of all ${mib(peak)}`);
  if (peak > WHOLE) faults.push(`${mib(peak)} to train, expected at most ${mib(WHOLE)}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;
