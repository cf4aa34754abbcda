import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { CASES } from "./device/case.ts";
import { liteRt } from "./device/litert.ts";
import { onnxruntimeNode, onnxruntimeWeb } from "./device/onnxruntime.ts";
import type { OpenRuntime, TimedRuntime } from "./device/runtime.ts";
import { tableInNode, tableOnHermes } from "./device/table.ts";

/**
 * One row through a model on each runtime that a phone or a browser may have: `npm run bench -- device [--rounds 11]
 * [--runs 500] [--json]`. The runtimes take turns within a round, so that what the machine does besides hits all of
 * them; medians over the rounds, and ratios of medians to the table in Node. x86 is no phone: no figure here was measured on one.
 */
const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "11" },
    runs: { type: "string", default: "500" },
    json: { type: "boolean", default: false },
  },
});
// Runtimes talk on the console; standard output is for the result.
console.log = console.error;
console.info = console.error;
const [rounds, runs] = [Number(values.rounds), Number(values.runs)];

const RUNTIMES: Readonly<Record<string, OpenRuntime>> = {
  "table (Node)": tableInNode,
  "table (Hermes 0.12)": tableOnHermes,
  "onnxruntime-node": onnxruntimeNode,
  "onnxruntime-web": onnxruntimeWeb,
  "LiteRT (wasm)": liteRt,
};

const median = (list: readonly number[]): number => list.toSorted((a, b) => a - b)[list.length >> 1]!;
const rounded = (value: number): number => Number(value.toPrecision(4));

const cases = [];
for (const make of Object.values(CASES)) {
  const given = make();
  const open: { readonly name: string; readonly runtime: TimedRuntime; readonly times: number[] }[] = [];
  const missing: Record<string, string> = {};
  let reference: readonly Float32Array[] | undefined;
  const differences: Record<string, number> = {};
  for (const [name, opener] of Object.entries(RUNTIMES)) {
    const runtime = await opener(given);
    if (typeof runtime === "string") {
      missing[name] = runtime;
      continue;
    }
    const outputs = await runtime.run(given.rows);
    reference ??= outputs;
    differences[name] = outputs.reduce(
      (most, output, row) =>
        output.reduce((worst, value, at) => Math.max(worst, Math.abs(value - reference![row]![at]!)), most),
      0,
    );
    open.push({ name, runtime, times: [] });
  }
  for (const { runtime } of open) await runtime.time(runs);
  for (let round = 0; round < rounds; round++)
    for (const { runtime, times } of open) times.push(await runtime.time(runs));
  const base = median(open[0]!.times);
  cases.push({
    case: given.name,
    bytes: { table: given.table.length, tableGzip: gzipSync(given.table).length, onnx: given.onnx.length },
    runtimes: open.map(({ name, runtime, times }) => ({
      name,
      medianUs: rounded(median(times)),
      leastUs: rounded(Math.min(...times)),
      ratio: rounded(median(times) / base),
      loadMs: rounded(runtime.loadMs),
      largestDifference: rounded(differences[name]!),
    })),
    missing,
  });
  for (const { runtime } of open) await runtime.close();
}

const result = { bench: "device", rounds, runs, node: process.version, cpu: cpus()[0]!.model, cases };
if (values.json) process.stdout.write(`${JSON.stringify(result)}\n`);
else
  for (const { case: name, bytes, runtimes, missing } of cases) {
    process.stdout.write(`${name}: table ${bytes.table} bytes, onnx ${bytes.onnx} bytes\n`);
    for (const one of runtimes)
      process.stdout.write(
        `  ${one.name.padEnd(22)} ${String(one.medianUs).padStart(8)} us  x${one.ratio}  loads in ${one.loadMs} ms, differs by ${one.largestDifference}\n`,
      );
    for (const [runtime, reason] of Object.entries(missing))
      process.stdout.write(`  ${runtime.padEnd(22)} ${reason}\n`);
  }
process.exit(0);
