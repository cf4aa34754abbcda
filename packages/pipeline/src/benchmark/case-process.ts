/**
 * One case in a process that has run nothing else: `node case-process.ts PLAN ARTIFACT RUNTIME FOLDER TASK`, where PLAN is the file of a
 * plan beside files named by their digests, ARTIFACT the name of a kind, TASK `run` or `load`. Answers the case's report, or the times of
 * its load, to the process that forked it.
 */
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { loadCase, runCase, type BenchmarkPlan } from "@tideline/spec/benchmark";
import { ownMemory } from "./machine.ts";
import { nodeRuntimes } from "./node-runtime.ts";

// Nobody waits for the report of a process whose parent is gone.
process.once("disconnect", () => process.exit(1));

const [planFile, kind, name, folder, task] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  "run" | "load",
];
const plan = JSON.parse(await readFile(planFile, "utf8")) as BenchmarkPlan;
const artifact = plan.artifacts.find((one) => one.kind === kind)!;
const given = {
  plan,
  artifact,
  bytes: new Uint8Array(await readFile(join(dirname(planFile), artifact.sha256))),
  runtime: nodeRuntimes(folder).find((one) => one.name === name)!,
  ports: {
    now: () => performance.now(),
    memory: async () => ownMemory(),
  },
};
const answer = task === "load" ? await loadCase(given) : await runCase({ ...given, fresh: true });
process.send!(answer, () => process.exit(0));
