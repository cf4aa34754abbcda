import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { TREE_CASES, type TreeCase } from "./trees/case.ts";
import { compareCase, type TreeResult } from "./trees/compare.ts";
import { STARTS, type SideName } from "./trees/message.ts";
import { MODEL_CASES, type ModelResult } from "./trees/model-case.ts";
import { compareReal, REAL_CASES, type RealResult } from "./trees/real.ts";
import { mean } from "./trees/result.ts";

/**
 * Training trees against LightGBM and scikit-learn, in one run: `npm run bench -- trees [--json] [--case binary-28]
 * [--from columns,files] [--growth 1,4,16] [--repeats 3] [--threads 2]
 * [--peer lightgbm,lightgbm-quantised,lightgbm-sequence,sklearn,sklearn-forest] [--rounds n] [--leaves n] [--quick]
 * [--python python3]`.
 *
 * Rows are made up by a seed on our side and handed to all as the same files of columns; the targets of a case follow
 * one concept. Every repeat has a seed of its own, and every training a process of its own, one at a time; who goes
 * first alternates. Timed is what leads to a model, binning and starting threads included, with nothing warmed up.
 * Each side then predicts held-out rows, which one and the same code judges. `ratio` is our median over the peer's.
 *
 * There are two beginnings, and a result for each, named by its `from`:
 *
 * - `columns`: all columns are in memory already (float32, one array a column); loading them is not timed. It compares
 *   trainers, and is the time to quote. Both sides' memory holds the whole matrix, because the bench put it there.
 * - `files`: from the columns' files, reading included. Ours never holds the matrix: `binStream` reads pieces of rows
 *   twice, and bins are what is left. The peers read all with numpy, as their users do, and let go of it where the library
 *   can go on without. LightGBM has a way to take rows from a map of the file, too (`Sequence`): `lightgbm-sequence`,
 *   only here; pages of the file that the map touched count as resident. It is the memory to quote.
 *
 * Memory is resident bytes at the highest while training: `wholeProcess` with interpreter and imports (what a machine must
 * have, and what is accepted by: at most 0.7 of LightGBM's, from `files`), `aboveImports` without what they had taken
 * before training (what grows with the data). What is there before is each side's as it stands here: ours is Node, which
 * keeps what it compiled between runs as Python does (the first run after a change has the memory of what strips types besides),
 * LightGBM's is Python with what LightGBM imports where it is
 * installed (without scikit-learn and pandas about 100 MB less); `aboveImports` has neither.
 *
 * Two cases are about finished models, on warm processes in turns: `shap` (1,000 rows, 300 trees of 31 leaves, against
 * LightGBM's `pred_contrib` of the same model) and `prediction` (against onnxruntime-node on one thread).
 *
 * `--quick` takes a fiftieth of the rows, ten trees and one repeat: it shows that the harness runs, and no figures.
 *
 * `--real --data ../shared/data` trains the chosen configurations of `examples/trees` on both sides instead, on the same
 * folds or seeds, and adds the figure that the example is judged by: `adult`, `online-shoppers`, `uci-har`.
 */
const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    case: { type: "string", multiple: true },
    from: { type: "string", default: "columns,files" },
    growth: { type: "string", default: "1" },
    repeats: { type: "string" },
    threads: { type: "string", default: "2" },
    rounds: { type: "string" },
    leaves: { type: "string" },
    peer: { type: "string" },
    real: { type: "boolean", default: false },
    data: { type: "string", default: join(import.meta.dirname, "../../shared/data") },
    python: { type: "string", default: process.env["PYTHON"] ?? "python3" },
  },
});

/** The exit code of sysexits for a service that is not there. */
const UNAVAILABLE = 69;
const USAGE = 64;

const PEERS: Readonly<Record<TreeCase["family"], readonly SideName[]>> = {
  boost: ["lightgbm", "lightgbm-quantised", "lightgbm-sequence", "sklearn"],
  forest: ["sklearn-forest"],
};

const quick = values.quick ? { rows: 1 / 50, rounds: 10, repeats: 1 } : { rows: 1, rounds: 100, repeats: 3 };
const rounds = Number(values.rounds ?? quick.rounds);
const repeats = Number(values.repeats ?? quick.repeats);
const from = STARTS.filter((start) => values.from.split(",").includes(start));
const growths = values.growth.split(",").map(Number);
const threads = Number(values.threads);
const asked = values.peer?.split(",");
const known = Object.values(PEERS).flat() as readonly string[];
const chosen = TREE_CASES.filter(({ name }) => values.case?.includes(name) ?? true).map(
  (given): TreeCase => ({
    ...given,
    rows: Math.round(given.rows * Math.max(quick.rows, Math.min(1, 2000 / given.rows))),
    setting: { ...given.setting, rounds, leaves: Number(values.leaves ?? given.setting.leaves) },
  }),
);
const numbers = [rounds, repeats, threads, ...growths, ...chosen.map(({ setting }) => setting.leaves)];
const cases = values.real
  ? REAL_CASES.map(({ name }) => name)
  : [...TREE_CASES.map(({ name }) => name), ...Object.keys(MODEL_CASES)];
