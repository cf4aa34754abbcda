/** Channels of a sample. */
export const CHANNELS = ["acc_x", "acc_y", "acc_z", "gyro_x", "gyro_y", "gyro_z"];
/** Samples of a window, and from one's start to the next one's. */
export const [SIZE, HOP] = [8, 4];
/** Every purpose. */
export const ALL = ["improve", "analytics"];

const text = { kind: "string", maxLength: 80 };
const int = { kind: "int" };

const declare = (name: string, fields: object, rest: object = {}): object => ({
  [name]: { name, version: 1, purpose: "improve", retain: "90d", fields, previous: [], ...rest },
});

/** How windows are cut. */
export const window = {
  name: "gait",
  event: "motion",
  eventVersion: 1,
  field: "samples",
  session: "session",
  start: "start",
  input: CHANNELS,
  rate: 50,
  size: SIZE,
  hop: HOP,
  gravity: { channels: ["acc_x", "acc_y", "acc_z"], cutoff: 0.3 },
  channels: [
    "body_acc_x",
    "body_acc_y",
    "body_acc_z",
    "gravity_acc_x",
    "gravity_acc_y",
    "gravity_acc_z",
    ...CHANNELS.slice(3),
  ],
};

/** A small app definition, as plain JSON. */
export const app = {
  name: "toy",
  purposes: { improve: "Learn.", analytics: "Count." },
  events: {
    ...declare("enrolment", { cohort: text }),
    ...declare("motion", { session: text, start: int, samples: { kind: "frame", channels: CHANNELS } }),
    ...declare("annotation", { session: text, activity: text }),
    ...declare("prediction", {
      prediction_id: text,
      session: text,
      start: int,
      model: text,
      release: text,
      label: text,
      probabilities: { kind: "vector", size: 2, optional: true },
      source: text,
      latency_ms: { kind: "float" },
    }),
    ...declare("correction", { prediction_id: text, activity: text }),
    ...declare(
      "tap",
      { target: text, screen: text },
      {
        version: 2,
        purpose: "analytics",
        previous: [
          {
            version: 1,
            fields: { button: text },
            upgrade: { rename: { button: "target" }, defaults: { screen: "unknown" } },
          },
        ],
      },
    ),
  },
  views: [],
  models: [
    {
      name: "pose",
      labels: ["A", "B"],
      window,
      sessionLabel: { event: "annotation", session: "session", label: "activity" },
      predictionLabel: {
        event: "correction",
        predictionId: "prediction_id",
        label: "activity",
        within: 10_000_000,
      },
      cohorts: {
        event: "enrolment",
        field: "cohort",
        train: ["study"],
        corrections: ["beta"],
        control: ["control"],
      },
    },
  ],
};
