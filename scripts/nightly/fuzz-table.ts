/**
 * Fuzzes what reads foreign bytes in the C core with libFuzzer, AddressSanitizer and UndefinedBehaviorSanitizer: model tables,
 * a server's answers, the journal on a phone's disk. Seeds are the vectors and the committed corpus. Ends with status 1 and
 * keeps the input when anything is found. Needs clang with its runtime (Debian: clang, libclang-rt-14-dev).
 *
 *     node scripts/nightly/fuzz-table.ts [--seconds 600] [--target table|answer|journal] [--minimise FOLDER]
 */
import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";

const root = new URL("../..", import.meta.url).pathname;
const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "600" },
    target: { type: "string" },
    /** Writes the fewest inputs that reach everything that was reached into this folder, by target. */
    minimise: { type: "string" },
  },
});
const targets = values.target === undefined ? ["table", "answer", "journal"] : [values.target];

/** Inputs that are larger slow a fuzzer down and reach nothing that smaller ones do not. */
const LARGEST = 16_384;

if (spawnSync("clang", ["--version"], { stdio: "ignore" }).status !== 0) {
  process.stderr.write("fuzz: expected clang with libFuzzer; apt-get install clang libclang-rt-14-dev\n");
  process.exit(69);
}

const folder = mkdtempSync(join(tmpdir(), "tideline-fuzz-"));
execFileSync("make", ["-C", join(root, "native/c"), "-s", "-j2", `OUT=${folder}`, "fuzz"], {
  stdio: "inherit",
});

/** Copies a target's seeds into its corpus. */
function seed(target: string, corpus: string): void {
  mkdirSync(corpus);
  const patterns = [
    `native/c/fuzz/corpus/${target}/*`,
    ...(target === "table" ? ["vectors/table/**/*.tlm"] : []),
  ];
  for (const path of globSync(patterns, { cwd: root }))
    copyFileSync(join(root, path), join(corpus, basename(path)));
  if (target !== "answer") return;
  const answers = JSON.parse(readFileSync(join(root, "vectors/wire/answers.json"), "utf8")) as {
    body: string;
  }[];
  answers.forEach(({ body }, index) => writeFileSync(join(corpus, `answer-${index}`), body));
}

let findings = 0;
for (const target of targets) {
  const corpus = join(folder, `corpus-${target}`);
  const found = join(folder, `found-${target}-`);
  seed(target, corpus);
  const run = spawnSync(
    join(folder, `fuzz-${target}`),
    [
      `-max_total_time=${values.seconds}`,
      `-max_len=${LARGEST}`,
      "-timeout=20",
      "-rss_limit_mb=1024",
      "-print_final_stats=1",
      `-artifact_prefix=${found}`,
      corpus,
    ],
    { encoding: "utf8", maxBuffer: 1 << 28 },
  );
  const last = (pattern: RegExp): number => Number([...run.stderr.matchAll(pattern)].at(-1)?.[1] ?? 0);
  const inputs = globSync(`${found}*`);
  if (run.status !== 0 || inputs.length > 0) {
    findings += 1;
    process.stderr.write(`${run.stderr.split("\n").slice(-80).join("\n")}\n`);
  }
  const executions = last(/stat::number_of_executed_units:\s*(\d+)/g);
  const edges = last(/cov: (\d+)/g);
  process.stdout.write(
    `${JSON.stringify({ target, seconds: Number(values.seconds), executions, edges, inputs })}\n`,
  );
  if (values.minimise === undefined) continue;
  const fewest = join(values.minimise, target);
  mkdirSync(fewest, { recursive: true });
  spawnSync(join(folder, `fuzz-${target}`), ["-merge=1", fewest, corpus], { stdio: "inherit" });
}
if (findings === 0) rmSync(folder, { recursive: true });
process.exitCode = findings === 0 ? 0 : 1;
