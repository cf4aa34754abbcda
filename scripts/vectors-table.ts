import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { writeTable, type OnnxModel } from "@tideline/graph";
import { loadTable } from "@tideline/predict";
import { activityModel } from "../test/table/activity-model.ts";
import { handmadeTables } from "../test/table/handmade-table.ts";
import { malformedTables } from "../test/table/malformed-table.ts";
import { operatorGraphs } from "../test/table/operator-graph.ts";
import { signalRow } from "../test/table/random-signal.ts";
import { MODEL_KINDS, randomModel } from "../test/table/random-model.ts";
import { sourceOf } from "../test/table/random.ts";
import { spectrumGraph } from "../test/table/spectrum-graph.ts";
import { openOracle, toJson, type TableVector } from "../test/table/table-vector.ts";

/**
 * Makes `vectors/table`: tables as bytes, and what ONNX Runtime makes of the same graphs. `node scripts/vectors-table.ts`;
 * the same code makes the same files.
 */

const FOLDER = join(import.meta.dirname, "../vectors/table");
const ROWS = 4;

/** Writes `name.tlm` and `name.json`. */
async function writeVector(
  name: string,
  model: OnnxModel,
  options: {
    readonly rows: readonly Float32Array[];
    readonly labels?: readonly string[];
    readonly tolerance?: TableVector["tolerance"];
  },
): Promise<void> {
  const { rows, labels = [], tolerance = { absolute: 1e-7, relative: 1e-6 } } = options;
  const result = writeTable(model.graph, { labels });
  if (!result.ok) throw new Error(`${name}: ${JSON.stringify(result.reasons)}`);
  const { input, outputs } = loadTable(result.bytes);
  const oracle = await openOracle(model);
  const made: TableVector["rows"][number][] = [];
  for (const row of rows) {
    const answer = await oracle.run(row, input.dims);
    made.push({
      input: toJson(row),
      outputs: Object.fromEntries(outputs.map(({ name }) => [name, toJson(answer[name]!)])),
    });
  }
  await oracle.close();
  const vector: TableVector = {
    format: 1,
    oracle: "onnxruntime-node",
    input,
    outputs,
    labels,
    tolerance,
    rows: made,
  };
  await writeFile(join(FOLDER, `${name}.tlm`), result.bytes);
  await writeFile(join(FOLDER, `${name}.json`), `${JSON.stringify(vector)}\n`);
}

await mkdir(FOLDER, { recursive: true });
for (const { name, dims, model } of operatorGraphs()) {
  const source = sourceOf(7);
  const size = dims.reduce((product, dim) => product * dim, 1);
  const rows = Array.from({ length: ROWS }, () => source.normals(size, 1.5));
  await writeVector(`op-${name}`, model, { rows });
}

for (const [size, channels] of [
  [32, 3],
  [50, 2],
  [128, 1],
] as const) {
  const source = sourceOf(size);
  const rows = Array.from({ length: 2 }, () => signalRow(source, size, channels));
  await writeVector(`op-spectrum-${size}`, spectrumGraph(size, channels), {
    rows,
    tolerance: { absolute: 1e-6, relative: 1e-5 },
  });
}

for (const { name, bytes, labels, rows, answer } of handmadeTables()) {
  const { input, outputs } = loadTable(bytes);
  const vector: TableVector = {
    format: 1,
    oracle: "docs/format/model-table.md",
    input,
    outputs,
    labels,
    tolerance: { absolute: 1e-7, relative: 1e-6 },
    rows: rows.map((row) => ({ input: toJson(row), outputs: { y: toJson(answer(row)) } })),
  };
  await writeFile(join(FOLDER, `${name}.tlm`), bytes);
  await writeFile(join(FOLDER, `${name}.json`), `${JSON.stringify(vector)}\n`);
}

/** Seeds whose models are small, and together show what the kind can do. */
const SEEDS = [3, 5, 8];
for (const kind of MODEL_KINDS)
  for (const [at, seed] of SEEDS.entries()) {
    const { model, rows } = randomModel(kind, seed);
    await writeVector(`${kind}-${at + 1}`, model, {
      rows: rows.slice(0, ROWS),
      // Sums of many terms, taken by the runtime in single precision.
      tolerance: { absolute: 1e-6, relative: 1e-5 },
    });
  }

const { model, labels, rows } = activityModel();
await writeVector("activity", model, {
  rows: rows.slice(0, 2),
  labels,
  tolerance: { absolute: 1e-6, relative: 1e-5 },
});

await mkdir(join(FOLDER, "refuse"), { recursive: true });
for (const { name, bytes } of malformedTables())
  await writeFile(join(FOLDER, "refuse", `${name}.tlm`), bytes);
