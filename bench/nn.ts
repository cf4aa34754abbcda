import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { NN_CASES } from "./nn/case.ts";
import { compareCase, type NnResult } from "./nn/compare.ts";

/**
 * A training step of small nets against PyTorch on the CPU, in one run: `npm run bench -- nn [--json] [--case conv1d]
 * [--threads 1,2] [--rounds 7] [--seconds 0.5] [--peer eager,fused] [--python python3]`.
 *
 * Both sides train the same net from the same parameters (the losses of the first steps must agree) on the same rows,
 * gather a fresh shuffled batch from memory for every step and read its loss back. Each side is a process of its own;
 * they take turns, a block of steps each, so that what the machine does besides hits both. The figures are the mean,
 * the median, the least and the CPU time of a step (of all threads of the process), and the ratios of the peer's to
 * ours. Read them together: the median says what a step takes, the mean what a training takes, with the pauses that
 * JavaScript's garbage collection puts between. The peer picks its batches by indexing a
 * tensor, not with a `DataLoader`.
 *
 * With `--json` one object a line. Memory is resident bytes. PyTorch from PyPI is the CUDA build, whose import alone
 * takes hundreds of megabytes; `imported` says how many here, and `aboveImport` what training took on top.
 */
const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    case: { type: "string", multiple: true },
    threads: { type: "string", default: "1,2" },
    rounds: { type: "string", default: "7" },
    seconds: { type: "string", default: "0.5" },
    peer: { type: "string", default: "eager,fused" },
    python: { type: "string", default: process.env["PYTHON"] ?? "python3" },
  },
});

/** The exit code of sysexits for a service that is not there. */
const UNAVAILABLE = 69;
const USAGE = 64;

const chosen = NN_CASES.filter(({ name }) => values.case === undefined || values.case.includes(name));
const threads = values.threads.split(",").map(Number);
const peers = values.peer.split(",");
const numbers = [...threads, Number(values.rounds), Number(values.seconds)];
const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
const microseconds = (seconds: number): string => `${(seconds * 1e6).toFixed(0)} us`;

function print(result: NnResult): void {
  if (values.json) {
    process.stdout.write(`${JSON.stringify(result)}\n`);
    return;
  }
  const { ours, peer } = result.memory;
  process.stdout.write(
    [
      `${result.case.padEnd(8)} ${result.threads} thread${result.threads === 1 ? " " : "s"}`,
      `ours ${microseconds(result.ours.median).padStart(8)}  ${result.peerName} ${microseconds(result.peer.median).padStart(8)}`,
      `ratio ${result.ratio.median.toFixed(2)} (mean ${result.ratio.mean.toFixed(2)}, least ${result.ratio.least.toFixed(2)}, CPU ${result.ratio.cpu.toFixed(2)})`,
      `memory ${megabytes(ours.peak)} (${megabytes(ours.aboveImport)} above its imports) against ${megabytes(peer.peak)} (${megabytes(peer.aboveImport)} above ${megabytes(peer.imported)})\n`,
    ].join("  "),
  );
}

if (
  chosen.length === 0 ||
  !numbers.every((number) => number > 0) ||
  !peers.every((peer) => peer === "eager" || peer === "fused")
) {
  process.stderr.write(
    `Cases: ${NN_CASES.map(({ name }) => name).join(", ")}; peers: eager, fused; numbers above 0.\n`,
  );
  process.exitCode = USAGE;
} else if (spawnSync(values.python, ["-c", "import torch, numpy"]).status !== 0) {
  process.stderr.write(
    `${values.python} has no PyTorch to compare with. Install it: ${values.python} -m pip install -r scripts/requirements-torch.txt\n` +
      "(or name another Python by --python or in the environment variable PYTHON).\n",
  );
  process.exitCode = UNAVAILABLE;
} else {
  const folder = mkdtempSync(join(tmpdir(), "tideline-bench-nn-"));
  try {
    if (!values.json)
      process.stdout.write(`node ${process.version}, ${cpus()[0]!.model}, ${cpus().length} cores\n`);
    for (const given of chosen)
      for (const count of threads)
        for (const peer of peers)
          print(
            await compareCase(given, {
              python: values.python,
              threads: count,
              rounds: Number(values.rounds),
              blockSeconds: Number(values.seconds),
              folder,
              fused: peer === "fused",
            }),
          );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
