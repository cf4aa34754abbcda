import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { loadTable } from "@tideline/predict";
import { compareModel, sumUp } from "../../test/table/compare-model.ts";
import { mutated } from "../../test/table/mutate.ts";
import { MODEL_KINDS } from "../../test/table/random-model.ts";
import { sourceOf } from "../../test/table/random.ts";

/**
 * 1,000 random models of each kind as tables against ONNX Runtime, then 100,000 mutated tables: `node
 * scripts/nightly/table.ts [models] [mutations]`. It prints the largest differences, and fails on a decision that differs,
 * on a difference beyond the bound, and on a mutated table that is neither refused nor run within 20 seconds.
 */
const [models = 1000, mutations = 100_000] = process.argv.slice(2).map(Number);

/** Largest difference of a probability, and of a feature over its scale. */
const BOUND = { difference: 1e-4, featureDifference: 1e-5 };
const EXACT = ["tree", "forest", "boosted"];

const failures: string[] = [];
for (const kind of MODEL_KINDS) {
  const comparisons = [];
  for (let seed = 0; seed < models; seed++) {
    const one = await compareModel(kind, seed);
    const apart =
      one.difference > BOUND.difference || one.featureDifference > BOUND.featureDifference || one.wrong > 0;
    if (apart || (one.tied > 0 && EXACT.includes(kind)))
      failures.push(`${kind} ${seed}: ${JSON.stringify(one)}`);
    comparisons.push(one);
  }
  console.log(JSON.stringify({ kind, models, ...sumUp(comparisons) }));
}

const folder = join(import.meta.dirname, "../../vectors/table");
const tables = readdirSync(folder)
  .filter((file) => file.endsWith(".tlm"))
  .map((file) => new Uint8Array(readFileSync(join(folder, file))));
const source = sourceOf(2026);
const counts = { mutations, refused: 0, run: 0, slowestMs: 0 };
for (let round = 0; round < mutations; round++) {
  const bytes = mutated(source, source.pick(tables));
  const started = performance.now();
  try {
    const table = loadTable(bytes);
    table.run(new Float32Array(table.input.dims.reduce((product, dim) => product * dim, 1)));
    counts.run += 1;
  } catch (error) {
    if ((error as { code?: string }).code !== "MODEL_MALFORMED") failures.push(`mutation ${round}: ${error}`);
    counts.refused += 1;
  }
  const took = performance.now() - started;
  counts.slowestMs = Math.max(counts.slowestMs, Math.round(took));
  if (took > 20_000) failures.push(`mutation ${round} took ${took} ms`);
}
console.log(JSON.stringify(counts));
for (const failure of failures) console.error(failure);
process.exitCode = failures.length > 0 ? 1 : 0;
