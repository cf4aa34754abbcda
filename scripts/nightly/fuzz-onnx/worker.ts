import { parentPort, workerData } from "node:worker_threads";
import { damaged, seededRandom } from "../../../packages/graph/src/testing/damage.ts";
import { readDamaged } from "../../../packages/graph/src/testing/read-damaged.ts";
import { seedModels } from "../../../packages/graph/src/testing/seed-model.ts";

/** Reads damaged files, each from a seed of its own, and tells through shared memory which one it is at. */
const { first, inputs, progress } = workerData as {
  first: number;
  inputs: number;
  progress: Int32Array<SharedArrayBuffer>;
};
const seeds = seedModels();
const codes: Record<string, number> = {};
const slowest = { seed: 0, ms: 0 };
let peak = 0;
for (let index = 0; index < inputs; index += 1) {
  const seed = first + index;
  Atomics.store(progress, 0, seed);
  const bytes = damaged(seeds, seededRandom(seed));
  const began = performance.now();
  let code: string;
  try {
    code = readDamaged(bytes, index % 4 === 0);
  } catch (error) {
    throw new Error(`input of seed ${seed}`, { cause: error });
  }
  const ms = performance.now() - began;
  codes[code] = (codes[code] ?? 0) + 1;
  if (ms > slowest.ms) Object.assign(slowest, { seed, ms });
  if (index % 1000 === 0) peak = Math.max(peak, process.memoryUsage.rss());
}
parentPort!.postMessage({ codes, slowest, peak });
