import { defineApp, event, model, predictionEvent, t, windows } from "@tideline/spec";

const YEAR = 365 * 86_400_000;
const purpose = { purpose: "improve", retain: "90d" } as const;
export const LABELS = ["still", "moving"] as const;
export const motion = event(
  "motion",
  {
    session: t.id(),
    start: t.int({ min: 0 }),
    samples: t.frame({ channels: ["acc_x", "acc_y"], units: ["g", "g"], rate: 50 }),
  },
  purpose,
);
export const tap = event(
  "tap",
  { target: t.string(), count: t.optional(t.int({ min: 0 })) },
  {
    purpose: "analytics",
    retain: "90d",
  },
);
const annotation = event("annotation", { session: t.id(), activity: t.string({ oneOf: LABELS }) }, purpose);
const correction = event(
  "correction",
  { prediction_id: t.id(), activity: t.string({ oneOf: LABELS }) },
  purpose,
);
const enrolment = event("enrolment", { cohort: t.string({ oneOf: ["study"] }) }, purpose);
const prediction = predictionEvent({ ...purpose, labels: LABELS });

export const gait = windows("gait", motion, {
  field: "samples",
  session: "session",
  start: "start",
  size: 8,
  hop: 4,
  gravity: { channels: ["acc_x"], cutoff: 0.3 },
});

export const activity = model({
  name: "activity",
  purpose: "improve",
  cloudPurpose: "cloud",
  window: gait,
  labels: LABELS,
  sessionLabel: { event: "annotation", session: "session", label: "activity" },
  predictionLabel: { event: "correction", predictionId: "prediction_id", label: "activity", within: YEAR },
  cohorts: { event: "enrolment", field: "cohort", train: ["study"], corrections: [], control: [] },
  signals: { channels: gait.channels, derived: {}, features: [] },
  candidates: { C: [1] },
  gates: { macroF1: 0.5, liftOverBaseline: 0.1 },
  drift: { minPeople: 2, minRows: 8 },
  retrain: { labelledPeople: 0.5, quiet: 0 },
  fallback: { when: [{ channels: ["body_acc_x"], rmsAbove: 0.5, label: "moving" }], otherwise: "still" },
});

/** A small app: one model of two labels over windows of 8 samples and 3 channels. */
export const app = defineApp({
  name: "small",
  purposes: { improve: "Get better.", analytics: "Count.", cloud: "Ask the server." },
  events: [motion, tap, annotation, correction, enrolment, prediction],
  views: [],
  models: [activity],
});
