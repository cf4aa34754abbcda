import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { FORMAT_CASES } from "./formats/case.ts";
import { compareFormats, type FormatResult } from "./formats/compare.ts";
import { figurePlace, withFigures } from "./formats/figures.ts";

/**
 * Models in every format that they come in, on every runtime of this machine, and beside what other converters make of the same
 * graph: `npm run bench -- formats [--json] [--quick] [--case har-conv1d] [--rounds 15] [--runs 100] [--sustain 1] [--python python3]
 * [--page docs/formats.md]`.
 *
 * Bytes of every artifact; load (from bytes to the first answer), the most memory meanwhile, and median, p50, p90 and p99 of runs
 * of one row, on one thread, in turns, each of which loads its file anew; a sustained run with `drift`, the median time of its last
 * quarter over that of its first.
 * `ratios` are ours over what TensorFlow's converter makes of the same graph (written in TensorFlow operator by operator, trees as
 * a walk by gathering or as products of matrices; or brought there by onnx2tf), of the same precision on the same runtime, and over
 * coremltools' files: below 1 is smaller or faster; `otherAnswers` marks files that do not compute the same. LiteRT for Python and
 * the converters run in a process of the Python that is named (bench/formats/requirements.txt); without it these are left out, and
 * said. Core ML files are counted, and run on no machine that is not Apple's. x86 is no phone: no figure here was measured on one.
 * `--quick` takes one round of ten runs: it shows that all of it works, and times nothing worth telling.
 * `--page` puts the figures of all cases into a page, where it has the lines for them; it goes with neither `--case` nor `--quick`.
 */
const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    case: { type: "string", multiple: true },
    rounds: { type: "string" },
    runs: { type: "string" },
    sustain: { type: "string" },
    page: { type: "string" },
    python: { type: "string", default: process.env["TIDELINE_FORMATS_PYTHON"] ?? "python3" },
  },
});

/** The exit code of sysexits for a wrong call. */
const USAGE = 64;

const names = values.case ?? Object.keys(FORMAT_CASES);
const usual = values.quick
  ? { rounds: 1, runs: 10, sustainSeconds: 0 }
  : { rounds: 15, runs: 100, sustainSeconds: 1 };
const rounds = Number(values.rounds ?? usual.rounds);
const runs = Number(values.runs ?? usual.runs);
const sustainSeconds = Number(values.sustain ?? usual.sustainSeconds);
// Runtimes talk on the console; standard output is for the result.
console.log = console.error;
console.info = console.error;

if (
  !names.every((name) => Object.hasOwn(FORMAT_CASES, name)) ||
  ![rounds, runs].every((number) => Number.isSafeInteger(number) && number >= 1) ||
  !(sustainSeconds >= 0 && Number.isFinite(sustainSeconds))
) {
  process.stderr.write(`Cases: ${Object.keys(FORMAT_CASES).join(", ")}; numbers above 0.\n`);
  process.exitCode = USAGE;
} else if (values.page !== undefined && (values.case !== undefined || values.quick)) {
  process.stderr.write("--page wants the figures of all cases: leave out --case and --quick.\n");
  process.exitCode = USAGE;
} else {
  // A page without a place for figures is told before anything is measured.
  if (values.page !== undefined) figurePlace(readFileSync(values.page, "utf8"));
  const results: FormatResult[] = [];
  for (const name of names) {
    const folder = mkdtempSync(join(tmpdir(), "tideline-bench-formats-"));
    try {
      const given = await FORMAT_CASES[name]!();
      const result = await compareFormats(given, {
        rounds,
        runs,
        sustainSeconds,
        folder,
        python: values.python,
      });
      results.push(result);
      process.stdout.write(
        `${JSON.stringify({ bench: "formats", ...result }, undefined, values.json ? undefined : 1)}\n`,
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  if (values.page !== undefined)
    writeFileSync(values.page, withFigures(readFileSync(values.page, "utf8"), results));
  process.exit();
}
