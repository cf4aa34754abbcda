import { defineApp, event, model, predictionEvent, t, windows } from "@tideline/spec";

/** The two poses that the model tells apart. */
const POSES = ["UP", "DOWN"] as const;

const research = { purpose: "research", retain: "90d" };

const enrolment = event("enrolment", { cohort: t.string() }, research);
const annotation = event("annotation", { session: t.id(), pose: t.string() }, research);
const correction = event("correction", { prediction_id: t.id(), pose: t.string() }, research);

const motion = event(
  "motion",
  {
    session: t.id(),
    start: t.int({ min: 0 }),
    samples: t.frame({ channels: ["acc_x", "acc_y"], units: ["g", "g"], rate: 50 }),
  },
  research,
);

/** A field of every kind, and one that needs a purpose of its own. */
const note = event(
  "note",
  {
    text: t.string(),
    code: t.id(),
    amount: t.int(),
    ratio: t.float(),
    flag: t.boolean(),
    at: t.time(),
    spot: t.vector(3),
    extra: t.optional(t.string()),
    diary: t.forPurpose("analytics", t.string()),
  },
  research,
);

const sway = windows("sway", motion, {
  field: "samples",
  session: "session",
  start: "start",
  size: 16,
  hop: 8,
  gravity: { channels: ["acc_x"], cutoff: 0.3 },
});

const pose = model({
  name: "pose",
  purpose: "research",
  cloudPurpose: "research",
  window: sway,
  labels: POSES,
  sessionLabel: { event: "annotation", session: "session", label: "pose" },
  predictionLabel: { event: "correction", predictionId: "prediction_id", label: "pose", within: 86_400_000 },
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
  candidates: { C: [1] },
  gates: { macroF1: 0.5, liftOverBaseline: 0 },
  drift: { minPeople: 3, minRows: 10 },
  // As soon as everybody has labelled everything.
  retrain: { labelledPeople: 1, quiet: 0 },
  fallback: { when: [], otherwise: "UP" },
});

/** An app in which people with canary values take part. */
export const app = defineApp({
  name: "canary",
  purposes: { research: "Learn.", analytics: "Count." },
  events: [enrolment, motion, annotation, correction, note, predictionEvent({ ...research, labels: POSES })],
  views: [],
  models: [pose],
});
