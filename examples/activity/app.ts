import { defineApp, event, model, predictionEvent, t, windows } from "@tideline/spec";
import { engagement } from "./engagement.ts";
import { enrolment, motion, screenView, tap } from "./event.ts";

/** The six activities of the UCI HAR recordings, in the order of their labels 1 to 6. */
export const ACTIVITIES = [
  "WALKING",
  "WALKING_UPSTAIRS",
  "WALKING_DOWNSTAIRS",
  "SITTING",
  "STANDING",
  "LAYING",
] as const;

const annotation = event(
  "annotation",
  { session: t.id(), activity: t.string({ oneOf: ACTIVITIES }) },
  { purpose: "improve_product", retain: "400d" },
);

const correction = event(
  "correction",
  { prediction_id: t.id(), activity: t.string({ oneOf: ACTIVITIES }) },
  { purpose: "improve_product", retain: "400d" },
);

const gait = windows("gait", motion, {
  field: "samples",
  session: "session",
  start: "start",
  size: 128,
  hop: 64,
  gravity: { channels: ["acc_x", "acc_y", "acc_z"], cutoff: 0.3 },
});

const body = ["body_acc_x", "body_acc_y", "body_acc_z"] as const;
const turn = ["gyro_x", "gyro_y", "gyro_z"] as const;
const derived = { body_acc_magnitude: body, gyro_magnitude: turn } as const;
const moving = [...body, ...turn, ...Object.keys(derived)];

/** Which activity a person is at, every 1.28 seconds. */
const activity = model({
  name: "activity",
  purpose: "improve_product",
  cloudPurpose: "cloud_prediction",
  window: gait,
  labels: ACTIVITIES,
  sessionLabel: { event: "annotation", session: "session", label: "activity" },
  predictionLabel: {
    event: "correction",
    predictionId: "prediction_id",
    label: "activity",
    within: 7 * 86_400_000,
  },
  cohorts: {
    event: "enrolment",
    field: "cohort",
    train: ["study"],
    corrections: ["beta"],
    control: ["control"],
  },
  signals: {
    channels: gait.channels,
    derived,
    features: [
      {
        kind: "statistics",
        channels: [...gait.channels, ...Object.keys(derived)],
        statistics: ["mean", "log_std", "max", "min", "log_jerk", "mean_absolute_deviation"],
      },
      // Bands of 0.39 Hz each up to 2.3 Hz (steps and their sway), then wider.
      {
        kind: "spectrum",
        channels: moving,
        edges: [1, 2, 3, 4, 5, 6, 8, 10, 13, 17, 22, 30, 65],
        taper: "hann",
      },
      {
        kind: "correlation",
        pairs: [body, turn].flatMap(
          ([x, y, z]) =>
            [
              [x, y],
              [x, z],
              [y, z],
            ] as const,
        ),
      },
    ],
  },
  candidates: { C: [0.01, 0.1, 1] },
  gates: { macroF1: 0.8, liftOverBaseline: 0.2 },
  drift: { minPeople: 5, minRows: 80 },
  retrain: { labelledPeople: 0.8, quiet: 180_000 },
  fallback: {
    when: [{ channels: body, rmsAbove: 0.1, label: "WALKING" }],
    otherwise: "STANDING",
  },
});

/** The app of the main job: activity recognition with six phone channels, and what people tap. */
export const app = defineApp({
  name: "activity",
  purposes: {
    improve_product: "Recognise what you are doing, and get better at it.",
    analytics: "See which screens and buttons are used.",
    cloud_prediction: "Send sensor windows to our server when your phone cannot run the model.",
  },
  events: [
    enrolment,
    motion,
    annotation,
    predictionEvent({ purpose: "improve_product", retain: "90d", labels: ACTIVITIES }),
    correction,
    screenView,
    tap,
  ],
  views: [engagement],
  models: [activity],
});
