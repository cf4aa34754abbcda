import { count, defineApp, event, model, predictionEvent, recency, t, view, windows } from "@tideline/spec";

/** The two poses that the smallest model tells apart. */
export const POSES = ["UP", "DOWN"] as const;

/** A day after which a correction no longer counts, in milliseconds. */
export const WITHIN = 86_400_000;

const learn = { purpose: "research", retain: "90d" };

const enrolment = event("enrolment", { cohort: t.string() }, learn);
const annotation = event("annotation", { session: t.id(), pose: t.string() }, learn);
const correction = event("correction", { prediction_id: t.id(), pose: t.string() }, learn);

/** A tap, with a field of every kind that a feature view can read. */
export const tap = event(
  "tap",
  { target: t.string(), strong: t.boolean(), force: t.float(), times: t.int(), down_at: t.time() },
  learn,
);

const motion = event(
  "motion",
  {
    session: t.id(),
    start: t.int({ min: 0 }),
    samples: t.frame({ channels: ["acc_x", "acc_y"], units: ["g", "g"], rate: 50 }),
  },
  learn,
);

const sway = windows("sway", motion, {
  field: "samples",
  session: "session",
  start: "start",
  size: 16,
  hop: 8,
  gravity: { channels: ["acc_x"], cutoff: 0.3 },
});

/** A model of two labels, three channels and six features: trained in milliseconds. */
export const pose = model({
  name: "pose",
  purpose: "research",
  cloudPurpose: "research",
  window: sway,
  labels: POSES,
  sessionLabel: { event: "annotation", session: "session", label: "pose" },
  predictionLabel: { event: "correction", predictionId: "prediction_id", label: "pose", within: WITHIN },
  cohorts: {
    event: "enrolment",
    field: "cohort",
    train: ["study"],
    corrections: ["beta"],
    control: ["control"],
  },
  signals: {
    channels: sway.channels,
    derived: {},
    features: [{ kind: "statistics", channels: sway.channels, statistics: ["mean", "log_std"] }],
  },
  candidates: { C: [0.1, 1] },
  gates: { macroF1: 0.8, liftOverBaseline: 0.1 },
  drift: { minPeople: 3, minRows: 10 },
  retrain: { labelledPeople: 0.5, quiet: 60_000 },
  fallback: { when: [], otherwise: "UP" },
});

/** The app of the smallest model. Exported as `app`, so that a loop can load this file. */
export const app = defineApp({
  name: "pose",
  purposes: { research: "Learn." },
  events: [enrolment, motion, annotation, correction, tap, predictionEvent({ ...learn, labels: POSES })],
  views: [
    view("busy", {
      entity: { name: "person", joinKey: "subject" },
      source: tap,
      features: () => ({ taps_1m: count({ within: "1m" }), seconds_since_tap: recency() }),
    }),
  ],
  models: [pose],
});
