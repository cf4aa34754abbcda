import { event, t } from "@tideline/spec";

/** What a person agreed to when the app was set up: which part of the study the phone belongs to. */
export const enrolment = event(
  "enrolment",
  { cohort: t.string({ oneOf: ["study", "beta", "control"] }) },
  { purpose: "improve_product", retain: "400d" },
);

/** Total acceleration and rotation of the phone, in frames of consecutive samples of a session. */
export const motion = event(
  "motion",
  {
    session: t.id(),
    /** Index of the frame's first sample in its session. */
    start: t.int({ min: 0 }),
    samples: t.frame({
      channels: ["acc_x", "acc_y", "acc_z", "gyro_x", "gyro_y", "gyro_z"],
      units: ["g", "g", "g", "rad/s", "rad/s", "rad/s"],
      rate: 50,
    }),
  },
  { purpose: "improve_product", retain: "90d" },
);

/** A screen came to the front. */
export const screenView = event(
  "screen_view",
  { screen: t.string() },
  { purpose: "analytics", retain: "90d" },
);

/** A button was tapped. Version 1 called the target `button` and did not know the screen. */
export const tap = event(
  "tap",
  { target: t.string(), screen: t.string() },
  {
    purpose: "analytics",
    retain: "90d",
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
