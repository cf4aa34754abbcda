import { NO_CONDITIONS, type BenchmarkReport, type CaseReport } from "@tideline/spec/benchmark";

/** Reports of a machine and a phone, with a text in every place that takes one. */
export function benchmarkReports(text: string): readonly BenchmarkReport[] {
  const timed: CaseReport = {
    artifact: text,
    sha256: "0".repeat(64),
    bytes: 123_456,
    runtime: text,
    version: text,
    state: "timed",
    reason: null,
    times: {
      coldMs: 103,
      startMs: 100,
      loadMs: 3,
      firstMs: 9,
      runs: 500,
      group: 4,
      clockMs: 0.005,
      p50Ms: 0.0123,
      p90Ms: 1.5,
      p99Ms: 1234.5,
      leastMs: 0.01,
      meanMs: 0.1,
      sustained: { seconds: 60.1, runs: 1e6, rates: [9, 8, 7, 6, 5, 5, 5, 4, 4, 4], lastOverFirst: 4 / 9 },
    },
    check: { rows: 8, wrong: 0, most: 1e-7, rms: 1e-8, timed: 500 },
    memory: { before: 9e7, peak: 1.2e8 },
    memoryReason: null,
    operators: Array.from({ length: 20 }, (_, at) => ({
      op: at === 0 ? text : `Operator${at}`,
      provider: at === 1 ? text : "CPUExecutionProvider",
      nodes: at + 1,
      us: 100 / (at + 1),
    })),
    operatorReason: null,
    fresh: true,
  };
  const plain: CaseReport = {
    ...timed,
    artifact: "table",
    memory: null,
    memoryReason: text,
    operators: null,
    operatorReason: text,
    fresh: false,
  };
  const bad = { times: null, memory: null, operators: null } as const;
  const wrong: CaseReport = { ...timed, ...bad, artifact: "tflite", state: "wrong", reason: text };
  const failed: CaseReport = {
    ...timed,
    ...bad,
    artifact: "onnx",
    state: "failed",
    reason: text,
    check: null,
  };
  const device = { name: text, system: text, processor: text, cores: 8, memoryBytes: 6e9 };
  const report: BenchmarkReport = {
    format: 1,
    kind: "benchmark-report",
    id: "12345678",
    plan: "0".repeat(64),
    at: 0,
    device: { ...device, kind: "machine" },
    before: NO_CONDITIONS,
    after: NO_CONDITIONS,
    cases: [timed, plain, wrong, failed],
  };
  const phone: BenchmarkReport = {
    ...report,
    device: { ...device, kind: "phone" },
    before: { batteryLevel: 0.8, charging: false, lowPower: false, thermal: text },
  };
  return [report, phone];
}
