import type { BenchmarkArtifact, CaseReport } from "@tideline/spec/benchmark";

/** The report of a case that came to nothing. */
export function failedCase(
  { kind, sha256, bytes }: Pick<BenchmarkArtifact, "kind" | "sha256" | "bytes">,
  runtime: string,
  reason: string,
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
    fresh: true,
  });
}
