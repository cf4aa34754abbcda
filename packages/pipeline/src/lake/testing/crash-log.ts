import type { SampleRecord } from "./sample-log.ts";

/** Twelve records of three phones and people, some of them sent twice. */
export const crashLog: readonly SampleRecord[] = Array.from({ length: 12 }, (_, index) => ({
  install: `phone-${index % 3}`,
  events: [
    {
      seq: index,
      name: "motion",
      subject: String(index % 3).repeat(32),
      properties: { session: "s", start: index * 2, samples: Float32Array.from([index, 1, index, 2]) },
    },
    // Sent again by the next record but two of the same phone: the second guard drops it.
    ...(index < 3
      ? []
      : [
          {
            seq: index - 3,
            name: "motion",
            properties: { session: "s", start: 0, samples: new Float32Array(2) },
          },
        ]),
  ],
}));