const strangers = [
  ...(values.case ?? []).filter((name) => !cases.includes(name)),
  ...(asked ?? []).filter((name) => !known.includes(name)),
  ...values.from.split(",").filter((start) => !(STARTS as readonly string[]).includes(start)),
];

const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;

const signed = (value: number): string => `${value < 0 ? "" : "+"}${value.toFixed(5)}`;

function print(result: TreeResult | RealResult): void {
  if (values.json) {
    process.stdout.write(`${JSON.stringify(result)}\n`);
    return;
  }
  const { ours, peer, memory, ratio, cpuRatio } = result;
  const real = "figures" in result;
  const quality = real ? { [result.measure]: result.figures } : result.quality;
  const figures = Object.entries(quality).map(
    ([name, { ours: mine, difference }]) => `${name} ${mean(mine).toFixed(5)} (${signed(difference)})`,
  );
  process.stdout.write(
    [
      (real ? result.case : `${result.case} ${result.rows} x ${result.columns}, ${result.from}`).padEnd(40),
      `ours ${ours.median.toFixed(2)} s  ${result.peerName} ${peer.median.toFixed(2)} s`,
      `ratio ${ratio.toFixed(2)} (CPU ${cpuRatio.toFixed(2)})`,
      figures.join(", "),
      `memory ${megabytes(memory.ours.wholeProcess)} against ${megabytes(memory.peer.wholeProcess)}: ${memory.ratio.wholeProcess.toFixed(2)}`,
      `above imports ${megabytes(memory.ours.aboveImports)} against ${megabytes(memory.peer.aboveImports)}: ${memory.ratio.aboveImports.toFixed(2)}\n`,
    ].join("  "),
  );
}

function printModel(result: ModelResult): void {
  if (values.json) {
    process.stdout.write(`${JSON.stringify(result)}\n`);
    return;
  }
  const { ours, peer, peerName, ratio, difference } = result;
  process.stdout.write(
    [
      `${result.case} ${result.rows} rows, ${result.trees} trees`.padEnd(40),
      `ours ${(ours.median * 1e6).toFixed(1)} µs (${result.form})  ${peerName} ${(peer.median * 1e6).toFixed(1)} µs`,
      `ratio ${ratio.toFixed(2)}`,
      `difference ${difference.toExponential(1)}\n`,
    ].join("  "),
  );
}

if (strangers.length > 0 || !numbers.every((number) => Number.isInteger(number) && number > 0)) {
  process.stderr.write(
    `Cases: ${cases.join(", ")}; peers: ${known.join(", ")}; from: ${STARTS.join(", ")}; whole numbers above 0.` +
      `${strangers.length > 0 ? ` Received ${strangers.join(", ")}.` : ""}\n`,
  );
  process.exitCode = USAGE;
} else if (spawnSync(values.python, ["-c", "import lightgbm, sklearn"]).status !== 0) {
  process.stderr.write(
    `${values.python} has no LightGBM and scikit-learn to compare with. Install them: ${values.python} -m pip install -r scripts/requirements-trees.txt\n` +
      "(or name another Python by --python or in the environment variable PYTHON).\n",
  );
  process.exitCode = UNAVAILABLE;
} else {
  const folder = mkdtempSync(join(tmpdir(), "tideline-bench-trees-"));
  try {
    // OpenMP's threads spin where they wait for each other: on a busy machine the peers are many times slower.
    if (loadavg()[0]! > 0.5)
      process.stderr.write(
        `The machine is busy (load ${loadavg()[0]!.toFixed(1)}): times of this run are no figures.\n`,
      );
    if (!values.json)
      process.stdout.write(
        `node ${process.version}, ${cpus()[0]!.model}, ${cpus().length} cores, ${threads} threads, ${rounds} rounds, ${repeats} repeats\n`,
      );
    const common = {
      python: values.python,
      threads,
      repeats,
      folder,
      ...(process.stderr.isTTY
        ? { progress: (words: string) => void process.stderr.write(`${words}\n`) }
        : {}),
    };
    if (values.real)
      for (const example of REAL_CASES.filter(({ name }) => values.case?.includes(name) ?? true)) {
        const peers = PEERS.boost.filter((name) => asked?.includes(name) ?? name === "lightgbm");
        const data = join(values.data, example.dataset);
        for (const result of await compareReal(example, data, { ...common, peers })) print(result);
      }
    else {
      for (const given of chosen)
        for (const growth of growths) {
          const peers = PEERS[given.family].filter((name) => asked?.includes(name) ?? true);
          if (peers.length === 0) continue;
          for (const result of await compareCase(given, { ...common, peers, growth, from })) print(result);
        }
      for (const [name, compare] of Object.entries(MODEL_CASES))
        if (values.case?.includes(name) ?? true)
          for await (const result of compare({ ...common, quick: values.quick })) printModel(result);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
