import { loadTable } from "@tideline/predict";
import { runPlan, tableCase, type BenchmarkPlan } from "@tideline/spec/benchmark";

declare const INPUT: { readonly plan: BenchmarkPlan; readonly bytes: readonly number[] };
declare function print(line: string): void;

runPlan({
  plan: INPUT.plan,
  runtimes: [tableCase(loadTable, "1")],
  fetchArtifact: async () => Uint8Array.from(INPUT.bytes),
  ports: { now: () => Date.now() },
}).then(
  (cases) => print(JSON.stringify(cases)),
  (error: unknown) => print(`FAILED ${String(error)}`),
);
