import { defineApp, event, model, predictionEvent, t, windows } from "@tideline/spec";

/** What the model tells apart. */
export const LABELS = ["still", "moving"] as const;

const learning = { purpose: "improve", retain: "90d" } as const;
const YEAR = 365 * 86_400_000;

/** Acceleration with gravity, in frames of consecutive samples. */
export const motion = event(
  "motion",
  {
    session: t.id(),
    start: t.int({ min: 0 }),
    samples: t.frame({ channels: ["acc_x", "acc_y", "acc_z"], units: ["g", "g", "g"], rate: 50 }),
  },
  learning,
);

/** A button was tapped. */
export const tap = event("tap", { target: t.string() }, { purpose: "analytics", retain: "90d" });

const annotation = event("annotation", { session: t.id(), activity: t.string({ oneOf: LABELS }) }, learning);
const correction = event(
  "correction",
  { prediction_id: t.id(), activity: t.string({ oneOf: LABELS }) },
  learning,
);
const enrolment = event("enrolment", { cohort: t.string({ oneOf: ["study", "beta", "control"] }) }, learning);

const gait = windows("gait", motion, {
  field: "samples",
  session: "session",
  start: "start",
  size: 128,
  hop: 64,
  gravity: { channels: ["acc_x", "acc_y", "acc_z"], cutoff: 0.3 },
});

const body = ["body_acc_x", "body_acc_y", "body_acc_z"] as const;

const activity = model({
  name: "activity",
  purpose: "improve",
  cloudPurpose: "cloud",
  window: gait,
  labels: LABELS,
  sessionLabel: { event: "annotation", session: "session", label: "activity" },
  predictionLabel: { event: "correction", predictionId: "prediction_id", label: "activity", within: YEAR },
  cohorts: {
    event: "enrolment",
    field: "cohort",
    train: ["study"],
    corrections: ["beta"],
    control: ["control"],
  },
  signals: { channels: gait.channels, derived: {}, features: [] },
  candidates: { C: [0.1, 1] },
  gates: { macroF1: 0.8, liftOverBaseline: 0.2 },
  drift: { minPeople: 5, minRows: 80 },
  retrain: { labelledPeople: 0.8, quiet: 180_000 },
  fallback: { when: [{ channels: body, rmsAbove: 0.1, label: "moving" }], otherwise: "still" },
});

/** The one definition: the server of this app imports the same file. */
export const app = defineApp({
  name: "sample",
  purposes: {
    improve: "Recognise whether you move, and get better at it.",
    analytics: "See which buttons are used.",
    cloud: "Ask our server when your phone cannot tell.",
  },
  events: [motion, tap, annotation, predictionEvent({ ...learning, labels: LABELS }), correction, enrolment],
  views: [],
  models: [activity],
});
