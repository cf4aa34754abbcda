/**
 * Reads damaged ONNX files by the million: cut, bits turned, lengths that lie, spliced, nested. Each must be read, and then
 * be written and read again alike, or refused with an error of the project. Ends with status 1 on any other error, on an
 * input that takes two seconds, or on memory above 1 GiB; the seed that it names makes the input again.
 *
 *     node scripts/nightly/fuzz-onnx.ts [--inputs 1000000] [--seed 1]
 */
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";

const { values } = parseArgs({
  options: { inputs: { type: "string", default: "1000000" }, seed: { type: "string", default: "1" } },
});

interface Findings {
  readonly codes: Readonly<Record<string, number>>;
  readonly slowest: { readonly seed: number; readonly ms: number };
  readonly peak: number;
}

const LONGEST_MS = 2000;
const LARGEST = 2 ** 30;

const inputs = Number(values.inputs);
const progress = new Int32Array(new SharedArrayBuffer(4));
const began = Date.now();
const worker = new Worker(new URL("fuzz-onnx/worker.ts", import.meta.url), {
  workerData: { first: Number(values.seed), inputs, progress },
  // Enough for any input; one that asks for more ends the worker with an error.
  resourceLimits: { maxOldGenerationSizeMb: 512 },
});
let last = -1;
const watch = setInterval(() => {
  const seed = Atomics.load(progress, 0);
  if (seed === last && seed !== 0) {
    process.stderr.write(`fuzz-onnx: the input of seed ${seed} takes more than ${LONGEST_MS} ms\n`);
    process.exit(1);
  }
  last = seed;
}, LONGEST_MS);
const findings = await new Promise<Findings>((resolve, reject) => {
  worker.on("message", resolve);
  worker.on("error", reject);
});
clearInterval(watch);
const seconds = Math.round((Date.now() - began) / 1000);
process.stdout.write(`${JSON.stringify({ inputs, seconds, ...findings })}\n`);
if (findings.slowest.ms > LONGEST_MS || findings.peak > LARGEST) {
  process.stderr.write("fuzz-onnx: too slow, or too much memory\n");
  process.exitCode = 1;
}
