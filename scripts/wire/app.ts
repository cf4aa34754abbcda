import { defineApp, event, t } from "@tideline/spec";

/** The app of the wire's vectors: every kind of field, an older version, a field with its own purpose, two sensors, media. */

const everything = event(
  "everything",
  {
    text: t.string({ maxLength: 64 }),
    choice: t.string({ oneOf: ["left", "right"] }),
    count: t.int(),
    level: t.int({ min: 0, max: 10 }),
    ratio: t.float(),
    flag: t.boolean(),
    at: t.time(),
    point: t.vector(3),
    note: t.optional(t.string()),
    place: t.forPurpose("location", t.vector(2)),
  },
  { purpose: "research", retain: "90d" },
);

/** Version 1 called the target `button` and did not know the screen. */
const tap = event(
  "tap",
  { target: t.string(), screen: t.string() },
  {
    purpose: "app",
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

const motion = event(
  "motion",
  {
    session: t.id(),
    start: t.int({ min: 0 }),
    samples: t.frame({ channels: ["x", "y", "z"], units: ["g", "g", "g"], rate: 50 }),
  },
  { purpose: "research", retain: "90d" },
);

const sound = event(
  "sound",
  { level: t.frame({ channels: ["spl"], units: ["dB"], rate: 8 }) },
  { purpose: "research", retain: "90d" },
);

const picture = event(
  "picture",
  {
    photo: t.media({ types: ["image/jpeg", "image/png"], maxBytes: 5_000_000 }),
    voice: t.optional(t.media({ types: ["audio/mp4"], maxBytes: 1_000_000 })),
  },
  { purpose: "research", retain: "90d" },
);

export const app = defineApp({
  name: "wire",
  purposes: {
    app: "What the app needs to work.",
    research: "Learn from it.",
    location: "Know where it happened.",
  },
  essential: ["app"],
  events: [everything, tap, motion, sound, picture],
  views: [],
  models: [],
});
