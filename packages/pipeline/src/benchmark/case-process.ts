/**
 * One case in a process that has run nothing else: `node case-process.ts PLAN ARTIFACT RUNTIME FOLDER`, where PLAN is the file of a
 * plan beside files named by their digests, ARTIFACT a digest with its kind. Answers its report to the process that forked it.
 */
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { runCase, type BenchmarkPlan } from "@tideline/spec/benchmark";
import { ownMemory } from "./machine.ts";
import { NODE_RUNTIMES } from "./node-runtime.ts";

// Nobody waits for the report of a process whose parent is gone.
process.once("disconnect", () => process.exit(1));

const [planFile, kind, runtime, folder] = process.argv.slice(2) as [
  string,
  string,
  keyof typeof NODE_RUNTIMES,
  string,
];
const plan = JSON.parse(await readFile(planFile, "utf8")) as BenchmarkPlan;
const artifact = plan.artifacts.find((one) => one.kind === kind)!;
const bytes = new Uint8Array(await readFile(join(dirname(planFile), artifact.sha256)));
const report = await runCase({
  plan,
  artifact,
  bytes,
  runtime: NODE_RUNTIMES[runtime](folder),
  fresh: true,
  ports: {
    now: () => performance.now(),
    memory: async () => ownMemory(),
  },
});
process.send!(report, () => process.exit(0));
