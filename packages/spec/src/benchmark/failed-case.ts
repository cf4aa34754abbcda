import type { BenchmarkArtifact } from "./plan.ts";
import type { CaseReport } from "./report.ts";

/** The report of a case that came to nothing; `fresh`: it had a process of its own. */
export function failedCase(
  { kind, sha256, bytes }: Pick<BenchmarkArtifact, "kind" | "sha256" | "bytes">,
  runtime: string,
  reason: string,
  { fresh }: { readonly fresh: boolean },
): CaseReport {
  return Object.freeze({
    artifact: kind,
    sha256,
    bytes,
    runtime,
    version: "",
    state: "failed",
    reason,
    times: null,
    check: null,
    memory: null,
    memoryReason: null,
    operators: null,
    operatorReason: null,
    fresh,
  });
}
