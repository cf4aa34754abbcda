import { createHash } from "node:crypto";
import { join } from "node:path";
import { readReport } from "@tideline/pipeline/benchmark";
import { NO_CONDITIONS, type BenchmarkReport, type CaseReport } from "@tideline/spec/benchmark";
import { expect, test } from "vitest";
import { tablePlan } from "./benchmark/table-plan.ts";
import { hermes, lowered, runOnHermes } from "./table/hermes.ts";

test.skipIf(hermes === undefined)(
  "the benchmark's runner and the model table run on Hermes, whose clock steps by milliseconds, and the report is one that the server takes",
  async () => {
    const { plan, bytes } = tablePlan("activity");
    const script = await lowered(join(import.meta.dirname, "benchmark/hermes-entry.ts"), {
      plan: { ...plan, pace: { runs: 20, sustainSeconds: 0.3 } },
      bytes: [...bytes],
    });
    const cases = JSON.parse(runOnHermes(script)) as readonly CaseReport[];
    const [one] = cases as [CaseReport];
    expect([one.state, one.reason, one.check!.wrong]).toEqual(["timed", null, 0]);
    // An activity takes under a millisecond there: its calls are timed in groups.
    expect(one.times!.clockMs).toBeGreaterThanOrEqual(1);
    expect(one.times!.group).toBeGreaterThan(1);
    expect(one.times!.sustained!.rates).toHaveLength(10);
    const digest = createHash("sha256").update("plan").digest("hex");
    const report: BenchmarkReport = {
      format: 1,
      kind: "benchmark-report",
      id: "hermes-0.12",
      plan: digest,
      at: 0,
      device: {
        kind: "engine",
        name: "Hermes",
        system: "0.12",
        processor: null,
        cores: null,
        memoryBytes: null,
      },
      before: NO_CONDITIONS,
      after: NO_CONDITIONS,
      cases,
    };
    const named = { ...report, id: "hermes-engine" };
    expect(readReport(JSON.stringify(named), plan, digest)).toEqual(named);
    expect(() => readReport(JSON.stringify(report), plan, digest)).toThrow("DATA_MALFORMED");
  },
);
