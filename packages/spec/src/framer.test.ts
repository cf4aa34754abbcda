import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createCausalFilter } from "./causal-filter.ts";
import { event } from "./event.ts";
import { createFramer, type Framer, type Window } from "./framer.ts";
import { t } from "./type.ts";
import { windows } from "./window.ts";

const motion = event(
  "motion",
  {
    session: t.id(),
    start: t.int(),
    samples: t.frame({ channels: ["gyro", "acc"], units: ["rad/s", "g"], rate: 50 }),
  },
  { purpose: "p", retain: "1d" },
);
const definition = windows("w", motion, {
  field: "samples",
  session: "session",
  start: "start",
  size: 8,
  hop: 3,
  gravity: { channels: ["acc"], cutoff: 0.3 },
});

/** Interleaved `[samples, gyro and acc]`. */
const samplesOf = (count: number, from = 0): Float32Array =>
  Float32Array.from({ length: 2 * count }, (_, index) => Math.sin(from + index) + (index % 2));

/** Windows of samples pushed whole, at once. */
const whole = (values: Float32Array, start = 0): readonly Window[] =>
  createFramer(definition).push(start, values);

test("how samples are cut into pushes, and what is sent again, changes nothing", () => {
  const values = samplesOf(40);
  const expected = whole(values);
  expect(expected.map(({ start }) => start)).toEqual([0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30]);
  fc.assert(
    fc.property(fc.array(fc.nat(40), { maxLength: 12 }), fc.nat(5), (cuts, overlap) => {
      const places = [...new Set([0, ...cuts, 40])].sort((left, right) => left - right);
      const framer = createFramer(definition);
      const found = places.slice(1).flatMap((to, index) => {
        const from = Math.max(0, places[index]! - overlap);
        return framer.push(from, values.subarray(2 * from, 2 * to));
      });
      expect(found).toEqual(expected);
      expect(framer.gaps).toEqual([]);
    }),
  );
});

test("after a gap filter and window start anew, as if the session began there", () => {
  const framer = createFramer(definition);
  const before = framer.push(0, samplesOf(10));
  const after = framer.push(15, samplesOf(9, 7));
  expect(before).toEqual(whole(samplesOf(10)));
  expect(after).toEqual(whole(samplesOf(9, 7), 15));
  expect(after.map(({ start }) => start)).toEqual([15]);
  expect(framer.gaps).toEqual([{ from: 10, to: 15 }]);
});

test("body and gravity are the parts of a causal low-pass, in float64", () => {
  const values = samplesOf(8);
  const [window] = whole(values);
  const alpha = 1 / 50 / (1 / 50 + 1 / (2 * Math.PI * 0.3));
  let level = values[1]!;
  for (let sample = 0; sample < 8; sample += 1) {
    const acc = values[2 * sample + 1]!;
    level += alpha * (acc - level);
    expect([...window!.values.subarray(3 * sample, 3 * sample + 3)]).toEqual(
      [acc - level, level, values[2 * sample]!].map(Math.fround),
    );
  }
  expect(definition.channels).toEqual(["body_acc", "gravity_acc", "gyro"]);
});

test("a window that was given out is not changed by what comes later", () => {
  const framer = createFramer(definition);
  const [first] = framer.push(0, samplesOf(8));
  const kept = first!.values.slice();
  framer.push(8, samplesOf(30, 99));
  expect(first!.values).toEqual(kept);
});

test.each([
  ["a start below 0", (framer: Framer) => framer.push(-1, samplesOf(1))],
  ["a start between samples", (framer: Framer) => framer.push(0.5, samplesOf(1))],
  ["half a sample", (framer: Framer) => framer.push(0, new Float32Array(3))],
])("%s is refused", (_, push) => {
  expect(() => push(createFramer(definition))).toThrow(/a multiple of 2 values.*ARGUMENT_INVALID/);
});

test.each([
  [{ hop: 0 }, "hop"],
  [{ hop: 9 }, "hop"],
  [{ size: 0, hop: 0 }, "size"],
  [{ size: 2.5 }, "size"],
  [{ field: "start" }, "a frame field"],
  [{ session: "start" }, "session"],
  [{ start: "begin" }, "no such field"],
  [{ gravity: { channels: ["mag"], cutoff: 0.3 } }, "gravity.channels"],
  [{ gravity: { channels: ["acc"], cutoff: 0 } }, "gravity.cutoff"],
])("windows with %o are refused", (change, message) => {
  const options = {
    field: "samples",
    session: "session",
    start: "start",
    size: 8,
    hop: 3,
    gravity: { channels: ["acc"], cutoff: 0.3 },
  };
  expect(() => windows("w", motion, { ...options, ...change })).toThrow(
    new RegExp(`${message}.*DEFINITION_ILLEGAL`),
  );
});

test("filters come before gravity, channel by channel, and begin anew after a gap", () => {
  const filter = { kind: "median", size: 3 } as const;
  const filtered = windows("w", motion, {
    field: "samples",
    session: "session",
    start: "start",
    size: 8,
    hop: 3,
    gravity: { channels: ["acc"], cutoff: 0.3 },
    filters: [{ channels: ["acc"], filter }],
  });
  const byHand = (values: Float32Array): Float32Array => {
    const running = createCausalFilter(filter, 1);
    const sample = new Float64Array(1);
    return values.map((value, at) => {
      if (at % 2 === 0) return value;
      sample[0] = value;
      running.step(sample, 0);
      return sample[0];
    });
  };
  const framer = createFramer(filtered);
  expect(framer.push(0, samplesOf(12))).toEqual(whole(byHand(samplesOf(12))));
  expect(framer.push(20, samplesOf(9, 7))).toEqual(whole(byHand(samplesOf(9, 7)), 20));
  expect(whole(byHand(samplesOf(12)))).not.toEqual(whole(samplesOf(12)));
  const refused = (channels: string[], size: number) => () =>
    windows("w", motion, { ...filtered, filters: [{ channels, filter: { kind: "median", size } }] } as never);
  expect(refused(["acc"], 0)).toThrow("DEFINITION_ILLEGAL");
  expect(refused(["no"], 3)).toThrow(/filters.channels/);
});
