import {
  count,
  countDistinct,
  defineApp,
  event,
  model,
  predictionEvent,
  t,
  view,
  windows,
} from "@tideline/spec";

/**
 * The app of the compatibility vectors: every kind of field, an event with an older version, a view, and a model over
 * windows of 32 samples. The vectors hold its definition as it was; a change here changes only vectors to come.
 */

const LABELS = ["still", "moving"] as const;
const improve = { purpose: "improve", retain: "90d" } as const;

export const enrolment = event("enrolment", { cohort: t.string({ oneOf: ["study", "control"] }) }, improve);

export const motion = event(
  "motion",
  {
    session: t.id(),
    start: t.int({ min: 0 }),
    samples: t.frame({ channels: ["acc_x", "acc_y", "acc_z"], units: ["g", "g", "g"], rate: 50 }),
  },
  improve,
);

export const annotation = event(
  "annotation",
  { session: t.id(), activity: t.string({ oneOf: LABELS }) },
  improve,
);

const correction = event(
  "correction",
  { prediction_id: t.id(), activity: t.string({ oneOf: LABELS }) },
  improve,
);

/** Every kind of field that is no frame. */
export const note = event(
  "note",
  {
    text: t.string(),
    count: t.int(),
    ratio: t.float(),
    flag: t.boolean(),
    at: t.time(),
    point: t.vector(3),
    extra: t.optional(t.string()),
  },
  { purpose: "analytics", retain: "30d" },
);

/** Version 1 called the target `button` and did not know the screen. */
export const tap = event(
  "tap",
  { target: t.string(), screen: t.string() },
  {
    purpose: "analytics",
    retain: "30d",
    version: 2,
    previous: [
      {
        version: 1,
        fields: { button: t.string() },
        upgrade: { rename: { button: "target" }, defaults: { screen: "unknown" } },
      },
    ],
  },
);

const engagement = view("engagement", {
  entity: { name: "person", joinKey: "subject" },
  source: tap,
  features: (row) => ({
    taps: count({ within: "10m" }),
    targets: countDistinct(row.target, { within: "10m" }),
  }),
});

const gait = windows("gait", motion, {
  field: "samples",
  session: "session",
  start: "start",
  size: 32,
  hop: 16,
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
  predictionLabel: {
    event: "correction",
    predictionId: "prediction_id",
    label: "activity",
    within: 86_400_000,
  },
  cohorts: {
    event: "enrolment",
    field: "cohort",
    train: ["study"],
    corrections: [],
    control: ["control"],
  },
  signals: {
    channels: gait.channels,
    derived: { body_acc_magnitude: body },
    features: [
      {
        kind: "statistics",
        channels: [...body, "body_acc_magnitude"],
        statistics: ["mean", "log_std", "max", "min", "log_jerk", "mean_absolute_deviation"],
      },
      { kind: "spectrum", channels: body, edges: [1, 2, 4, 8, 17], taper: "hann" },
      { kind: "correlation", pairs: [["body_acc_x", "body_acc_y"]] },
    ],
  },
  candidates: { C: [0.1] },
  gates: { macroF1: 0.5, liftOverBaseline: 0.1 },
  drift: { minPeople: 2, minRows: 4 },
  retrain: { labelledPeople: 0.5, quiet: 0 },
  fallback: { when: [{ channels: body, rmsAbove: 0.1, label: "moving" }], otherwise: "still" },
});

export const app = defineApp({
  name: "compat",
  purposes: { improve: "Get better.", analytics: "Count.", cloud: "Ask the server." },
  events: [
    enrolment,
    motion,
    annotation,
    predictionEvent({ ...improve, labels: LABELS }),
    correction,
    note,
    tap,
  ],
  views: [engagement],
  models: [activity],
});
