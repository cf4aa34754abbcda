import { expect, test } from "vitest";
import { frameBytes, frameFault, MAX_MISSING, missingSamples } from "./frame.ts";
import { t } from "./type.ts";

const motion = t.frame({ channels: ["x", "y", "z"], units: ["g", "g", "rad/s"], rate: 50 });
const whole = { offset: 4, samples: 5 };
const int16 = { ...whole, encoding: "int16", scale: [1, 0.5, 1e-9] };
/** 4 bytes before the frame, and 5 samples of 3 float32. */
const ROOM = 64;

test.each([
  ["what it was before there were encodings", whole, ROOM],
  ["float32 by name", { ...whole, encoding: "float32" }, ROOM],
  ["int16 with its padding", int16, 4 + 32],
  ["the rate as declared", { ...whole, rate: 50 }, ROOM],
  ["a rate a tenth lower", { ...whole, rate: 45 }, ROOM],
  ["a rate a tenth higher", { ...whole, rate: 55 }, ROOM],
  ["the declared units", { ...whole, units: ["g", "g", "rad/s"] }, ROOM],
  ["no gaps", { ...whole, gaps: [] }, ROOM],
  [
    "gaps, also before the first sample",
    {
      ...whole,
      gaps: [
        [0, 100],
        [4, 1],
      ],
    },
    ROOM,
  ],
  ["as many missing samples as can be told", { ...whole, gaps: [[1, MAX_MISSING]] }, ROOM],
  ["members that nobody knows yet", { ...whole, phase: 3 }, ROOM],
])("takes %s", (_name, value, room) => {
  expect(frameFault(motion, value, room)).toBeUndefined();
});

const inside = /inside the batch's attachment/;
test.each([
  ["null", null, inside],
  ["a list", [0, 5], inside],
  ["one byte too few", whole, inside, ROOM - 1],
  ["int16 without its padding", int16, inside, 4 + 30],
  ["an odd place", { ...whole, offset: 2 }, inside],
  ["a place before the attachment", { ...whole, offset: -4 }, inside],
  ["no samples", { ...whole, samples: 0 }, inside],
  ["half a sample", { ...whole, samples: 1.5 }, inside],
  ["more samples than numbers can tell", { ...whole, samples: 2 ** 53 }, inside],
  ["another encoding", { ...whole, encoding: "int8" }, /float32 or int16/],
  ["int16 without scale", { ...whole, encoding: "int16" }, /3 factors/],
  ["a scale for two of three channels", { ...int16, scale: [1, 1] }, /3 factors/],
  ["a scale of nothing", { ...int16, scale: [1, 0, 1] }, /3 factors/],
  ["a negative scale", { ...int16, scale: [1, -1, 1] }, /3 factors/],
  ["a scale that float32 cannot hold", { ...int16, scale: [1, 1, 1.1e34] }, /3 factors/],
  ["a scale in words", { ...int16, scale: ["1", "1", "1"] }, /3 factors/],
  ["float32 with a scale", { ...whole, scale: [1, 1, 1] }, /no factors/],
  ["a rate beyond a tenth", { ...whole, rate: 44.9 }, /within a tenth of 50/],
  ["a rate of nothing", { ...whole, rate: null }, /within a tenth/],
  ["a rate in words", { ...whole, rate: "fast" }, /within a tenth/],
  ["another unit", { ...whole, units: ["g", "g", "deg/s"] }, /units g, g, rad\/s/],
  ["a unit too few", { ...whole, units: ["g", "g"] }, /units/],
  ["gaps that are no list", { ...whole, gaps: {} }, /gaps/],
  ["a gap that is no pair", { ...whole, gaps: [[1, 2, 3]] }, /gaps/],
  [
    "gaps that fall",
    {
      ...whole,
      gaps: [
        [2, 1],
        [1, 1],
      ],
    },
    /gaps/,
  ],
  [
    "two gaps at one place",
    {
      ...whole,
      gaps: [
        [2, 1],
        [2, 1],
      ],
    },
    /gaps/,
  ],
  ["a gap after the last sample", { ...whole, gaps: [[5, 1]] }, /gaps/],
  ["a gap of nothing", { ...whole, gaps: [[1, 0]] }, /gaps/],
  ["a gap of half a sample", { ...whole, gaps: [[1, 0.5]] }, /gaps/],
  [
    "more missing than can be told",
    {
      ...whole,
      gaps: [
        [1, MAX_MISSING],
        [2, 1],
      ],
    },
    /gaps/,
  ],
] as [string, unknown, RegExp, number?][])("refuses %s", (_name, value, fault, room = ROOM) => {
  expect(frameFault(motion, value, room)).toMatch(fault);
});

test("two seconds missing at 50 Hz are 100 samples", () => {
  expect(
    missingSamples({
      gaps: [
        [0, 40],
        [3, 60],
      ],
    }),
  ).toBe(100);
  expect(missingSamples({})).toBe(0);
});

test("int16 is padded to a multiple of four bytes", () => {
  expect(frameBytes({ samples: 5 }, 3)).toBe(60);
  expect(frameBytes({ samples: 5, encoding: "int16" }, 3)).toBe(32);
  expect(frameBytes({ samples: 4, encoding: "int16" }, 3)).toBe(24);
});
