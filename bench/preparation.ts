import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { PREPARATION_CASES, type PreparationCase, type PreparationSide } from "./preparation/case.ts";
import { comparePreparation, type PreparationResult } from "./preparation/compare.ts";
import type { TimedRun } from "./preparation/message.ts";
import { installOwn } from "./preparation/install-own.ts";
import { runSide } from "./preparation/run-side.ts";

/**
 * Preparing data against pandas, polars, scikit-learn, NumPy with SciPy, and Pillow, in one run: `npm run bench --
 * preparation [--json] [--case table] [--growth 0.1,1] [--repeats 3] [--peer polars] [--quick] [--python python3]`.
 *
 * Data is made up by a seed (`preparation/generate.py`) and handed to all as the same files. Every job has a process of its
 * own, one at a time; who goes first alternates. Ours runs on the packages as they are published, unpacked into a folder
 * (`preparation/install-own.ts`). What is warm are files that the system holds and compiled code on disk: ours by
 * Node's compile cache, as the command line keeps it (a first run makes it, which a median of three leaves out), the peers' by
 * Python's `.pyc`. Threads of both sides start with loading: polars' own, and two of ours where there is much to read. Three figures are compared, each with the least
 * of the peers': the seconds of the job itself, from loaded columns; those of the whole process, interpreter, imports and
 * reading included; and the process's memory at its highest. A side that can go from files to the result without loading all
 * columns first (`ways` of `case.ts`: ours reads events as a stream, polars plans lazily and has an engine that streams) does it in
 * a further process for each such way: of the whole process and of its memory the least of all its ways counts. Sides answer sums of their results; a case whose sums differ
 * fails.
 *
 * `--peer` leaves the others out: at ten times the rows some of them want more memory than a machine has, or hours.
 *
 * `--quick` takes a hundredth of the rows and one repeat: it shows that the harness runs, and no figures.
 */
const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    case: { type: "string", multiple: true },
    growth: { type: "string" },
    repeats: { type: "string" },
    peer: { type: "string", multiple: true },
    python: { type: "string", default: process.env["PYTHON"] ?? "python3" },
  },
});

const USAGE = 64;
const UNAVAILABLE = 69;
const FAILED = 70;

const growths = (values.growth ?? (values.quick ? "0.01" : "1")).split(",").map(Number);
const repeats = Number(values.repeats ?? (values.quick ? 1 : 3));
const strangers = (values.case ?? []).filter((name) => !PREPARATION_CASES.some((one) => one.name === name));
const wanted = ({ peers }: PreparationCase): readonly PreparationSide[] =>
  peers.filter((side) => values.peer?.includes(side) ?? true);
const chosen = PREPARATION_CASES.filter(({ name }) => values.case?.includes(name) ?? true);

const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;

function print(result: PreparationResult): void {
  if (values.json) {
    process.stdout.write(`${JSON.stringify(result)}\n`);
    return;
  }
  const { ours, peers, ratio, wholeRatio, memoryRatio, differences } = result;
  const sides = [ours, ...peers].map(
    ({ side, median, whole, peak }) =>
      `  ${side.padEnd(8)} job ${median.toFixed(3)} s, process ${whole.toFixed(2)} s, ${megabytes(peak)}\n`,
  );
  const ratios = `job ${ratio.toFixed(2)}, process ${wholeRatio.toFixed(2)}, memory ${memoryRatio.toFixed(2)}`;
  process.stdout.write(
    `${result.case} ${result.rows}: ${ratios} of the least of the peers'\n${sides.join("")}${differences.map((line) => `  DIFFERS ${line}\n`).join("")}`,
  );
}

if (
  strangers.length > 0 ||
  chosen.some((given) => wanted(given).length === 0) ||
  ![repeats, ...growths].every((number) => number > 0) ||
  !Number.isInteger(repeats)
) {
  process.stderr.write(
    `npm run bench -- preparation: expected --case of ${PREPARATION_CASES.map(({ name }) => name).join(", ")}, --peer of what each case has (${[...new Set(PREPARATION_CASES.flatMap(({ peers }) => peers))].join(", ")}), and positive numbers. Received ${process.argv.slice(2).join(" ")}.\n`,
  );
  process.exitCode = USAGE;
} else if (
  spawnSync(values.python, ["-c", "import pandas, polars, sklearn, scipy, PIL, pyarrow"]).status !== 0
) {
  process.stderr.write(
    `npm run bench -- preparation: ${values.python} lacks pandas, polars, scikit-learn, SciPy, Pillow or pyarrow. Install scripts/requirements-prepare.txt, or name another by --python.\n`,
  );
  process.exitCode = UNAVAILABLE;
} else {
  const [load] = loadavg();
  if (load! > 0.5)
    process.stderr.write(
      `The machine is busy (load ${load!.toFixed(1)}): times of this run are no figures.\n`,
    );
  process.stderr.write(
    `node ${process.version}, ${cpus()[0]!.model}, ${cpus().length} cores, ${repeats} repeats\n`,
  );
  const installed = mkdtempSync(join(tmpdir(), "tideline-bench-installed-"));
  process.once("exit", () => rmSync(installed, { recursive: true, force: true }));
  const programs = { own: installOwn(installed), python: values.python };
  for (const given of chosen) {
    for (const growth of growths) {
      const folder = mkdtempSync(join(tmpdir(), "tideline-bench-preparation-"));
      try {
        const rows = Math.round(given.rows * growth);
        const script = join(import.meta.dirname, "preparation/generate.py");
        const made = spawnSync(values.python, [script, given.name, folder, String(rows)], {
          encoding: "utf8",
        });
        if (made.status !== 0) throw new Error(`${given.name}: ${made.stderr}`);
        const runs = new Map<PreparationSide, TimedRun[]>();
        for (let repeat = 0; repeat < repeats; repeat++) {
          const sides: readonly PreparationSide[] = ["ours", ...wanted(given)];
          for (const side of repeat % 2 === 0 ? sides : sides.toReversed()) {
            if (process.stderr.isTTY) process.stderr.write(`${given.name} x${growth}, ${side}\n`);
            const run = await runSide(
              side,
              { name: given.name, folder, rows },
              given.ways?.[side] ?? [],
              programs,
            );
            runs.set(side, [...(runs.get(side) ?? []), run]);
          }
        }
        const result = comparePreparation(given, growth, runs);
        print(result);
        if (result.differences.length > 0) process.exitCode = FAILED;
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    }
  }
}
