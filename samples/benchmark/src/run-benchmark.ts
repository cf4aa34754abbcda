import { runPlan, type BenchmarkReport } from "@tideline/spec/benchmark";
import * as Crypto from "expo-crypto";
import { fetchArtifact, fetchPlan, type Collector } from "./collector.ts";
import { conditionsNow, thisDevice } from "./conditions.ts";
import { phoneRuntimes } from "./phone-runtimes.ts";

/** Fetches the plan and runs all its cases on this phone. */
export async function runBenchmark(
  collector: Collector,
  tell: (line: string) => void,
): Promise<BenchmarkReport> {
  tell("Fetching the plan");
  const { plan, digest } = await fetchPlan(collector);
  const before = await conditionsNow();
  const cases = await runPlan({
    plan,
    runtimes: phoneRuntimes(),
    fetchArtifact: (artifact) => fetchArtifact(collector, artifact),
    tell: (at, of, what) => tell(`${at + 1} of ${of}: ${what}`),
    ports: {
      now: () => performance.now(),
      memory: async () => "React Native tells an app nothing of its memory",
      rest: () => new Promise((resolve) => setTimeout(resolve, 0)),
    },
  });
  return {
    format: 1,
    kind: "benchmark-report",
    id: Crypto.randomUUID(),
    plan: digest,
    at: Date.now(),
    device: thisDevice(),
    before,
    after: await conditionsNow(),
    cases,
  };
}
