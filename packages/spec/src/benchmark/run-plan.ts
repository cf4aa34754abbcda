import { failedCase } from "./failed-case.ts";
import type { CaseRuntime } from "./case-runtime.ts";
import type { BenchmarkArtifact, BenchmarkPlan } from "./plan.ts";
import { reasonOf } from "./reason.ts";
import type { CaseReport } from "./report.ts";
import { runCase, type CasePorts } from "./run-case.ts";

/** All cases of a plan on a device's runtimes. */
export interface PlanRunOptions {
  readonly plan: BenchmarkPlan;
  readonly runtimes: readonly CaseRuntime[];
  /** Fetches a file and makes sure that it is the one. */
  readonly fetchArtifact: (artifact: BenchmarkArtifact) => Promise<Uint8Array>;
  readonly ports: CasePorts;
  /** Hears of each case before it begins. */
  readonly tell?: (at: number, of: number, what: string) => void;
}

/** Which runtime takes which file. */
export function casesOf(
  { artifacts }: Pick<BenchmarkPlan, "artifacts">,
  runtimes: readonly Pick<CaseRuntime, "name" | "formats">[],
): readonly { readonly artifact: BenchmarkArtifact; readonly runtime: string }[] {
  return artifacts.flatMap((artifact) =>
    runtimes
      .filter(({ formats }) => formats.indexOf(artifact.format) >= 0)
      .map(({ name }) => ({ artifact, runtime: name })),
  );
}

/**
 * Runs all cases of a plan one after another in this process, as an app on a phone does: only the first of them has nothing behind
 * it, and later ones find their runtime loaded.
 */
export async function runPlan(options: PlanRunOptions): Promise<readonly CaseReport[]> {
  const { plan, runtimes, fetchArtifact, ports, tell } = options;
  const cases = casesOf(plan, runtimes);
  const reports: CaseReport[] = [];
  for (const [at, { artifact, runtime: name }] of cases.entries()) {
    tell?.(at, cases.length, `${artifact.kind} on ${name}`);
    await ports.rest?.();
    const runtime = runtimes.find((one) => one.name === name)!;
    try {
      const bytes = await fetchArtifact(artifact);
      reports.push(await runCase({ plan, artifact, bytes, runtime, ports, fresh: at === 0 }));
    } catch (error) {
      reports.push(failedCase(artifact, name, reasonOf(error), { fresh: false }));
    }
  }
  return reports;
}
