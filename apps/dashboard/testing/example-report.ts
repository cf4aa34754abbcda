import type { LoopReport, LoopStatus } from "@tideline/spec";

/** A report that fits the last step of {@link exampleStatus}. */
export function exampleReport(status: Omit<LoopStatus, "report">): LoopReport {
  return {
    format: 1,
    source: "simulated fleet",
    notes: [
      "Phones are the device core with Node adapters; they stand for the web runtime.",
      "The clock ran 120 times as fast as the wall clock; latencies are real milliseconds of this machine.",
    ],
    stages: status.stages,
    events: {
      recorded: 18_432,
      accepted: 18_419,
      stored: 18_382,
      quarantined: 37,
      pending: 13,
      lost: 0,
      duplicatesReceived: 214,
      duplicatesStored: 0,
    },
    quarantine: { FIELD_INVALID: 21, EVENT_VERSION_UNKNOWN: 9, CONSENT_MISSING: 7 },
    phones: { count: 30, killed: 1, outages: 12, retries: 46 },
    releases: status.releases.map((release) => ({
      id: release.id,
      version: release.version,
      accuracy: release.accuracy,
      macroF1: release.accuracy === null ? null : release.accuracy - 0.004,
      people: 9,
      predictions: 2947,
      bytes: release.bytes,
      parity: release.parity,
      p95Ms: 2.4,
    })),
    drift: { injectedAt: status.drift.injectedAt, detectedAt: status.drift.detectedAt },
    accuracy: { before: 0.948, drifted: 0.587, after: 0.941 },
    labels: status.labels,
    predictions: { device: 5102, endpoint: 118, rule: 23 },
    skew: { compared: 5102, maxDifference: 2.1e-6 },
    seconds: 47.3,
    peakMb: 912,
  };
}
