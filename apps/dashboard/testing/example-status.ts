import type { LoopStatus, StageProgress } from "@tideline/spec";
import { exampleReport } from "./example-report.ts";

/** The last step, at which the report is there. */
export const LAST_STEP = 40;

const START = Date.UTC(2026, 4, 4, 7, 0, 0);
const MINUTE = 60_000;
const at = (step: number): number => START + step * 4 * MINUTE;

/** First step and length in steps of each stage, and the sentence that it ends with. */
const PLAN: readonly (readonly [StageProgress["name"], number, number, string])[] = [
  ["collect", 0, 38, "30 phones sent 18,419 events; 12 outages and one kill survived"],
  ["store", 1, 37, "Snapshot 3 holds 18,382 rows in 48 files"],
  ["prepare", 5, 3, "7,352 windows of 30 people, 172 features each"],
  ["train", 8, 4, "Logistic regression beats the baseline by 0.72 macro F1"],
  ["release", 12, 2, "Release 2 is signed and verified by 30 phones"],
  ["predict", 14, 26, "5,243 predictions, 5,102 of them on the phone"],
  ["monitor", 15, 25, "Live accuracy 94.1 %"],
  ["retrain", 29, 4, "The challenger wins: 0.935 against 0.581 macro F1"],
];

/** A repeatable wobble between -1 and 1. */
const wobble = (step: number, salt: number): number =>
  Math.sin(step * 1.7 + salt) * Math.cos(step * 0.6 + 2 * salt);

function stageAt(step: number, [name, first, length, end]: (typeof PLAN)[number]): StageProgress {
  if (step < first) return { name, state: "waiting", detail: "", seconds: 0 };
  const done = step >= first + length;
  const share = Math.round((100 * (step - first)) / length);
  return {
    name,
    state: done ? "done" : "running",
    detail: done ? end : `${share} % of the way`,
    seconds: Math.min(step - first, length) * 1.15,
  };
}

function accuracyAt(step: number): number {
  if (step < 24) return 0.945 + 0.012 * wobble(step, 1);
  if (step < 33) return Math.max(0.57, 0.945 - 0.13 * (step - 23)) + 0.012 * wobble(step, 2);
  return Math.min(0.942, 0.7 + 0.09 * (step - 32)) + 0.008 * wobble(step, 3);
}

const RELEASES = [
  {
    version: 1,
    id: "5b1c77e0a94df2036c8e",
    from: 14,
    bytes: 48_213,
    parity: 3.2e-7,
    accuracy: 0.948,
    run: "run-4f2a91c07d",
  },
  {
    version: 2,
    id: "c03e1f9d48b7720a15d6",
    from: 33,
    bytes: 48_377,
    parity: 4.1e-7,
    accuracy: 0.941,
    run: "run-b86d05e3fa",
  },
];

/** What is known of a run so many steps after its release: nothing before it is finished. */
const metricsAt = (after: number, accuracy: number): Readonly<Record<string, number>> =>
  after < -1 ? {} : { accuracy, macroF1: accuracy - 0.006, baseline: 0.168 };

function runsAt(step: number): LoopStatus["runs"] {
  return RELEASES.filter(({ from }) => step >= from - 4).map(({ run, from, version, accuracy }) => ({
    id: run,
    createdAt: at(from - 4),
    snapshot: `9ad3${version}c5be77f01e2d46`,
    status: step >= from - 1 ? "finished" : "running",
    parameters: { model: "logistic", l2: 0.01, reason: version === 1 ? "first" : "drift" },
    metrics: metricsAt(step - from, accuracy),
  }));
}

/**
 * A status of a plausible loop, the same for the same step: 0 is before anything, 24 the drift's injection, 28 its
 * detection, 33 the second release, {@link LAST_STEP} the end with a report.
 */
export function exampleStatus(step: number): LoopStatus {
  const steps = (first: number): number[] =>
    Array.from({ length: Math.max(0, step - first + 1) }, (_, i) => first + i);
  const status: Omit<LoopStatus, "report"> = {
    format: 1,
    app: "activity",
    now: at(step),
    speed: 120,
    phase: step < 14 ? "collect" : step < 24 ? "before" : step < 33 ? "drifted" : "after",
    stages: PLAN.map((plan) => stageAt(step, plan)),
    ingest: {
      accepted: Math.round(484.7 * Math.min(step, 38)),
      quarantined: Math.min(37, step),
      duplicates: Math.min(214, step * 6),
      samples: Math.round(62_400 * Math.min(step, 38)),
      rate: Array.from({ length: Math.min(120, step * 3) }, (_, index) => ({
        second: START / 1000 + index,
        events: Math.max(0, Math.round(420 + 160 * wobble(index / 4, 1) + 60 * wobble(index, 2))),
        samples: Math.max(0, Math.round(54_000 + 21_000 * wobble(index / 5, 3) + 6000 * wobble(index, 4))),
      })),
    },
    snapshots: [4, 14, 29]
      .filter((first) => step >= first)
      .map((first, index) => ({
        id: `9ad3${index + 1}c5be77f01e2d46`,
        createdAt: at(first),
        rows: 482 * first + 4404,
        files: 16 * (index + 1),
        bytes: 1_310_000 * (index + 1) + 48_120,
      })),
    runs: runsAt(step),
    releases: RELEASES.filter(({ from }) => step >= from).map(
      ({ version, id, from, bytes, parity, accuracy, run }) => ({
        version,
        id,
        issuedAt: at(from),
        run,
        bytes,
        parity,
        accuracy: step >= from + 2 ? accuracy : null,
        phones: version === 1 && step >= 34 ? 2 : Math.min(version === 1 ? 30 : 28, (step - from) * 9),
      }),
    ),
    accuracy: steps(16).map((step) => ({
      at: at(step),
      release: RELEASES[step < 33 ? 0 : 1]!.id,
      accuracy: accuracyAt(step),
      labelled: (step - 15) * 74,
    })),
    drift: {
      injectedAt: step >= 24 ? at(24) : null,
      detectedAt: step >= 28 ? at(28) : null,
      points: steps(15).map((step) => ({
        at: at(step),
        verdict: step < 17 ? "waiting" : step >= 28 && step < 35 ? "drifted" : "stable",
        people: Math.min(14, step - 13),
        fraction:
          step < 17
            ? 0
            : step >= 25 && step < 35
              ? Math.min(0.86, 0.11 * (step - 23))
              : 0.05 + 0.02 * wobble(step, 5),
        nullFraction: step < 17 ? 0 : 0.31 + 0.02 * wobble(step, 6),
      })),
    },
    labels: {
      coverage: Math.min(0.83, Math.max(0, step - 15) * 0.04),
      medianDelay: step < 16 ? 0 : 42 * MINUTE,
    },
  };
  return { ...status, report: step >= LAST_STEP ? exampleReport(status) : null };
}
