/**
 * How fast a model of 50 MB is read and written: ours against Python's onnx (protobuf's C core), turn by turn in one run,
 * each on bytes in memory, the median of all turns. Memory is the peak of each process; ours made the model too. `read` gives a model whose large tensors are views of the file or
 * are copied when first asked for; `read, every value` asks for all of them. Needs Python with the packages of
 * scripts/requirements.txt.
 *
 *     npm run bench -- onnx [--json] [--turns 15]
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { graphBuilder, readOnnx, writeOnnx, type OnnxModel } from "@tideline/graph";

const { values } = parseArgs({
  options: { json: { type: "boolean", default: false }, turns: { type: "string", default: "15" } },
});

/** 36 layers of 590 x 590 numbers and their biases: 50.2 MB, 288 nodes. */
function largeModel(): OnnxModel {
  const g = graphBuilder("large");
  const width = 590;
  let x = g.input("x", "float32", ["N", width]);
  for (let layer = 0; layer < 36; layer += 1) {
    const weights = Float32Array.from({ length: width * width }, (_, at) => Math.sin(at + layer));
    let y = g.op("MatMul", [x, g.constant(weights, [width, width])]);
    y = g.op("Add", [y, g.constant(Float32Array.from({ length: width }, (_, at) => Math.cos(at * layer)))]);
    for (let step = 0; step < 5; step += 1) y = g.op(step % 2 === 0 ? "Relu" : "Tanh", [y]);
    x = g.op("Add", [x, y]);
  }
  g.output("y", x);
  return g.build();
}

const median = (list: readonly number[]): number => list.toSorted((a, b) => a - b)[list.length >> 1]!;

const bytes = writeOnnx(largeModel());
const folder = mkdtempSync(join(tmpdir(), "tideline-bench-onnx-"));
writeFileSync(join(folder, "model.onnx"), bytes);
const peer = spawn("python3", [join(import.meta.dirname, "onnx/peer.py"), join(folder, "model.onnx")], {
  stdio: ["pipe", "pipe", "inherit"],
});
const answers = createInterface(peer.stdout)[Symbol.asyncIterator]();

async function ask(order: "read" | "write" | "memory"): Promise<number> {
  peer.stdin.write(`${order}\n`);
  const { value, done } = await answers.next();
  if (done === true) throw new Error("bench onnx: expected python3 with the package onnx");
  return Number(value);
}

function timed(work: () => unknown): number {
  const began = performance.now();
  work();
  return performance.now() - began;
}

try {
  const model = readOnnx(bytes);
  const cases = {
    read: { order: "read", work: () => readOnnx(bytes) },
    "read, every value": {
      order: "read",
      work: () => readOnnx(bytes).graph.initializers.map((tensor) => tensor.values.at(-1)),
    },
    write: { order: "write", work: () => writeOnnx(model) },
  } as const;
  const times = Object.fromEntries(
    Object.keys(cases).map((name) => [name, { ours: [] as number[], peer: [] as number[] }]),
  );
  for (let turn = -2; turn < Number(values.turns); turn += 1)
    for (const [name, { order, work }] of Object.entries(cases)) {
      const taken = { ours: timed(work), peer: await ask(order) };
      if (turn < 0) continue;
      times[name]!.ours.push(taken.ours);
      times[name]!.peer.push(taken.peer);
    }
  const memory = { ours: process.resourceUsage().maxRSS * 1024, peer: await ask("memory") };
  for (const [name, taken] of Object.entries(times)) {
    const [ours, theirs] = [median(taken.ours), median(taken.peer)];
    const line = {
      case: `${name}, ${(bytes.length / 1e6).toFixed(1)} MB`,
      ours,
      peer: theirs,
      peerName: "Python onnx (protobuf)",
      ratio: theirs / ours,
      memory,
    };
    const text = `${line.case}: ${ours.toFixed(1)} ms, ${line.peerName} ${theirs.toFixed(1)} ms`;
    process.stdout.write(`${values.json ? JSON.stringify(line) : text}\n`);
  }
} finally {
  peer.stdin.end();
  rmSync(folder, { recursive: true });
}
